//! Which rows of a list a principal may see: data that a store translates into its query.

use std::collections::BTreeSet;

use super::{Action, Principal};
use crate::{
    app::Visibility,
    id::{CategoryId, TenantId, UserId},
    user::Role,
};

/// Which rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every row of the tenant.
    Tenant(TenantId),
    /// The tenant's rows with one of these visibilities.
    Visible(TenantId, Vec<Visibility>),
    /// The tenant's apps that one person sees, if only the card.
    Apps(AppScope),
    /// The tenant's rows of one owner.
    OwnedBy(TenantId, UserId),
}

/// The apps of somebody who does not see all of them: a row is in it when one of these is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppScope {
    /// Of this tenant, always.
    pub tenant: TenantId,
    /// Of these categories.
    pub administers: BTreeSet<CategoryId>,
    /// `approved`, and of these categories.
    pub approved: BTreeSet<CategoryId>,
    /// Shown to everybody, if only the card.
    pub discoverable: bool,
}

/// The apps of a tenant whose card a principal may see: the same as asking [`may`](super::may) about each.
pub fn app_scope(principal: &Principal, tenant: &TenantId) -> Scope {
    if !principal.is_member(tenant) || principal.guest.is_some() || !principal.permits(Action::DiscoverApp) {
        return Scope::Visible(tenant.clone(), Vec::new());
    }
    if principal.has(tenant, Role::AppAuthor) {
        return Scope::Tenant(tenant.clone());
    }
    Scope::Apps(AppScope {
        tenant: tenant.clone(),
        administers: principal.grants.administers.clone(),
        approved: principal.grants.approved.clone(),
        discoverable: true,
    })
}

/// The apps whose display fields strangers may read.
pub fn anonymous_app_scope() -> Scope {
    Scope::Visible(TenantId::default_tenant(), vec![Visibility::Public])
}

/// The sessions of a tenant that a principal may view.
pub fn session_scope(principal: &Principal, tenant: &TenantId) -> Scope {
    // Sessions have no visibility: nothing is visible.
    if !principal.is_member(tenant) || !principal.permits(Action::ViewSession) {
        return Scope::Visible(tenant.clone(), Vec::new());
    }
    if principal.has(tenant, Role::TenantAdmin) {
        Scope::Tenant(tenant.clone())
    } else {
        Scope::OwnedBy(tenant.clone(), principal.user.clone())
    }
}
