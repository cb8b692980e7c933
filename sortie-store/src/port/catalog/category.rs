//! The category that an app brings: known by id and name, or new with it.

use diesel::prelude::*;

use crate::{
    connection::AnyConnection,
    error::Failure,
    row::{access::CategoryRow, app::AppRow},
    schema::categories::{self, dsl},
};

/// Sees to it that the app's category is there under the name that the app says.
pub(super) fn ensure(connection: &mut AnyConnection, app: &AppRow) -> Result<(), Failure> {
    let (Some(id), Some(name)) = (&app.category_id, &app.category) else { return Ok(()) };
    let known: Option<CategoryRow> =
        dsl::categories.find(id.clone()).select(CategoryRow::as_select()).first(connection).optional()?;
    match known {
        Some(category) if category.is_meant(&app.tenant_id, name) => Ok(()),
        Some(_) => Err(Failure::Conflict),
        None => {
            let row = CategoryRow::first(id.clone(), name.clone(), app.tenant_id.clone(), app.updated_at);
            diesel::insert_into(categories::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(())
        }
    }
}

/// The same for an app that takes whichever category the tenant calls so.
pub(super) fn adopt(connection: &mut AnyConnection, app: &mut AppRow) -> Result<(), Failure> {
    let Some(name) = app.category.clone().filter(|_| app.category_id.is_some()) else { return Ok(()) };
    let named = dsl::categories.filter(dsl::tenant_id.eq(app.tenant_id.clone())).filter(dsl::name.eq(name));
    if let Some(id) = named.select(dsl::id).first::<String>(connection).optional()? {
        app.category_id = Some(id);
    }
    ensure(connection, app)
}
