use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::access::Membership;

fn principal(user: &str, roles: &[Role]) -> Principal {
    Principal {
        user: UserId::new(user).unwrap(),
        username: user.to_owned(),
        tenant: TenantId::default_tenant(),
        roles: roles.to_vec(),
        grants: Arc::default(),
        sign_in: SignInId::new("x").unwrap(),
        scopes: None,
        guest: None,
    }
}

fn member_of(mut principal: Principal, tenant: &TenantId, roles: &[Role]) -> Principal {
    let text = tenant.as_str().to_owned();
    let membership = Membership { tenant: tenant.clone(), slug: text.clone(), name: text, roles: roles.to_vec() };
    Arc::make_mut(&mut principal.grants).memberships.push(membership);
    principal
}

fn tools() -> CategoryId {
    CategoryId::new("tools").unwrap()
}

fn session<'a>(tenant: &'a TenantId, owner: &'a UserId) -> Object<'a> {
    static ID: std::sync::LazyLock<SessionId> = std::sync::LazyLock::new(|| SessionId::new("s").unwrap());
    Object::Session { id: &ID, tenant, owner, part: None }
}

fn app<'a>(tenant: &'a TenantId, category: Option<&'a CategoryId>, visibility: Visibility) -> Object<'a> {
    Object::App { tenant, category, visibility, discoverable: false }
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
        for action in Action::ALL {
            let decision = may(&caller, *action, app(&tenant, Some(&tools()), visibility));
            assert_eq!(decision.outcome, Outcome::Hidden, "{action:?}");
        }
    }
}

#[test]
fn approved_apps_are_for_approved_users_and_administrators_of_the_category() {
    let (tenant, category, other) = (TenantId::default_tenant(), tools(), CategoryId::new("other").unwrap());
    let mut caller = principal("ada", &[Role::User]);
    Arc::make_mut(&mut caller.grants).approved.insert(tools());
    let launch = |caller: &Principal, category, visibility| {
        may(caller, Action::LaunchApp, app(&tenant, Some(category), visibility)).outcome
    };
    assert_eq!(launch(&caller, &category, Visibility::Approved), Outcome::Granted);
    assert_eq!(launch(&caller, &category, Visibility::AdminOnly), Outcome::Hidden);
    assert_eq!(launch(&caller, &other, Visibility::Approved), Outcome::Hidden);
    let mut manager = principal("bob", &[Role::User]);
    Arc::make_mut(&mut manager.grants).administers.insert(tools());
    assert_eq!(launch(&manager, &category, Visibility::AdminOnly), Outcome::Granted);
    assert_eq!(launch(&manager, &other, Visibility::AdminOnly), Outcome::Hidden);
}

#[test]
fn a_category_s_administrator_changes_how_its_apps_are_shown_and_not_what_runs() {
    let (tenant, category) = (TenantId::default_tenant(), tools());
    let mut manager = principal("bob", &[Role::User]);
    Arc::make_mut(&mut manager.grants).administers.insert(tools());
    let object = app(&tenant, Some(&category), Visibility::Approved);
    assert!(may(&manager, Action::UpdateApp, object).is_granted());
    assert_eq!(may(&manager, Action::ConfigureApp, object), Decision::denied(Rule::NeedsAppAuthor));
    let public = app(&tenant, None, Visibility::Public);
    assert_eq!(may(&manager, Action::UpdateApp, public), Decision::denied(Rule::NeedsAppAuthor));
}

#[test]
fn a_discoverable_app_shows_its_card_and_can_be_asked_for_where_asking_helps() {
    let (tenant, category) = (TenantId::default_tenant(), tools());
    let caller = principal("ada", &[Role::User]);
    let object = |visibility, category| Object::App { tenant: &tenant, category, visibility, discoverable: true };
    let approved = object(Visibility::Approved, Some(&category));
    assert!(may(&caller, Action::DiscoverApp, approved).is_granted());
    assert!(may(&caller, Action::RequestApp, approved).is_granted());
    assert_eq!(may(&caller, Action::ViewApp, approved).outcome, Outcome::Denied);
    assert_eq!(may(&caller, Action::LaunchApp, approved).outcome, Outcome::Denied);
    for hopeless in [object(Visibility::AdminOnly, Some(&category)), object(Visibility::Approved, None)] {
        assert_eq!(may(&caller, Action::RequestApp, hopeless), Decision::denied(Rule::AppNotRequestable));
    }
}

#[test]
fn nobody_reaches_into_another_tenant() {
    let (other, category) = (TenantId::new("other").unwrap(), tools());
    let ada = UserId::new("ada").unwrap();
    let mut admin = principal("ada", &[Role::Admin]);
    let grants = Arc::make_mut(&mut admin.grants);
    grants.administers.insert(tools());
    grants.approved.insert(tools());
    for action in Action::ALL {
        for object in [
            Object::Tenant(&other),
            session(&other, &ada),
            Object::Category { tenant: &other, id: &category, is_seen: true },
            Object::App {
                tenant: &other,
                category: Some(&category),
                visibility: Visibility::Public,
                discoverable: true,
            },
        ] {
            assert_eq!(may(&admin, *action, object), Decision::hidden(Rule::OtherTenant), "{action:?}");
        }
    }
}

#[test]
fn a_role_counts_only_in_the_tenant_in_which_it_is_held() {
    let (home, other) = (TenantId::default_tenant(), TenantId::new("other").unwrap());
    let caller = member_of(principal("ada", &[Role::User]), &other, &[Role::TenantAdmin]);
    assert!(may(&caller, Action::ListAllSessions, Object::Tenant(&other)).is_granted());
    assert!(!may(&caller, Action::ListAllSessions, Object::Tenant(&home)).is_granted());
    assert!(!may(&caller, Action::ManageUsers, Object::Tenant(&other)).is_granted());
    assert!(may(&caller, Action::UpdateTenant, Object::Installation(Some(&other))).is_granted());
    assert!(!may(&caller, Action::ManageTenants, Object::Installation(Some(&other))).is_granted());
    assert_eq!(may(&caller, Action::UpdateTenant, Object::Installation(Some(&home))).outcome, Outcome::Denied);
}

#[test]
fn an_administrator_of_another_home_than_the_first_tenant_does_not_manage_tenants() {
    let other = TenantId::new("other").unwrap();
    let caller = Principal { tenant: other.clone(), ..principal("ada", &[Role::Admin]) };
    assert!(may(&caller, Action::ManageUsers, Object::Tenant(&other)).is_granted());
    assert!(!may(&caller, Action::ManageTenants, Object::Installation(None)).is_granted());
    let first = TenantId::default_tenant();
    assert_eq!(may(&caller, Action::ViewTenant, Object::Installation(Some(&first))).outcome, Outcome::Hidden);
}

#[test]
fn somebody_without_a_known_role_may_use_public_apps_and_nothing_else() {
    let tenant = TenantId::default_tenant();
    let caller = principal("ada", &[]);
    for action in Action::ALL {
        assert!(!may(&caller, *action, Object::Tenant(&tenant)).is_granted(), "{action:?}");
        assert!(!may(&caller, *action, Object::Installation(Some(&tenant))).is_granted(), "{action:?}");
    }
}

#[test]
fn people_manage_their_own_credentials_and_nobody_else_s() {
    let tenant = TenantId::default_tenant();
    let (ada, bob) = (UserId::new("ada").unwrap(), UserId::new("bob").unwrap());
    let caller = principal("ada", &[Role::Admin]);
    let account = |user| Object::Account { tenant: &tenant, user };
    assert!(may(&caller, Action::ManageOwnCredentials, account(&ada)).is_granted());
    assert_eq!(may(&caller, Action::ManageOwnCredentials, account(&bob)).outcome, Outcome::Hidden);
    assert!(!may(&caller, Action::ManageUsers, account(&ada)).is_granted());
}

#[test]
fn a_token_may_do_what_its_owner_may_and_its_scopes_name() {
    let tenant = TenantId::default_tenant();
    let ada = UserId::new("ada").unwrap();
    let token = Principal { scopes: Some(vec![TokenScope::Read]), ..principal("ada", &[Role::Admin]) };
    let own = session(&tenant, &ada);
    assert!(may(&token, Action::ViewSession, own).is_granted());
    assert_eq!(may(&token, Action::UseSession, own), Decision::denied(Rule::ScopeMissing));
    assert_eq!(may(&token, Action::ManageUsers, Object::Tenant(&tenant)), Decision::denied(Rule::ScopeMissing));
    let account = Object::Account { tenant: &tenant, user: &ada };
    assert_eq!(may(&token, Action::ManageOwnCredentials, account), Decision::denied(Rule::ScopeMissing));
    let other = UserId::new("bob").unwrap();
    let user = Principal { roles: vec![Role::User], ..token };
    assert_eq!(may(&user, Action::StopSession, session(&tenant, &other)).outcome, Outcome::Hidden);
}

fn scopes() -> impl Strategy<Value = Option<Vec<TokenScope>>> {
    proptest::option::of(proptest::collection::vec(proptest::sample::select(TokenScope::ALL.to_vec()), 0..3))
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::collection::vec(proptest::sample::select(Role::ALL.to_vec()), 0..3)
}

fn categories() -> impl Strategy<Value = BTreeSet<CategoryId>> {
    proptest::collection::btree_set(proptest::sample::select(vec!["tools", "games"]), 0..2)
        .prop_map(|it| it.into_iter().map(|id| CategoryId::new(id).unwrap()).collect())
}

fn in_scope(scope: &Scope, object: &Object<'_>) -> bool {
    match (scope, object) {
        (Scope::Tenant(wanted), object) => object.tenant() == Some(wanted),
        (Scope::Visible(wanted, visible), Object::App { tenant, visibility, .. }) => {
            *tenant == wanted && visible.contains(visibility)
        }
        (Scope::Apps(scope), Object::App { tenant, category, visibility, discoverable }) => {
            let of = |set: &BTreeSet<CategoryId>| category.is_some_and(|it| set.contains(it));
            **tenant == scope.tenant
                && (*visibility == Visibility::Public
                    || of(&scope.administers)
                    || *visibility == Visibility::Approved && of(&scope.approved)
                    || scope.discoverable && *discoverable)
        }
        (Scope::OwnedBy(wanted, user), Object::Session { tenant, owner, .. }) => *tenant == wanted && *owner == user,
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_list_holds_exactly_what_may_be_viewed(
        roles in roles(),
        scopes in scopes(),
        there in proptest::option::of(roles()),
        administers in categories(),
        approved in categories(),
        own in any::<bool>(),
        home in any::<bool>(),
        discoverable in any::<bool>(),
        category in proptest::option::of(proptest::sample::select(vec!["tools", "games"])),
        visibility in proptest::sample::select(Visibility::ALL.to_vec()),
    ) {
        let other = TenantId::new("other").unwrap();
        let mut caller = Principal { scopes, ..principal("ada", &roles) };
        if let Some(roles) = there {
            caller = member_of(caller, &other, &roles);
        }
        let grants = Arc::make_mut(&mut caller.grants);
        grants.administers = administers;
        grants.approved = approved;
        let tenant = if home { TenantId::default_tenant() } else { other };
        let category = category.map(|it| CategoryId::new(it).unwrap());
        let owner = UserId::new(if own { "ada" } else { "bob" }).unwrap();
        let one = session(&tenant, &owner);
        let listed = in_scope(&session_scope(&caller, &tenant), &one);
        prop_assert_eq!(listed, may(&caller, Action::ViewSession, one).is_granted());
        let app = Object::App { tenant: &tenant, category: category.as_ref(), visibility, discoverable };
        let listed = in_scope(&app_scope(&caller, &tenant), &app);
        prop_assert_eq!(listed, may(&caller, Action::DiscoverApp, app).is_granted());
        // Nobody is allowed more than to see, who does not even see.
        for action in Action::ALL {
            prop_assert!(listed || !may(&caller, *action, app).is_granted());
        }
    }
}
