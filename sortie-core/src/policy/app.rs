//! Who may do what with an app.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{app::Visibility, user::Role};

pub(super) fn decide(principal: &Principal, action: Action, visibility: Visibility) -> Decision {
    let public = visibility == Visibility::Public;
    let author = principal.has(Role::AppAuthor);
    if !public && !author {
        return Decision::hidden(Rule::AppNotVisible);
    }
    match action {
        Action::ViewApp if author => Decision::granted(Rule::AppAuthor),
        Action::ViewApp | Action::LaunchApp if public => Decision::granted(Rule::AppPublic),
        Action::LaunchApp if principal.has(Role::Admin) => Decision::granted(Rule::Administrator),
        Action::CreateApp | Action::UpdateApp | Action::DeleteApp if author => Decision::granted(Rule::AppAuthor),
        Action::CreateApp | Action::UpdateApp | Action::DeleteApp => Decision::denied(Rule::NeedsAppAuthor),
        Action::ViewApp | Action::LaunchApp => Decision::denied(Rule::AppNotApproved),
        Action::ViewSession
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
        | Action::ManageSettings => Decision::denied(Rule::NotForThisKind),
    }
}
