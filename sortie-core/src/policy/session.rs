//! Who may do what with a session.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{id::UserId, user::Role};

pub(super) fn decide(principal: &Principal, action: Action, owner: &UserId) -> Decision {
    let own = *owner == principal.user;
    let admin = principal.has(Role::Admin);
    match action {
        Action::ViewSession | Action::StopSession | Action::UseSession if own => Decision::granted(Rule::SessionOwner),
        Action::ViewSession | Action::StopSession if admin => Decision::granted(Rule::Administrator),
        // Administrators may not look at another person's screen: observing needs a stated reason and a banner.
        Action::UseSession if admin => Decision::denied(Rule::SessionOfAnother),
        Action::ViewApp
        | Action::LaunchApp
        | Action::CreateApp
        | Action::UpdateApp
        | Action::DeleteApp
        | Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::LaunchFor
        | Action::ListAllSessions
        | Action::ReadAudit
        | Action::ReadAnalytics
        | Action::ManageUsers
        | Action::ManageSettings => {
            if own {
                Decision::denied(Rule::NotForThisKind)
            } else {
                Decision::hidden(Rule::SessionOfAnother)
            }
        }
    }
}
