//! Categories, the rights in them, and requests for them.

use diesel::prelude::*;
use sortie_core::{
    access::{
        CategoryRight, Grants,
        request::{AccessRequest, RequestStatus},
    },
    audit::Change,
    category::Category,
    id::{AccessRequestId, CategoryId, TenantId, UserId},
    policy::Scope,
    port::{
        AccessStore, PortResult,
        access::{PeopleQuery, Person, RequestScope},
    },
};

use super::change::{Kind, record, tell};
use crate::{
    Store,
    connection::AnyBackend,
    error::Failure,
    row::{
        Reading,
        access::{CategoryRow, RequestRow},
        readable,
    },
    schema::{
        access_requests::{self, dsl as requests},
        applications::dsl as apps,
        categories::{self, dsl},
    },
};

mod grants;
mod people;
pub(super) mod rights;

pub(super) use self::{
    grants::parse_roles,
    people::{PersonColumns, person},
};

impl AccessStore for Store {
    fn grants_of<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Grants> {
        let user = user.as_str().to_owned();
        self.read(move |connection| grants::of(connection, &user))
    }

    fn list_categories<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<Category>> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| {
            let of_tenant = dsl::categories.filter(dsl::tenant_id.eq(tenant)).order((dsl::name, dsl::id));
            Ok(readable(of_tenant.select(CategoryRow::as_select()).load(connection)?))
        })
    }

    fn categories_with_apps<'a>(&'a self, scope: &'a Scope) -> PortResult<'a, Vec<CategoryId>> {
        let scope = scope.clone();
        self.read(move |connection| {
            let Some(query) = super::catalog::in_scope(apps::applications.into_boxed::<AnyBackend>(), scope) else {
                return Ok(Vec::new());
            };
            let ids: Vec<Option<String>> = query.select(apps::category_id).distinct().load(connection)?;
            ids.iter().flatten().map(|id| category_id(id)).collect()
        })
    }

    fn find_category<'a>(&'a self, id: &'a CategoryId) -> PortResult<'a, Option<Category>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::categories.find(id).select(CategoryRow::as_select()).first(connection).optional()?;
            Ok(row.map(Category::try_from).transpose()?)
        })
    }

    fn category_named<'a>(&'a self, tenant: &'a TenantId, name: &'a str) -> PortResult<'a, Option<Category>> {
        let (tenant, name) = (tenant.as_str().to_owned(), name.to_owned());
        self.read(move |connection| {
            let named = dsl::categories.filter(dsl::tenant_id.eq(tenant)).filter(dsl::name.eq(name));
            let row = named.select(CategoryRow::as_select()).first(connection).optional()?;
            Ok(row.map(Category::try_from).transpose()?)
        })
    }

    fn insert_category<'a>(&'a self, category: &'a Category, change: Change) -> PortResult<'a, ()> {
        let row = CategoryRow::from(category);
        self.write(move |connection| {
            diesel::insert_into(categories::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Apps, &change)?)
        })
    }

    fn update_category<'a>(&'a self, before: i64, category: &'a Category, change: Change) -> PortResult<'a, ()> {
        let row = CategoryRow::from(category);
        self.write(move |connection| {
            let (id, name) = (row.id.clone(), row.name.clone());
            let current = dsl::categories.filter(dsl::id.eq(id.clone())).filter(dsl::version.eq(before));
            if diesel::update(current).set(row).execute(connection).map_err(Failure::taken)? == 0 {
                return Err(Failure::Conflict);
            }
            let inside = apps::applications.filter(apps::category_id.eq(id));
            diesel::update(inside).set(apps::category.eq(name)).execute(connection)?;
            Ok(record(connection, Kind::Apps, &change)?)
        })
    }

    fn delete_category<'a>(&'a self, category: &'a Category, change: Change) -> PortResult<'a, ()> {
        let (id, version) = (category.id.as_str().to_owned(), category.version);
        self.write(move |connection| {
            // The rights go with the row they refer to; an app in it keeps it.
            let current = dsl::categories.filter(dsl::id.eq(id)).filter(dsl::version.eq(version));
            if diesel::delete(current).execute(connection).map_err(Failure::in_use)? == 0 {
                return Err(Failure::Conflict);
            }
            record(connection, Kind::Apps, &change)?;
            Ok(tell(connection, Kind::Access, &[])?)
        })
    }

    fn category_people<'a>(&'a self, id: &'a CategoryId, right: CategoryRight) -> PortResult<'a, Vec<Person>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| rights::people(connection, id, right))
    }

    fn give_right<'a>(
        &'a self,
        id: &'a CategoryId,
        right: CategoryRight,
        user: &'a UserId,
        change: Change,
    ) -> PortResult<'a, bool> {
        let (id, user) = (id.as_str().to_owned(), user.as_str().to_owned());
        self.write(move |connection| {
            let is_new = rights::give(connection, right, &id, &user)?;
            if is_new {
                record(connection, Kind::Access, &change)?;
            }
            Ok(is_new)
        })
    }

    fn take_right<'a>(
        &'a self,
        id: &'a CategoryId,
        right: CategoryRight,
        user: &'a UserId,
        change: Change,
    ) -> PortResult<'a, bool> {
        let (id, user) = (id.as_str().to_owned(), user.as_str().to_owned());
        self.write(move |connection| {
            let was_there = rights::take(connection, right, &id, &user)?;
            if was_there {
                record(connection, Kind::Access, &change)?;
            }
            Ok(was_there)
        })
    }

    fn people<'a>(&'a self, query: &'a PeopleQuery) -> PortResult<'a, Vec<Person>> {
        let query = query.clone();
        self.read(move |connection| people::find(connection, &query))
    }

    fn insert_request<'a>(&'a self, request: &'a AccessRequest, change: Change) -> PortResult<'a, ()> {
        let row = RequestRow::from(request);
        self.write(move |connection| {
            diesel::insert_into(access_requests::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn find_request<'a>(&'a self, id: &'a AccessRequestId) -> PortResult<'a, Option<AccessRequest>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row =
                requests::access_requests.find(id).select(RequestRow::as_select()).first(connection).optional()?;
            Ok(row.map(AccessRequest::try_from).transpose()?)
        })
    }

    fn list_requests<'a>(
        &'a self,
        scope: &'a RequestScope,
        status: Option<RequestStatus>,
    ) -> PortResult<'a, Vec<AccessRequest>> {
        let scope = scope.clone();
        self.read(move |connection| {
            let mut query = requests::access_requests
                .filter(requests::tenant_id.eq(scope.tenant.as_str().to_owned()))
                .select(RequestRow::as_select())
                .into_boxed::<AnyBackend>();
            if !scope.everything {
                let ids: Vec<_> = scope.categories.iter().map(|it| it.as_str().to_owned()).collect();
                let own = requests::user_id.eq(scope.user.as_str().to_owned());
                query = query.filter(own.or(requests::category_id.eq_any(ids)));
            }
            if let Some(status) = status {
                query = query.filter(requests::status.eq(status.name()));
            }
            let rows =
                query.order((requests::created_at.desc(), requests::id.desc())).load::<RequestRow>(connection)?;
            Ok(readable(rows))
        })
    }

    fn decide_request<'a>(&'a self, request: &'a AccessRequest, change: Change) -> PortResult<'a, ()> {
        let (row, is_granted) = (RequestRow::from(request), request.status == RequestStatus::Granted);
        self.write(move |connection| {
            let (category, user) = (row.category_id.clone(), row.user_id.clone());
            let pending = requests::access_requests.find(row.id.clone()).filter(requests::status.eq("pending"));
            if diesel::update(pending).set(row).execute(connection)? == 0 {
                return Err(Failure::Conflict);
            }
            if is_granted {
                rights::give(connection, CategoryRight::Approved, &category, &user)?;
            }
            Ok(record(connection, Kind::Access, &change)?)
        })
    }
}

fn category_id(id: &str) -> Result<CategoryId, Failure> {
    Ok(Reading { table: "categories", id }.id("id", id)?)
}
