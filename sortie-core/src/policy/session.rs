//! Who may do what with a session: the owner, those whom the owner lets in, administrators, and guests.

use super::{Action, Decision, Guest, Object, Principal, rule::Rule};
use crate::{
    id::{TenantId, UserId},
    sharing::Part,
    user::Role,
};

/// Somebody with an account, in the own tenant.
pub(super) fn decide(
    principal: &Principal,
    action: Action,
    tenant: &TenantId,
    owner: &UserId,
    part: Option<Part>,
) -> Decision {
    let own = *owner == principal.user;
    let admin = principal.has(tenant, Role::TenantAdmin);
    // Whoever is no administrator any more observes nothing any more.
    let part = part.filter(|it| *it != Part::Observer || admin);
    if !own && !admin && part.is_none() {
        return Decision::hidden(Rule::SessionOfAnother);
    }
    match action {
        Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers
            if own =>
        {
            Decision::granted(Rule::SessionOwner)
        }
        Action::ViewSession | Action::UseSession if part == Some(Part::Observer) => {
            Decision::granted(Rule::SessionObserver)
        }
        Action::ViewSession | Action::UseSession if part.is_some() => Decision::granted(Rule::SessionShared),
        Action::ViewSession | Action::StopSession | Action::ManageViewers if admin => {
            Decision::granted(Rule::TenantAdministrator)
        }
        Action::ObserveSession if admin && !own => Decision::granted(Rule::TenantAdministrator),
        // Administrators may not look at another person's screen: observing needs a stated reason and a banner, and makes
        // them a part of the session.
        Action::UseSession if admin => Decision::denied(Rule::SessionNeedsReason),
        Action::ViewSession
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers => Decision::denied(Rule::NeedsSessionOwner),
        Action::ObserveSession if own => Decision::denied(Rule::NotForThisKind),
        Action::ObserveSession => Decision::denied(Rule::NeedsTenantAdministrator),
        Action::ViewApp
        | Action::DiscoverApp
        | Action::LaunchApp
        | Action::RequestApp
        | Action::CreateApp
        | Action::UpdateApp
        | Action::ConfigureApp
        | Action::ElevateApp
        | Action::DeleteApp
        | Action::ViewCategory
        | Action::CreateCategory
        | Action::UpdateCategory
        | Action::DeleteCategory
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

/// A guest: looks at the one session that it was let into, and reaches nothing else of anything.
pub(super) fn for_guest(guest: &Guest, action: Action, object: Object<'_>) -> Decision {
    match object {
        Object::Session { id, part: Some(_), .. } if *id == guest.session => {
            if matches!(action, Action::ViewSession | Action::UseSession) {
                Decision::granted(Rule::SessionShared)
            } else {
                Decision::denied(Rule::GuestsOnlyWatch)
            }
        }
        Object::Session { .. }
        | Object::App { .. }
        | Object::Category { .. }
        | Object::Account { .. }
        | Object::Tenant(_)
        | Object::Installation(_) => Decision::hidden(Rule::GuestsOnlyWatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{SessionId, SignInId, ViewerId},
        policy::{Outcome, may},
        sharing::Permission,
    };

    const PARTS: [Option<Part>; 4] = [
        None,
        Some(Part::Viewer(Permission::ReadOnly)),
        Some(Part::Viewer(Permission::ReadWrite)),
        Some(Part::Observer),
    ];

    fn principal(user: &str, roles: &[Role]) -> Principal {
        Principal {
            user: UserId::new(user).unwrap(),
            username: user.to_owned(),
            tenant: TenantId::default_tenant(),
            roles: roles.to_vec(),
            grants: std::sync::Arc::default(),
            sign_in: SignInId::new("x").unwrap(),
            scopes: None,
            guest: None,
        }
    }

    fn decide(principal: &Principal, action: Action, owner: &str, part: Option<Part>) -> Outcome {
        let (id, tenant, owner) =
            (SessionId::new("s").unwrap(), TenantId::default_tenant(), UserId::new(owner).unwrap());
        may(principal, action, Object::Session { id: &id, tenant: &tenant, owner: &owner, part }).outcome
    }

    #[test]
    fn the_table_of_rules_about_sessions_holds() {
        use Outcome::{Denied, Granted, Hidden};
        let user = principal("ada", &[Role::User]);
        let admin = principal("root", &[Role::Admin]);
        // own, a stranger's, shared with the user, an administrator, an administrator who observes
        let table = [
            (Action::ViewSession, [Granted, Hidden, Granted, Granted, Granted]),
            (Action::StopSession, [Granted, Hidden, Denied, Granted, Granted]),
            (Action::UseSession, [Granted, Hidden, Granted, Denied, Granted]),
            (Action::ShareSession, [Granted, Hidden, Denied, Denied, Denied]),
            (Action::ShareControl, [Granted, Hidden, Denied, Denied, Denied]),
            (Action::ManageViewers, [Granted, Hidden, Denied, Granted, Granted]),
            (Action::ObserveSession, [Denied, Hidden, Denied, Granted, Granted]),
        ];
        for (action, expected) in table {
            let found = [
                decide(&user, action, "ada", None),
                decide(&user, action, "bob", None),
                decide(&user, action, "bob", Some(Part::Viewer(Permission::ReadWrite))),
                decide(&admin, action, "bob", None),
                decide(&admin, action, "bob", Some(Part::Observer)),
            ];
            assert_eq!(found, expected, "{action:?}");
        }
    }

    #[test]
    fn an_administrator_who_was_demoted_observes_nothing_any_more() {
        let user = principal("root", &[Role::User]);
        for action in Action::ALL {
            assert_eq!(decide(&user, *action, "bob", Some(Part::Observer)), Outcome::Hidden, "{action:?}");
        }
    }

    #[test]
    fn nobody_who_was_let_in_lets_others_in() {
        for part in PARTS {
            for action in [Action::ShareSession, Action::ShareControl, Action::StopSession, Action::ManageViewers] {
                assert!(
                    decide(&principal("ada", &[Role::User]), action, "bob", part) != Outcome::Granted,
                    "{action:?}"
                );
            }
        }
    }

    #[test]
    fn a_guest_reaches_the_one_session_and_nothing_else() {
        let guest = Guest { session: SessionId::new("s").unwrap(), viewer: ViewerId::new("v").unwrap() };
        // Even with a role, which guests have not.
        let ada = Principal { guest: Some(guest.clone()), ..principal("ada", &[Role::Admin]) };
        let tenant = TenantId::default_tenant();
        for action in Action::ALL.iter().copied() {
            let looks = matches!(action, Action::ViewSession | Action::UseSession);
            assert_eq!(decide(&ada, action, "bob", PARTS[1]) == Outcome::Granted, looks, "{action:?}");
            assert_eq!(decide(&ada, action, "ada", None), Outcome::Hidden, "{action:?}");
            assert_eq!(may(&ada, action, Object::Tenant(&tenant)).outcome, Outcome::Hidden, "{action:?}");
            let elsewhere = Principal {
                guest: Some(Guest { session: SessionId::new("t").unwrap(), ..guest.clone() }),
                ..ada.clone()
            };
            assert_eq!(decide(&elsewhere, action, "bob", PARTS[1]), Outcome::Hidden, "{action:?}");
        }
    }
}
