//! Deleting a tenant in which nothing lives any more.

use diesel::prelude::*;
use sortie_core::audit::Change;

use crate::{
    connection::AnyConnection,
    error::Failure,
    port::change::{Kind, record},
    schema::{
        applications::dsl as apps, categories::dsl as categories, sessions::dsl as sessions, settings::dsl as settings,
        tenants::dsl, users::dsl as users,
    },
};

/// Deletes it; `Conflict` where something lives in it.
pub(super) fn delete(connection: &mut AnyConnection, id: &str, version: i64, change: &Change) -> Result<(), Failure> {
    // The row first: who makes something in the tenant meanwhile waits for it or is seen below.
    let current = dsl::tenants.filter(dsl::id.eq(id.to_owned())).filter(dsl::version.eq(version));
    if diesel::delete(current).execute(connection)? == 0 {
        return Err(Failure::Conflict);
    }
    let apps: i64 = apps::applications.filter(apps::tenant_id.eq(id.to_owned())).count().get_result(connection)?;
    let people: i64 = users::users.filter(users::tenant_id.eq(id.to_owned())).count().get_result(connection)?;
    let live: i64 = sessions::sessions
        .filter(sessions::tenant_id.eq(id.to_owned()))
        .filter(sessions::released_at.is_null())
        .count()
        .get_result(connection)?;
    if apps + people + live > 0 {
        return Err(Failure::Conflict);
    }
    diesel::delete(categories::categories.filter(categories::tenant_id.eq(id.to_owned()))).execute(connection)?;
    diesel::delete(settings::settings.filter(settings::tenant_id.eq(id.to_owned()))).execute(connection)?;
    Ok(record(connection, Kind::Access, change)?)
}
