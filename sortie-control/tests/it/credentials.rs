//! Second factors, links to set a password, personal access tokens, lists of sign-ins, registration.

use std::time::Duration;

use sortie_control::{
    Control, ControlError, Settings,
    account::{own::TokenFields, register::Registration, sign_in::SignInAttempt, users::UserFields},
};
use sortie_core::{
    credential::FACTOR_STEP_SECONDS,
    policy::Caller,
    port::{AccountStore, Clock},
    secret::Secret,
    sign_in::ClientKind,
    user::PasswordHash,
};

use crate::stage::{PASSWORD, Stage, arrival, attempt, user};

/// The code that the stage's credentials take now.
fn code(stage: &Stage) -> Secret {
    let step = stage.clock.now().as_micros() / 1_000_000 / FACTOR_STEP_SECONDS;
    Secret::new(format!("{:06}", step % 1_000_000))
}

/// Switches a second factor on; answers the recovery codes.
async fn enable(stage: &Stage, caller: &Caller) -> Vec<Secret> {
    stage.control.begin_second_factor(caller, &Secret::new(PASSWORD)).await.unwrap();
    stage.control.confirm_second_factor(caller, &code(stage)).await.unwrap()
}

async fn challenge(control: &Control, username: &str) -> Secret {
    match control.sign_in(attempt(username, ClientKind::Browser)).await {
        Err(ControlError::SecondFactorNeeded { challenge, .. }) => challenge,
        other => panic!("no second factor was asked for: {other:?}"),
    }
}

fn next_step(stage: &Stage) {
    stage.clock.advance(Duration::from_secs(30));
}

#[tokio::test]
async fn a_second_factor_asks_from_its_confirmation_on() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    assert!(stage.control.begin_second_factor(&admin, &Secret::new("wrong")).await.is_err());
    stage.control.begin_second_factor(&admin, &Secret::new(PASSWORD)).await.unwrap();
    stage.caller("admin").await;
    let wrong = stage.control.confirm_second_factor(&admin, &Secret::new("000000")).await;
    assert!(matches!(wrong, Err(ControlError::InvalidCode)));
    let codes = stage.control.confirm_second_factor(&admin, &code(&stage)).await.unwrap();
    assert_eq!(codes.len(), 10);
    next_step(&stage);
    let challenge = challenge(&stage.control, "admin").await;
    let browser = arrival(ClientKind::Browser);
    let wrong = stage.control.answer_challenge(&challenge, &Secret::new("000000"), &browser).await;
    assert!(matches!(wrong, Err(ControlError::InvalidCode)));
    let signed_in = stage.control.answer_challenge(&challenge, &code(&stage), &browser).await.unwrap();
    assert!(stage.control.authenticate(signed_in.token.reveal()).await.unwrap().is_some());
    let again = stage.control.answer_challenge(&challenge, &code(&stage), &browser).await;
    assert!(matches!(again, Err(ControlError::InvalidCode)), "a challenge is good once");
}

#[tokio::test]
async fn a_code_is_good_once() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    enable(&stage, &admin).await;
    let browser = arrival(ClientKind::Browser);
    let first = challenge(&stage.control, "admin").await;
    let seen = code(&stage);
    let replayed = stage.control.answer_challenge(&first, &seen, &browser).await;
    assert!(matches!(replayed, Err(ControlError::InvalidCode)), "the code of the confirmation");
    next_step(&stage);
    let seen = code(&stage);
    stage.control.answer_challenge(&first, &seen, &browser).await.unwrap();
    let second = challenge(&stage.control, "admin").await;
    let replayed = stage.control.answer_challenge(&second, &seen, &browser).await;
    assert!(matches!(replayed, Err(ControlError::InvalidCode)));
}

#[tokio::test]
async fn a_recovery_code_is_good_once_however_it_is_typed() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let codes = enable(&stage, &admin).await;
    let typed = Secret::new(codes[3].reveal().to_uppercase().replace('-', " "));
    let browser = arrival(ClientKind::Browser);
    let first = challenge(&stage.control, "admin").await;
    stage.control.answer_challenge(&first, &typed, &browser).await.unwrap();
    let second = challenge(&stage.control, "admin").await;
    assert!(stage.control.answer_challenge(&second, &codes[3], &browser).await.is_err());
    assert_eq!(stage.control.own_second_factor(&admin).await.unwrap().unwrap().recovery_codes_left, 9);
    next_step(&stage);
    let fresh = stage.control.renew_recovery_codes(&admin, &Secret::new(PASSWORD), &code(&stage)).await.unwrap();
    assert!(stage.control.answer_challenge(&second, &codes[4], &browser).await.is_err(), "an old code");
    stage.control.answer_challenge(&second, &fresh[0], &browser).await.unwrap();
}

#[tokio::test]
async fn codes_cannot_be_guessed_by_signing_in_again_and_again() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    enable(&stage, &admin).await;
    let mut slowed = 0;
    for _ in 0..6 {
        let challenge = challenge(&stage.control, "admin").await;
        for _ in 0..5 {
            let (wrong, browser) = (Secret::new("000000"), arrival(ClientKind::Browser));
            let tried = stage.control.answer_challenge(&challenge, &wrong, &browser);
            slowed += u32::from(matches!(tried.await, Err(ControlError::TooManyAttempts { .. })));
        }
    }
    assert_eq!(slowed, 25);
}

#[tokio::test]
async fn a_second_factor_is_switched_off_with_password_and_code_or_by_an_administrator() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    enable(&stage, &bob).await;
    next_step(&stage);
    let password = Secret::new(PASSWORD);
    assert!(stage.control.disable_second_factor(&bob, &password, &Secret::new("000000")).await.is_err());
    assert!(stage.control.disable_second_factor(&bob, &Secret::new("wrong"), &code(&stage)).await.is_err());
    stage.control.disable_second_factor(&bob, &password, &code(&stage)).await.unwrap();
    stage.caller("bob").await;
    next_step(&stage);
    enable(&stage, &bob).await;
    stage.control.remove_second_factor(&admin, &bob.principal.user).await.unwrap();
    stage.caller("bob").await;
    assert!(stage.control.remove_second_factor(&bob, &admin.principal.user).await.is_err());
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_everything_that_hung_on_the_old_one() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    let (_, token) = stage.control.create_token(&bob, fields(&["read"])).await.unwrap();
    let (earlier, _) = stage.control.create_reset_link(&admin, &bob.principal.user).await.unwrap();
    let (link, _) = stage.control.create_reset_link(&admin, &bob.principal.user).await.unwrap();
    let browser = arrival(ClientKind::Browser);
    let new = Secret::new("a password from a link");
    assert!(matches!(stage.control.reset_password(&earlier, &new, &browser).await, Err(ControlError::InvalidToken)));
    let short = stage.control.reset_password(&link, &Secret::new("short"), &browser).await;
    assert!(matches!(short, Err(ControlError::Invalid(_))), "and the link is still good");
    stage.control.reset_password(&link, &new, &browser).await.unwrap();
    assert!(stage.control.authenticate(token.reveal()).await.unwrap().is_none());
    assert!(matches!(stage.control.reset_password(&link, &new, &browser).await, Err(ControlError::InvalidToken)));
    let old = stage.control.sign_in(attempt("bob", ClientKind::Browser)).await;
    assert!(matches!(old, Err(ControlError::BadCredentials)));
    stage.control.sign_in(SignInAttempt { password: new, ..attempt("bob", ClientKind::Browser) }).await.unwrap();
}

#[tokio::test]
async fn a_link_ends_with_its_day_and_with_a_change_of_the_password() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    let browser = arrival(ClientKind::Browser);
    let (link, _) = stage.control.create_reset_link(&admin, &bob.principal.user).await.unwrap();
    let new = Secret::new("another long password");
    stage.control.change_password(&bob, &Secret::new(PASSWORD), &new).await.unwrap();
    assert!(matches!(stage.control.reset_password(&link, &new, &browser).await, Err(ControlError::InvalidToken)));
    let (link, expires_at) = stage.control.create_reset_link(&admin, &bob.principal.user).await.unwrap();
    stage.clock.advance(expires_at.since(stage.clock.now()));
    assert!(matches!(stage.control.reset_password(&link, &new, &browser).await, Err(ControlError::InvalidToken)));
}

fn fields(scopes: &[&str]) -> TokenFields {
    let scopes = scopes.iter().map(|it| (*it).to_owned()).collect();
    TokenFields { name: "a job".to_owned(), scopes, days: 30 }
}

#[tokio::test]
async fn a_token_may_do_what_its_scopes_name_and_never_touches_credentials() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let (_, reader) = stage.control.create_token(&admin, fields(&["read"])).await.unwrap();
    assert!(reader.reveal().starts_with("sortie_pat_"));
    let (_, all) = stage.control.create_token(&admin, fields(&["read", "sessions", "apps", "admin"])).await.unwrap();
    let (reader, all) = (stage.caller_of(&reader).await, stage.caller_of(&all).await);
    assert!(stage.control.list_apps(&reader, &sortie_core::port::PageRequest::default()).await.is_ok());
    assert!(matches!(stage.control.users(&reader).await, Err(ControlError::ScopeMissing(_))));
    assert!(stage.control.users(&all).await.is_ok());
    let own = &admin.principal.user;
    let password = UserFields { roles: vec!["admin".to_owned()], ..user("admin", "admin") };
    for refused in [
        stage.control.create_token(&all, fields(&["read"])).await.err(),
        stage.control.own_tokens(&all).await.err(),
        stage.control.begin_second_factor(&all, &Secret::new(PASSWORD)).await.err(),
        stage.control.change_password(&all, &Secret::new(PASSWORD), &Secret::new("another long one")).await.err(),
        stage.control.create_reset_link(&all, own).await.err(),
        stage.control.remove_second_factor(&all, own).await.err(),
        stage.control.update_user(&all, own, password).await.err(),
    ] {
        assert!(matches!(refused, Some(ControlError::ScopeMissing(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_token_ends_when_it_expires_is_revoked_or_its_owner_is_disabled() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    let make = || stage.control.create_token(&bob, TokenFields { days: 1, ..fields(&["read"]) });
    let (first, one) = make().await.unwrap();
    let (_, two) = make().await.unwrap();
    let is_good = async |token: &Secret| stage.control.authenticate(token.reveal()).await.unwrap().is_some();
    assert!(stage.control.revoke_token(&admin, &first.id).await.is_err(), "it is somebody else's");
    stage.control.revoke_token(&bob, &first.id).await.unwrap();
    assert!(!is_good(&one).await && is_good(&two).await);
    assert!(stage.control.own_tokens(&bob).await.unwrap().len() == 1);
    stage.clock.advance(Duration::from_hours(24));
    assert!(!is_good(&two).await);
    let bob = stage.caller("bob").await;
    let (_, three) = stage.control.create_token(&bob, fields(&["read"])).await.unwrap();
    let admin = stage.caller("admin").await;
    let disabled = UserFields { disabled: true, password: None, ..user("bob", "user") };
    stage.control.update_user(&admin, &bob.principal.user, disabled).await.unwrap();
    assert!(!is_good(&three).await);
}

#[tokio::test]
async fn people_see_and_end_their_own_sign_ins_and_nobody_else_s() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    let other = stage.control.sign_in(attempt("bob", ClientKind::Api)).await.unwrap();
    let seen = stage.control.own_sign_ins(&bob).await.unwrap();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|it| it.user_agent == "test/1"));
    let its = seen.iter().find(|it| it.client == ClientKind::Api).unwrap();
    assert!(stage.control.end_own_sign_in(&admin, &its.id).await.is_err());
    // Even after its access token has run out: it could be refreshed.
    stage.clock.advance(Duration::from_mins(20));
    stage.control.end_own_sign_in(&bob, &its.id).await.unwrap();
    let refreshed = stage.control.refresh(&other.refresh.unwrap(), &arrival(ClientKind::Api)).await;
    assert!(matches!(refreshed, Err(ControlError::BadCredentials)));
    stage.control.end_sign_ins_of(&admin, &bob.principal.user).await.unwrap();
    assert!(stage.control.own_sign_ins(&bob).await.unwrap().is_empty());
}

#[tokio::test]
async fn any_used_refresh_token_ends_the_family_however_old_it_is() {
    let stage = Stage::new().await;
    let first = stage.control.sign_in(attempt("admin", ClientKind::Api)).await.unwrap();
    let stolen = first.refresh.clone().unwrap();
    let mut current = first;
    for _ in 0..3 {
        current = stage.control.refresh(&current.refresh.unwrap(), &arrival(ClientKind::Api)).await.unwrap();
    }
    // The access token has run out; the refresh token has not.
    stage.clock.advance(Duration::from_hours(1));
    assert!(stage.control.refresh(&stolen, &arrival(ClientKind::Api)).await.is_err());
    let refresh = current.refresh.unwrap();
    assert!(stage.control.refresh(&refresh, &arrival(ClientKind::Api)).await.is_err(), "the family goes on");
}

#[tokio::test]
async fn people_make_accounts_for_themselves_only_where_that_is_allowed() {
    let said = |name: &str| Registration {
        username: name.to_owned(),
        password: Secret::new(PASSWORD),
        email: String::new(),
        display_name: String::new(),
    };
    let browser = arrival(ClientKind::Browser);
    let stage = Stage::new().await;
    let closed = stage.control.register(said("eve"), &browser).await;
    assert!(matches!(closed, Err(ControlError::RegistrationClosed)));
    let stage = Stage::with(Settings { allow_registration: true, ..Settings::default() }).await;
    let signed_in = stage.control.register(said("eve"), &browser).await.unwrap();
    let eve = stage.caller_of(&signed_in.token).await;
    assert!(stage.control.users(&eve).await.is_err(), "nobody becomes an administrator by it");
    let taken = stage.control.register(said("ADMIN"), &browser).await;
    assert!(matches!(taken, Err(ControlError::Conflict(_))), "one person would be taken for another");
    let admin = stage.caller("admin").await;
    let setting = |value: &str| vec![("allow_registration".to_owned(), value.to_owned())];
    assert!(stage.control.save_settings(&admin, setting("perhaps")).await.is_err());
    stage.control.save_settings(&admin, setting("false")).await.unwrap();
    assert!(stage.control.register(said("mallory"), &browser).await.is_err(), "the stored setting wins");
}

#[tokio::test]
async fn a_hash_of_an_older_system_is_renewed_at_the_next_sign_in() {
    let stage = Stage::new().await;
    let (_, bob) = stage.admin_and("bob").await;
    let before = stage.store.find_user(&bob.principal.user).await.unwrap().unwrap();
    let mut old = before.clone();
    old.password = Some(PasswordHash::new(format!("old:{PASSWORD}")));
    old.version += 1;
    let change = sortie_testkit::contract::sample::change(sortie_core::audit::AuditAction::UpdateUser, 0);
    stage.store.update_user(before.version, &old, change).await.unwrap();
    stage.caller("bob").await;
    let after = stage.store.find_user(&bob.principal.user).await.unwrap().unwrap();
    assert_eq!(after.password, before.password);
    stage.caller("bob").await;
}
