use proptest::prelude::*;

use super::*;

fn principal(user: &str, roles: &[Role]) -> Principal {
    Principal {
        user: UserId::new(user).unwrap(),
        username: user.to_owned(),
        tenant: TenantId::default_tenant(),
        roles: roles.to_vec(),
        sign_in: SignInId::new("x").unwrap(),
        guest: None,
    }
}

fn session<'a>(tenant: &'a TenantId, owner: &'a UserId) -> Object<'a> {
    static ID: std::sync::LazyLock<SessionId> = std::sync::LazyLock::new(|| SessionId::new("s").unwrap());
    Object::Session { id: &ID, tenant, owner, part: None }
}

#[test]
fn a_user_may_use_and_stop_only_the_own_session_and_does_not_learn_of_others() {
    let tenant = TenantId::default_tenant();
    let (ada, bob) = (UserId::new("ada").unwrap(), UserId::new("bob").unwrap());
    let caller = principal("ada", &[Role::User]);
    for action in [Action::ViewSession, Action::StopSession, Action::UseSession] {
        assert_eq!(may(&caller, action, session(&tenant, &ada)).outcome, Outcome::Granted);
        assert_eq!(may(&caller, action, session(&tenant, &bob)).outcome, Outcome::Hidden);
    }
}

#[test]
fn an_administrator_stops_but_does_not_watch_another_s_session() {
    let tenant = TenantId::default_tenant();
    let bob = UserId::new("bob").unwrap();
    let admin = principal("ada", &[Role::Admin]);
    assert_eq!(may(&admin, Action::StopSession, session(&tenant, &bob)).outcome, Outcome::Granted);
    assert_eq!(may(&admin, Action::UseSession, session(&tenant, &bob)).outcome, Outcome::Denied);
}

#[test]
fn an_app_that_one_may_not_see_cannot_be_launched_and_is_not_admitted_to_exist() {
    let tenant = TenantId::default_tenant();
    let caller = principal("ada", &[Role::User]);
    for visibility in [Visibility::Approved, Visibility::AdminOnly] {
        let app = Object::App { tenant: &tenant, visibility };
        assert_eq!(may(&caller, Action::LaunchApp, app).outcome, Outcome::Hidden);
        assert_eq!(may(&caller, Action::ViewApp, app).outcome, Outcome::Hidden);
    }
}

#[test]
fn nobody_reaches_into_another_tenant() {
    let other = TenantId::new("other").unwrap();
    let ada = UserId::new("ada").unwrap();
    let admin = principal("ada", &[Role::Admin]);
    for action in Action::ALL {
        for object in [
            Object::Tenant(&other),
            session(&other, &ada),
            Object::App { tenant: &other, visibility: Visibility::Public },
        ] {
            assert_eq!(may(&admin, action, object).outcome, Outcome::Hidden);
        }
    }
}

#[test]
fn somebody_without_a_known_role_may_use_public_apps_and_nothing_else() {
    let tenant = TenantId::default_tenant();
    let caller = principal("ada", &[]);
    for action in Action::ALL {
        assert!(!may(&caller, action, Object::Tenant(&tenant)).is_granted(), "{action:?}");
    }
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::collection::vec(proptest::sample::select(Role::ALL.to_vec()), 0..3)
}

fn in_scope(scope: &Scope, object: &Object<'_>) -> bool {
    match (scope, object) {
        (Scope::Tenant(wanted), object) => object.tenant() == wanted,
        (Scope::Visible(wanted, visible), Object::App { tenant, visibility }) => {
            *tenant == wanted && visible.contains(visibility)
        }
        (Scope::OwnedBy(wanted, user), Object::Session { tenant, owner, .. }) => *tenant == wanted && *owner == user,
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_list_holds_exactly_what_may_be_viewed(
        roles in roles(),
        own in any::<bool>(),
        home in any::<bool>(),
        visibility in proptest::sample::select(Visibility::ALL.to_vec()),
    ) {
        let caller = principal("ada", &roles);
        let tenant = if home { TenantId::default_tenant() } else { TenantId::new("other").unwrap() };
        let owner = UserId::new(if own { "ada" } else { "bob" }).unwrap();
        let one = session(&tenant, &owner);
        prop_assert_eq!(in_scope(&session_scope(&caller), &one), may(&caller, Action::ViewSession, one).is_granted());
        let app = Object::App { tenant: &tenant, visibility };
        prop_assert_eq!(in_scope(&app_scope(&caller), &app), may(&caller, Action::ViewApp, app).is_granted());
    }
}
