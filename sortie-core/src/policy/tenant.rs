//! Who may do what in a tenant as a whole.

use super::{Action, Decision, Principal, rule::Rule};
use crate::user::Role;

pub(super) fn decide(principal: &Principal, action: Action) -> Decision {
    match action {
        Action::CreateApp => needs(principal, Role::AppAuthor, Rule::AppAuthor, Rule::NeedsAppAuthor),
        Action::ReadAudit | Action::ReadAnalytics => needs(principal, Role::Auditor, Rule::Auditor, Rule::NeedsAuditor),
        Action::LaunchFor | Action::ListAllSessions | Action::ManageUsers | Action::ManageSettings => {
            needs(principal, Role::Admin, Rule::Administrator, Rule::NeedsAdministrator)
        }
        Action::ViewApp
        | Action::LaunchApp
        | Action::UpdateApp
        | Action::DeleteApp
        | Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers
        | Action::ObserveSession => Decision::denied(Rule::NotForThisKind),
    }
}

fn needs(principal: &Principal, role: Role, has: Rule, lacks: Rule) -> Decision {
    if principal.has(role) { Decision::granted(has) } else { Decision::denied(lacks) }
}
