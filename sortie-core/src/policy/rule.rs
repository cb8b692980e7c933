//! The rules by name: each decision says which of them gave it.

macro_rules! rules {
    ($($name:ident, $code:literal, $because:literal;)+) => {
        /// A rule of the policy.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule {
            $(#[doc = $because] $name,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, for machines.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it says, for people.
            pub fn because(self) -> &'static str {
                match self { $(Self::$name => $because,)+ }
            }
        }
    };
}

rules! {
    Administrator, "administrator", "Administrators may do this.";
    TenantAdministrator, "tenant_administrator", "Administrators of the tenant may do this.";
    CategoryAdministrator, "category_administrator", "Administrators of the category may do this.";
    AppAuthor, "app_author", "App authors may do this.";
    Auditor, "auditor", "Auditors may do this.";
    AppPublic, "app_public", "The app is public: everybody of its tenant may use it.";
    AppApproved, "app_approved", "The caller is an approved user of the app's category.";
    AppDiscoverable, "app_discoverable", "The app shows its card to everybody of its tenant, and one may ask for access.";
    CategoryWithVisibleApp, "category_with_visible_app", "The category holds an app that the caller sees.";
    SessionOwner, "session_owner", "The session is the caller's own.";
    SessionShared, "session_shared", "The owner shares the session with the caller.";
    SessionObserver, "session_observer", "The caller observes the session for a stated reason.";
    SessionNeedsReason, "session_needs_reason", "Administrators watch another person's session only with a stated reason.";
    NeedsSessionOwner, "needs_session_owner", "Only the session's owner may do this.";
    GuestsOnlyWatch, "guests_only_watch", "Guests reach the session that they were let into, and nothing else.";
    OwnAccount, "own_account", "The account is the caller's own.";
    AccountOfAnother, "account_of_another", "The account is another person's.";
    ScopeMissing, "scope_missing", "The token that was used was not made for this.";
    NeedsAdministrator, "needs_administrator", "Only administrators may do this.";
    NeedsTenantAdministrator, "needs_tenant_administrator", "Only administrators of the tenant may do this.";
    NeedsCategoryAdministrator, "needs_category_administrator", "Only administrators of the category may do this.";
    NeedsAppAuthor, "needs_app_author", "Only app authors may do this.";
    NeedsAuditor, "needs_auditor", "Only auditors may do this.";
    AppNotVisible, "app_not_visible", "The app's visibility does not include the caller.";
    AppNotApproved, "app_not_approved", "The caller is not approved for the app.";
    AppUsableAlready, "app_usable_already", "The caller may use the app already.";
    AppNotRequestable, "app_not_requestable", "Nobody can be approved for this app: it is for administrators of its category.";
    CategoryNotVisible, "category_not_visible", "The category holds no app that the caller sees.";
    SessionOfAnother, "session_of_another", "The session is another person's.";
    OtherTenant, "other_tenant", "It belongs to a tenant that the caller is not a member of.";
    NotForThisKind, "not_for_this_kind", "This cannot be done with such a thing, or not by the caller.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own() {
        let codes: HashSet<_> = Rule::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
    }
}
