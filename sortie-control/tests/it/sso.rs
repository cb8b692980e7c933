//! Single sign-on, with a provider that vouches for whomever it likes.

use std::{num::NonZeroU32, time::Duration};

use sortie_control::{
    ControlError, Settings,
    account::{
        sign_in::SignedIn,
        sso::{SsoAnswer, SsoBegun, SsoError, SsoRules},
        users::UserFields,
    },
    records::AuditQuery,
    tenant::TenantFields,
};
use sortie_core::{
    app::Visibility,
    id::{AppId, RequestId, TenantId},
    local_path::LocalPath,
    port::{AccountStore, PageRequest},
    secret::Secret,
    sign_in::ClientKind,
    sso::{Assertion, CategoryMap, Domains, RoleMap},
    tenant::{Branding, TenantQuotas},
    user::Role,
};
use sortie_testkit::provider::{Mood, person};

use crate::stage::{Stage, attempt, user};

async fn stage(change: impl FnOnce(&mut SsoRules)) -> Stage {
    let mut rules = SsoRules { roles: RoleMap::parse("ops=admin, writers=app-author").unwrap(), ..SsoRules::default() };
    change(&mut rules);
    Stage::with(Settings { sso: rules, ..Settings::default() }).await
}

async fn begin(stage: &Stage) -> (SsoBegun, String) {
    let begun = stage.control.begin_sso(LocalPath::parse("/sessions?a=b").unwrap()).await.unwrap();
    let mark = begun.address.split_once("state=").unwrap().1.split('&').next().unwrap().to_owned();
    (begun, mark)
}

fn answer(begun: &SsoBegun, mark: &str) -> SsoAnswer {
    SsoAnswer {
        state: mark.to_owned(),
        code: Some(Secret::new(mark)),
        issuer: None,
        kept: Some(begun.kept.clone()),
        user_agent: "browser/1".to_owned(),
        source_ip: "192.0.2.1".to_owned(),
        request: RequestId::new("r-sso").unwrap(),
    }
}

/// A whole sign-in of whomever the provider vouches for.
async fn enter(stage: &Stage, who: Assertion) -> Result<SignedIn, SsoError> {
    stage.provider.vouch_for(who);
    let (begun, mark) = begin(stage).await;
    stage.control.finish_sso(answer(&begun, &mark)).await.map(|(signed_in, _)| signed_in)
}

fn who(subject: &str, groups: &[&str]) -> Assertion {
    person(subject, groups).unwrap()
}

#[tokio::test]
async fn a_first_sign_in_makes_an_account_and_the_next_one_finds_it() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &[]));
    let (begun, mark) = begin(&stage).await;
    let (first, redirect) = stage.control.finish_sso(answer(&begun, &mark)).await.unwrap();
    assert_eq!(redirect.as_str(), "/sessions?a=b");
    assert_eq!((first.user.username.as_str(), first.user.roles.as_slice()), ("ada", [Role::User].as_slice()));
    assert!(stage.control.authenticate(first.token.reveal()).await.unwrap().is_some());
    // A new name and a new address over there do not make a new person here.
    let renamed =
        Assertion { username: Some("lovelace".to_owned()), email: Some("l@corp.com".to_owned()), ..who("ada", &[]) };
    let second = enter(&stage, renamed).await.unwrap();
    assert_eq!((&second.user.id, second.user.username.as_str()), (&first.user.id, "ada"));
    assert_eq!(second.user.email, "l@corp.com");
}

#[tokio::test]
async fn an_account_that_is_there_is_never_taken_over_by_its_name_or_address() {
    let stage = stage(|_| {}).await;
    let (_, bob) = stage.admin_and("bob").await;
    for (subject, name) in [("s-1", "bob"), ("s-2", "BOB"), ("s-3", "admin"), ("s-4", " Admin ")] {
        let twin =
            Assertion { username: Some(name.to_owned()), email: Some("bob@corp.com".to_owned()), ..who(subject, &[]) };
        let signed_in = enter(&stage, twin).await.unwrap();
        assert_ne!(signed_in.user.id, bob.principal.user, "{name}");
        assert_eq!(signed_in.user.roles, [Role::User], "{name}");
        assert_ne!(signed_in.user.username.to_lowercase(), name.trim().to_lowercase());
    }
    // The local people still sign in with their passwords, in any case of their letters.
    stage.control.sign_in(attempt("ADMIN", ClientKind::Browser)).await.unwrap();
    stage.control.sign_in(attempt("bob", ClientKind::Browser)).await.unwrap();
}

#[tokio::test]
async fn leaving_a_group_takes_its_role_from_sign_ins_that_are_open() {
    let stage = stage(|_| {}).await;
    let open = enter(&stage, who("ada", &["ops"])).await.unwrap();
    let caller = stage.caller_of(&open.token).await;
    assert!(stage.control.users(&caller).await.is_ok());
    let later = enter(&stage, who("ada", &["admin", "administrators", "OPS"])).await.unwrap();
    assert_eq!(later.user.roles, [Role::User]);
    let caller = stage.caller_of(&open.token).await;
    assert!(matches!(stage.control.users(&caller).await, Err(ControlError::Denied(_))));
}

#[tokio::test]
async fn a_role_that_an_administrator_gave_survives_the_provider() {
    let stage = stage(|_| {}).await;
    let ada = enter(&stage, who("ada", &["writers"])).await.unwrap().user;
    let admin = stage.caller("admin").await;
    let fields =
        UserFields { roles: vec!["app-author".to_owned(), "auditor".to_owned()], password: None, ..user("ada", "") };
    stage.control.update_user(&admin, &ada.id, fields).await.unwrap();
    assert_eq!(enter(&stage, who("ada", &[])).await.unwrap().user.roles, [Role::Auditor]);
}

#[tokio::test]
async fn a_sign_in_is_finished_once_in_its_own_browser_and_in_time() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &[]));
    let is_state = |answer: Result<_, SsoError>| matches!(answer, Err(SsoError::State));
    let (begun, mark) = begin(&stage).await;
    let (other, other_state) = begin(&stage).await;
    let foreign = SsoAnswer { kept: Some(other.kept.clone()), ..answer(&begun, &mark) };
    assert!(is_state(stage.control.finish_sso(foreign).await), "another browser");
    assert!(is_state(stage.control.finish_sso(answer(&begun, &mark)).await), "the attempt is spent");
    for kept in [None, Some(""), Some("."), Some("a.b"), Some(other_state.as_str())] {
        let odd = SsoAnswer { kept: kept.map(Secret::new), ..answer(&other, "unknown") };
        assert!(is_state(stage.control.finish_sso(odd).await), "{kept:?}");
    }
    stage.control.finish_sso(answer(&other, &other_state)).await.unwrap();
    assert!(is_state(stage.control.finish_sso(answer(&other, &other_state)).await), "again");
    let (late, late_state) = begin(&stage).await;
    stage.clock.advance(Duration::from_mins(10));
    assert!(is_state(stage.control.finish_sso(answer(&late, &late_state)).await), "too late");
}

#[tokio::test]
async fn of_many_answers_to_one_sign_in_one_is_let_in() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &[]));
    let (begun, mark) = begin(&stage).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (control, answer) = (stage.control.clone(), answer(&begun, &mark));
        tasks.spawn(async move { control.finish_sso(answer).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|it| *it).count(), 1);
}

#[tokio::test]
async fn somebody_new_who_comes_many_times_at_once_is_one_person() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &[]));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (begun, mark) = begin(&stage).await;
        let (control, answer) = (stage.control.clone(), answer(&begun, &mark));
        tasks.spawn(async move { control.finish_sso(answer).await.map(|(it, _)| it.user.id) });
    }
    let mut people: Vec<_> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    people.dedup();
    assert_eq!(people.len(), 1);
    assert_eq!(stage.store.list_users(&TenantId::default_tenant()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_is_not_welcome_gets_no_account() {
    let stage = stage(|it| it.domains = Domains::parse("corp.com").unwrap()).await;
    for (email, verified) in [("a@corp.com.evil", true), ("a@corp.com", false), ("a@sub.corp.com", true)] {
        let foreign = Assertion { email: Some(email.to_owned()), email_verified: verified, ..who("ada", &["ops"]) };
        assert!(matches!(enter(&stage, foreign).await, Err(SsoError::NotAllowed)), "{email}");
    }
    assert_eq!(stage.store.list_users(&TenantId::default_tenant()).await.unwrap().len(), 1);
    enter(&stage, who("ada", &[])).await.unwrap();
}

#[tokio::test]
async fn without_sign_up_only_known_people_come_in_and_disabled_ones_do_not() {
    let closed = stage(|it| it.allow_sign_up = false).await;
    assert!(matches!(enter(&closed, who("ada", &[])).await, Err(SsoError::NotAllowed)));
    let open = stage(|_| {}).await;
    let ada = enter(&open, who("ada", &[])).await.unwrap();
    let admin = open.caller("admin").await;
    let fields = UserFields { disabled: true, password: None, ..user("ada", "user") };
    open.control.update_user(&admin, &ada.user.id, fields).await.unwrap();
    assert!(open.control.authenticate(ada.token.reveal()).await.unwrap().is_none());
    assert!(matches!(enter(&open, who("ada", &["ops"])).await, Err(SsoError::Account)));
}

#[tokio::test]
async fn a_provider_that_is_away_or_lies_lets_nobody_in_and_local_people_all() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &[]));
    let (begun, mark) = begin(&stage).await;
    stage.provider.set_mood(Mood::Away);
    assert!(matches!(stage.control.begin_sso(LocalPath::root()).await, Err(SsoError::Away)));
    assert!(matches!(stage.control.finish_sso(answer(&begun, &mark)).await, Err(SsoError::Away)));
    stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    stage.provider.set_mood(Mood::Willing);
    let (begun, mark) = begin(&stage).await;
    let refused = SsoAnswer { code: None, ..answer(&begun, &mark) };
    assert!(matches!(stage.control.finish_sso(refused).await, Err(SsoError::Refused)));
    let (begun, mark) = begin(&stage).await;
    stage.provider.set_mood(Mood::Lying);
    assert!(matches!(stage.control.finish_sso(answer(&begun, &mark)).await, Err(SsoError::Refused)));
}

#[tokio::test]
async fn a_person_without_a_local_password_has_none_that_fits() {
    let stage = stage(|_| {}).await;
    enter(&stage, who("ada", &[])).await.unwrap();
    assert!(stage.control.sign_in(attempt("ada", ClientKind::Browser)).await.is_err());
}

#[tokio::test]
async fn signing_out_over_there_ends_the_sign_ins_here_that_hang_on_it() {
    let stage = stage(|_| {}).await;
    let ada = enter(&stage, who("ada", &[])).await.unwrap();
    let bob = enter(&stage, who("bob", &[])).await.unwrap();
    let is_in = |it: &SignedIn| {
        let token = it.token.reveal().to_owned();
        let control = stage.control.clone();
        async move { control.authenticate(&token).await.unwrap().is_some() }
    };
    let request = RequestId::new("r-out").unwrap();
    let obey = |token: &str| {
        let (control, token, request) = (stage.control.clone(), Secret::new(token), request.clone());
        async move { control.obey_logout(&token, "192.0.2.9", &request).await }
    };
    assert!(matches!(obey("nonsense").await, Err(SsoError::Refused)));
    obey("ada/another-session 1").await.unwrap();
    assert!(is_in(&ada).await);
    obey("ada/session-of-ada 2").await.unwrap();
    assert!(!is_in(&ada).await && is_in(&bob).await);
    let again = enter(&stage, who("ada", &[])).await.unwrap();
    obey("ada/session-of-ada 2").await.unwrap();
    assert!(is_in(&again).await, "a notice is obeyed once");
}

#[tokio::test]
async fn what_happens_is_audited_with_the_identity_and_without_any_secret() {
    let stage = stage(|_| {}).await;
    stage.provider.vouch_for(who("ada", &["ops"]));
    let (begun, mark) = begin(&stage).await;
    let (signed_in, _) = stage.control.finish_sso(answer(&begun, &mark)).await.unwrap();
    let admin = stage.caller("admin").await;
    let page = PageRequest::default();
    let (entries, _) = stage.control.audit(&admin, AuditQuery::default(), &page, 0).await.unwrap();
    let find = |action: &str| entries.items.iter().find(|it| it.action == action && it.user == "ada").unwrap();
    assert!(find("SSO_LOGIN").details.contains("https://idp.example"));
    assert!(find("CREATE_USER").details.contains("admin"));
    let all = format!("{entries:?}");
    for secret in [begun.kept.reveal(), mark.as_str(), signed_in.token.reveal()] {
        assert!(!all.contains(secret));
    }
}

#[tokio::test]
async fn groups_give_rights_in_categories_and_leaving_them_takes_those_away() {
    let stage = stage(|it| it.categories = CategoryMap::parse("designers=Graphics:approved").unwrap()).await;
    stage
        .app("painter", |it| {
            it.category = "Graphics".to_owned();
            it.visibility = Visibility::Approved;
        })
        .await;
    let painter = AppId::new("painter").unwrap();
    let open = enter(&stage, who("ada", &["designers"])).await.unwrap();
    let caller = stage.caller_of(&open.token).await;
    assert!(stage.control.find_app(&caller, &painter).await.is_ok());
    enter(&stage, who("ada", &["Designers"])).await.unwrap();
    let caller = stage.caller_of(&open.token).await;
    assert!(stage.control.find_app(&caller, &painter).await.is_err());
}

#[tokio::test]
async fn a_full_tenant_takes_nobody_new_from_the_provider_and_says_so_in_the_audit() {
    let stage = stage(|_| {}).await;
    enter(&stage, who("ada", &[])).await.unwrap();
    let admin = stage.caller("admin").await;
    let quotas = TenantQuotas { max_users: NonZeroU32::new(2), ..TenantQuotas::default() };
    let (name, slug) = ("Default".to_owned(), "default".to_owned());
    let fields = TenantFields { name, slug, branding: Branding::default(), quotas };
    stage.control.update_tenant(&admin, &admin.tenant, fields).await.unwrap();
    assert!(matches!(enter(&stage, who("eve", &[])).await, Err(SsoError::NotAllowed)));
    enter(&stage, who("ada", &[])).await.unwrap();
    let page = PageRequest { limit: Some(100), cursor: None };
    let (entries, _) = stage.control.audit(&admin, AuditQuery::default(), &page, 0).await.unwrap();
    assert!(entries.items.iter().any(|it| it.details.contains("this tenant has all of its 2 accounts")));
}

#[tokio::test]
async fn an_administrator_gives_people_of_the_provider_no_password_here() {
    let stage = stage(|_| {}).await;
    let ada = enter(&stage, who("ada", &[])).await.unwrap().user;
    let admin = stage.caller("admin").await;
    let with_password = user(&ada.username, "user");
    assert!(with_password.password.is_some());
    let refused = stage.control.update_user(&admin, &ada.id, with_password).await.map(|_| ());
    assert!(matches!(&refused, Err(ControlError::Conflict(it)) if it.contains("no password here")), "{refused:?}");
    let without = UserFields { password: None, ..user(&ada.username, "auditor") };
    stage.control.update_user(&admin, &ada.id, without).await.unwrap();
}
