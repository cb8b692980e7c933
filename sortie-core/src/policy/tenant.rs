//! Who may do what in a tenant as a whole.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{id::TenantId, user::Role};

pub(super) fn decide(principal: &Principal, action: Action, tenant: &TenantId) -> Decision {
    let (role, has, lacks) = match action {
        Action::CreateApp | Action::CreateCategory => (Role::AppAuthor, Rule::AppAuthor, Rule::NeedsAppAuthor),
        Action::ReadAudit | Action::ReadAnalytics => (Role::Auditor, Rule::Auditor, Rule::NeedsAuditor),
        // To make somebody an approved user one must find them; it matters little of which tenant the category is.
        Action::ListPeople if !principal.grants.administers.is_empty() => {
            return Decision::granted(Rule::CategoryAdministrator);
        }
        Action::LaunchFor | Action::ListAllSessions | Action::ListPeople => {
            (Role::TenantAdmin, Rule::TenantAdministrator, Rule::NeedsTenantAdministrator)
        }
        Action::ManageUsers | Action::ManageSettings => (Role::Admin, Rule::Administrator, Rule::NeedsAdministrator),
        Action::ViewApp
        | Action::DiscoverApp
        | Action::LaunchApp
        | Action::RequestApp
        | Action::UpdateApp
        | Action::ConfigureApp
        | Action::ElevateApp
        | Action::DeleteApp
        | Action::ViewCategory
        | Action::UpdateCategory
        | Action::DeleteCategory
        | Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers
        | Action::ObserveSession
        | Action::ChangeOwnPreferences
        | Action::ManageOwnCredentials
        | Action::ViewTenant
        | Action::UpdateTenant
        | Action::ManageTenants
        | Action::ViewServices
        | Action::ManageServices => return Decision::denied(Rule::NotForThisKind),
    };
    if principal.has(tenant, role) { Decision::granted(has) } else { Decision::denied(lacks) }
}
