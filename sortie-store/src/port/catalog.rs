//! Apps.

use diesel::prelude::*;
use sortie_core::{
    app::{App, Visibility},
    audit::Change,
    id::AppId,
    policy::{AppScope, Scope},
    port::{CatalogStore, Page, PageRequest, PortResult},
};

use super::{
    change::{Kind, record},
    tenants::quota,
};
use crate::{
    Store,
    connection::{AnyBackend, AnyConnection},
    cursor,
    dialect::{self, Lock},
    error::Failure,
    row::app::AppRow,
    schema::applications::{self, dsl},
};

mod category;

impl CatalogStore for Store {
    fn list_apps<'a>(&'a self, scope: &'a Scope, page: &'a PageRequest) -> PortResult<'a, Page<App>> {
        let (scope, page) = (scope.clone(), page.clone());
        self.read(move |connection| list(connection, scope, &page))
    }

    fn find_app<'a>(&'a self, id: &'a AppId) -> PortResult<'a, Option<App>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::applications.find(id).select(AppRow::as_select()).first(connection).optional()?;
            Ok(row.map(App::try_from).transpose()?)
        })
    }

    fn insert_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()> {
        let row = AppRow::from(app);
        self.write(move |connection| {
            quota::admit_app(connection, &row.tenant_id)?;
            category::ensure(connection, &row)?;
            diesel::insert_into(applications::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Apps, &change)?)
        })
    }

    fn update_app<'a>(&'a self, before: i64, app: &'a App, change: Change) -> PortResult<'a, ()> {
        let row = AppRow::from(app);
        self.write(move |connection| {
            category::ensure(connection, &row)?;
            let current = dsl::applications.filter(dsl::id.eq(row.id.clone())).filter(dsl::version.eq(before));
            match diesel::update(current).set(row).execute(connection)? {
                0 => Err(Failure::Conflict),
                _ => Ok(record(connection, Kind::Apps, &change)?),
            }
        })
    }

    fn delete_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()> {
        let (id, version) = (app.id.as_str().to_owned(), app.version);
        self.write(move |connection| {
            let current = dsl::applications.filter(dsl::id.eq(id)).filter(dsl::version.eq(version));
            match diesel::delete(current).execute(connection)? {
                0 => Err(Failure::Conflict),
                _ => Ok(record(connection, Kind::Apps, &change)?),
            }
        })
    }

    fn seed_apps<'a>(&'a self, apps: &'a [App], change: Change) -> PortResult<'a, bool> {
        let rows: Vec<_> = apps.iter().map(AppRow::from).collect();
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("applications"))?;
            if dsl::applications.select(dsl::id).first::<String>(connection).optional()?.is_some() {
                return Ok(false);
            }
            for mut row in rows {
                category::adopt(connection, &mut row)?;
                diesel::insert_into(applications::table).values(row).execute(connection).map_err(Failure::taken)?;
            }
            record(connection, Kind::Apps, &change)?;
            Ok(true)
        })
    }
}

/// The catalog as a query that can still be narrowed.
pub(super) type Apps = applications::BoxedQuery<'static, AnyBackend>;

/// Narrows the catalog to a scope; `None` when the scope holds no apps.
pub(super) fn in_scope(query: Apps, scope: Scope) -> Option<Apps> {
    match scope {
        Scope::Tenant(tenant) => Some(query.filter(dsl::tenant_id.eq(tenant.as_str().to_owned()))),
        Scope::Visible(tenant, visibilities) => {
            let names: Vec<_> = visibilities.iter().map(|it| it.name().to_owned()).collect();
            Some(query.filter(dsl::tenant_id.eq(tenant.as_str().to_owned())).filter(dsl::visibility.eq_any(names)))
        }
        Scope::Apps(AppScope { tenant, administers, approved, discoverable }) => {
            let ids = |of: std::collections::BTreeSet<_>| -> Vec<String> {
                of.iter().map(|it: &sortie_core::id::CategoryId| it.as_str().to_owned()).collect()
            };
            let is_approved = dsl::visibility
                .eq(Visibility::Approved.name())
                .and(dsl::category_id.assume_not_null().eq_any(ids(approved)));
            let is_shown = dsl::visibility
                .eq(Visibility::Public.name())
                .or(dsl::category_id.assume_not_null().eq_any(ids(administers)))
                .or(is_approved);
            let query = query.filter(dsl::tenant_id.eq(tenant.as_str().to_owned()));
            Some(if discoverable {
                query.filter(is_shown.or(dsl::discoverable.eq(true)))
            } else {
                query.filter(is_shown)
            })
        }
        // Apps belong to nobody.
        Scope::OwnedBy(..) => None,
    }
}

fn list(connection: &mut AnyConnection, scope: Scope, page: &PageRequest) -> Result<Page<App>, Failure> {
    let Some(mut query) = in_scope(dsl::applications.into_boxed::<AnyBackend>(), scope) else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    if let Some(cursor) = &page.cursor {
        let (name, id): (String, String) = cursor::decode(cursor)?;
        // One range for the index, and within it the rows that were not shown yet.
        query = query.filter(dsl::name.ge(name.clone())).filter(dsl::name.gt(name).or(dsl::id.gt(id)));
    }
    let ordered = query.order((dsl::name.asc(), dsl::id.asc())).limit(cursor::wanted(page));
    let rows = ordered.select(AppRow::as_select()).load::<AppRow>(connection)?;
    Ok(cursor::page(rows, page, |row: &AppRow| (row.name.clone(), row.id.clone())))
}
