//! Who may do what with a person's own account. What administrators may do with it is asked about the tenant.

use super::{Action, Decision, Principal, rule::Rule};
use crate::id::UserId;

pub(super) fn decide(principal: &Principal, action: Action, user: &UserId) -> Decision {
    let is_own_business = matches!(action, Action::ChangeOwnPreferences | Action::ManageOwnCredentials);
    if *user != principal.user {
        Decision::hidden(Rule::AccountOfAnother)
    } else if is_own_business {
        Decision::granted(Rule::OwnAccount)
    } else {
        Decision::denied(Rule::NotForThisKind)
    }
}
