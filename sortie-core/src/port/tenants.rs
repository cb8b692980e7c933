//! Tenants and their members at rest.

use super::{PortResult, access::Person};
use crate::{
    access::Membership,
    audit::Change,
    id::{TenantId, UserId},
    tenant::Tenant,
    user::Role,
};

/// One member of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// What the membership says that the person may do there.
    pub roles: Vec<Role>,
    /// What the person may do there because of the account, at home: no membership gives it or takes it.
    pub account_roles: Vec<Role>,
    /// Whether the tenant is the person's home.
    pub at_home: bool,
}

/// Keeps tenants. Every write commits its change with it, or nothing at all.
pub trait TenantStore: Send + Sync {
    /// Every tenant, by name.
    fn list_tenants(&self) -> PortResult<'_, Vec<Tenant>>;

    /// One tenant.
    fn find_tenant<'a>(&'a self, id: &'a TenantId) -> PortResult<'a, Option<Tenant>>;

    /// The tenant with this id or short name: for looks before anybody signed in.
    fn tenant_called<'a>(&'a self, text: &'a str) -> PortResult<'a, Option<Tenant>>;

    /// Inserts a new tenant; `Conflict` when the short name is taken.
    fn insert_tenant<'a>(&'a self, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()>;

    /// Writes a tenant over the one with version `before`; `Conflict` when that is not its version any more, or the short name
    /// is taken.
    fn update_tenant<'a>(&'a self, before: i64, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()>;

    /// Deletes a tenant of this version with its memberships, empty categories and settings; `Conflict` when it changed, or an
    /// app, an account or a session that is not released belongs to it.
    fn delete_tenant<'a>(&'a self, tenant: &'a Tenant, change: Change) -> PortResult<'a, ()>;

    /// The members of a tenant, by sign-in name; people whose home it is among them.
    fn members<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<Member>>;

    /// Makes somebody a member, or gives a member these roles; `Conflict` when the tenant or the person is gone.
    fn save_member<'a>(&'a self, member: &'a Membership, user: &'a UserId, change: Change) -> PortResult<'a, ()>;

    /// Ends a membership with the rights in the tenant's categories; answers whether there was one. Where there was none
    /// nothing is written, the change neither.
    fn remove_member<'a>(&'a self, tenant: &'a TenantId, user: &'a UserId, change: Change) -> PortResult<'a, bool>;
}
