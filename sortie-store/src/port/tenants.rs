//! Tenants and their members.

use diesel::prelude::*;
use sortie_core::{
    access::Membership,
    audit::Change,
    id::{TenantId, UserId},
    port::{PortResult, TenantStore, tenants::Member},
    tenant::Tenant,
};

use super::change::{Kind, record};
use crate::{
    Store,
    error::Failure,
    moment::Moment,
    row::{readable, tenant::TenantRow, to_json},
    schema::{
        tenant_members::{self, dsl as inside},
        tenants::{self, dsl},
    },
};

mod delete;
mod members;
pub(super) mod quota;

impl TenantStore for Store {
    fn list_tenants(&self) -> PortResult<'_, Vec<Tenant>> {
        self.read(move |connection| {
            let all = dsl::tenants.order((dsl::name, dsl::id)).select(TenantRow::as_select());
            Ok(readable(all.load(connection)?))
        })
    }

    fn find_tenant<'a>(&'a self, id: &'a TenantId) -> PortResult<'a, Option<Tenant>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::tenants.find(id).select(TenantRow::as_select()).first(connection).optional()?;
            Ok(row.map(Tenant::try_from).transpose()?)
        })
    }

    fn tenant_called<'a>(&'a self, text: &'a str) -> PortResult<'a, Option<Tenant>> {
        let text = text.to_owned();
        self.read(move |connection| {
            let called = dsl::tenants.filter(dsl::id.eq(text.clone()).or(dsl::slug.eq(text)));
            let row = called.select(TenantRow::as_select()).first(connection).optional()?;
            Ok(row.map(Tenant::try_from).transpose()?)
        })
    }

    fn insert_tenant<'a>(&'a self, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()> {
        let row = TenantRow::from(tenant);
        self.write(move |connection| {
            diesel::insert_into(tenants::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn update_tenant<'a>(&'a self, before: i64, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()> {
        let row = TenantRow::from(tenant);
        self.write(move |connection| {
            let current = dsl::tenants.filter(dsl::id.eq(row.id.clone())).filter(dsl::version.eq(before));
            match diesel::update(current).set(row).execute(connection).map_err(Failure::taken)? {
                0 => Err(Failure::Conflict),
                _ => Ok(record(connection, Kind::Access, &change)?),
            }
        })
    }

    fn delete_tenant<'a>(&'a self, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()> {
        let (id, version) = (tenant.id.as_str().to_owned(), tenant.version);
        self.write(move |connection| delete::delete(connection, &id, version, &change))
    }

    fn members<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<Member>> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| members::list(connection, &tenant))
    }

    fn save_member<'a>(&'a self, member: &'a Membership, user: &'a UserId, change: Change) -> PortResult<'a, ()> {
        let (tenant, user) = (member.tenant.as_str().to_owned(), user.as_str().to_owned());
        let roles = to_json(&member.roles.iter().map(|it| it.name()).collect::<Vec<_>>());
        self.write(move |connection| {
            let known = inside::tenant_members.find((tenant.clone(), user.clone()));
            if diesel::update(known).set(inside::roles.eq(roles.clone())).execute(connection)? == 0 {
                diesel::insert_into(tenant_members::table)
                    .values((
                        inside::tenant_id.eq(tenant),
                        inside::user_id.eq(user),
                        inside::roles.eq(roles),
                        inside::created_at.eq(Moment::from(change.at)),
                    ))
                    .execute(connection)
                    .map_err(Failure::in_use_or_taken)?;
            }
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn remove_member<'a>(&'a self, tenant: &'a TenantId, user: &'a UserId, change: Change) -> PortResult<'a, bool> {
        let (tenant, user) = (tenant.as_str().to_owned(), user.as_str().to_owned());
        self.write(move |connection| members::remove(connection, &tenant, &user, &change))
    }
}
