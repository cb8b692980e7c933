//! Who may do what with tenants as such, and with the machine's services. What is in them is another matter: see the other rules.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{id::TenantId, user::Role};

pub(super) fn decide(principal: &Principal, action: Action, tenant: Option<&TenantId>) -> Decision {
    let of_tenants = matches!(action, Action::ViewTenant | Action::UpdateTenant | Action::ManageTenants);
    // Services belong to the machine and to no tenant.
    let of_services = matches!(action, Action::ViewServices | Action::ManageServices) && tenant.is_none();
    let is_asked = of_tenants || of_services;
    let member = tenant.filter(|it| principal.is_member(it));
    if principal.is_administrator() {
        if is_asked { Decision::granted(Rule::Administrator) } else { Decision::denied(Rule::NotForThisKind) }
    } else if tenant.is_some() && member.is_none() {
        Decision::hidden(Rule::OtherTenant)
    } else if !is_asked {
        Decision::denied(Rule::NotForThisKind)
    } else if action == Action::ManageTenants || tenant.is_none() {
        Decision::denied(Rule::NeedsAdministrator)
    } else if member.is_some_and(|it| principal.has(it, Role::TenantAdmin)) {
        Decision::granted(Rule::TenantAdministrator)
    } else {
        Decision::denied(Rule::NeedsTenantAdministrator)
    }
}
