//! Rights in categories that groups at a provider give. What they gave is written down, so that nothing else is taken.

use diesel::prelude::*;
use sortie_core::{access::CategoryRight, audit::Change, sso::CategoryGrant};

use crate::{
    connection::AnyConnection,
    error::Failure,
    port::{
        access::rights,
        change::{Kind, record},
    },
    schema::{
        categories,
        sso_category_grants::{self, dsl as by_groups},
    },
};

/// Makes what groups give to a user exactly this; answers the names of categories that the tenant does not have.
pub(super) fn give_exactly(
    connection: &mut AnyConnection,
    user: &str,
    tenant: &str,
    grants: &[CategoryGrant],
    change: &Change,
) -> Result<Vec<String>, Failure> {
    let of_user = by_groups::sso_category_grants.filter(by_groups::user_id.eq(user.to_owned()));
    let before: Vec<(String, String)> = of_user.select((by_groups::category_id, by_groups::kind)).load(connection)?;
    let (mut wanted, mut unknown, mut has_changed) = (Vec::new(), Vec::new(), false);
    for grant in grants {
        let named = categories::table
            .filter(categories::tenant_id.eq(tenant.to_owned()))
            .filter(categories::name.eq(grant.category.clone()));
        let found: Option<String> = named.select(categories::id).first(connection).optional()?;
        match found {
            Some(category) => wanted.push((category, grant.right)),
            None => unknown.push(grant.category.clone()),
        }
    }
    for (category, right) in &wanted {
        if !rights::give(connection, *right, category, user)? {
            continue;
        }
        has_changed = true;
        if !before.iter().any(|(id, kind)| id == category && kind == right.name()) {
            let row = (
                by_groups::user_id.eq(user.to_owned()),
                by_groups::category_id.eq(category.clone()),
                by_groups::kind.eq(right.name()),
            );
            diesel::insert_into(sso_category_grants::table).values(row).execute(connection).map_err(Failure::taken)?;
        }
    }
    for (category, kind) in before {
        if wanted.iter().any(|(id, right)| *id == category && right.name() == kind) {
            continue;
        }
        has_changed = true;
        if let Some(right) = CategoryRight::parse(&kind) {
            rights::take(connection, right, &category, user)?;
        }
        let gone = by_groups::sso_category_grants.find((user.to_owned(), category, kind));
        diesel::delete(gone).execute(connection)?;
    }
    if has_changed {
        record(connection, Kind::Access, change)?;
    }
    Ok(unknown)
}
