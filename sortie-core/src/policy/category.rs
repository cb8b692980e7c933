//! Who may do what with a category.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{
    id::{CategoryId, TenantId},
    user::Role,
};

pub(super) fn decide(
    principal: &Principal,
    action: Action,
    tenant: &TenantId,
    id: &CategoryId,
    is_seen: bool,
) -> Decision {
    let manager = principal.has(tenant, Role::TenantAdmin);
    let author = principal.has(tenant, Role::AppAuthor);
    let own = principal.grants.administers.contains(id);
    let sees = if manager {
        Rule::TenantAdministrator
    } else if own {
        Rule::CategoryAdministrator
    } else if author {
        Rule::AppAuthor
    } else if is_seen {
        Rule::CategoryWithVisibleApp
    } else {
        return Decision::hidden(Rule::CategoryNotVisible);
    };
    match action {
        Action::ViewCategory => Decision::granted(sees),
        Action::UpdateCategory if manager || own => Decision::granted(sees),
        Action::UpdateCategory => Decision::denied(Rule::NeedsCategoryAdministrator),
        Action::DeleteCategory if manager => Decision::granted(sees),
        Action::DeleteCategory => Decision::denied(Rule::NeedsTenantAdministrator),
        // Making an app, where only its category is known yet.
        Action::CreateApp if author => Decision::granted(Rule::AppAuthor),
        Action::CreateApp if own => Decision::granted(Rule::CategoryAdministrator),
        Action::CreateApp => Decision::denied(Rule::NeedsAppAuthor),
        Action::ViewApp
        | Action::DiscoverApp
        | Action::LaunchApp
        | Action::RequestApp
        | Action::UpdateApp
        | Action::ConfigureApp
        | Action::ElevateApp
        | Action::DeleteApp
        | Action::CreateCategory
        | Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers
        | Action::ObserveSession
        | Action::LaunchFor
        | Action::ListAllSessions
        | Action::ReadAudit
        | Action::ReadAnalytics
        | Action::ManageUsers
        | Action::ManageSettings
        | Action::ChangeOwnPreferences
        | Action::ManageOwnCredentials
        | Action::ListPeople
        | Action::ViewTenant
        | Action::UpdateTenant
        | Action::ManageTenants
        | Action::ViewServices
        | Action::ManageServices => Decision::denied(Rule::NotForThisKind),
    }
}
