use std::time::Duration;

use sortie_control::{ControlError, account::sign_in::SignInAttempt, account::users::UserFields};
use sortie_core::{
    secret::Secret,
    session::{Reason, Status},
    sign_in::ClientKind,
};

use crate::stage::{PASSWORD, Stage, arrival, attempt, user};

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_account_look_the_same() {
    let stage = Stage::new().await;
    let (admin, bob) = stage.admin_and("bob").await;
    let disabled = UserFields { disabled: true, password: None, ..user("bob", "user") };
    stage.control.update_user(&admin, &bob.principal.user, disabled).await.unwrap();
    let wrong = SignInAttempt { password: Secret::new("wrong"), ..attempt("admin", ClientKind::Browser) };
    for refused in [wrong, attempt("nobody", ClientKind::Browser), attempt("bob", ClientKind::Browser)] {
        assert!(matches!(stage.control.sign_in(refused).await, Err(ControlError::BadCredentials)));
    }
}

#[tokio::test]
async fn signing_out_ends_the_token_at_once() {
    let stage = Stage::new().await;
    let signed_in = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    let caller = stage.caller_of(&signed_in.token).await;
    stage.control.sign_out(&caller).await.unwrap();
    assert!(stage.control.authenticate(signed_in.token.reveal()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_browser_stays_signed_in_by_use_and_not_for_ever() {
    let stage = Stage::new().await;
    let signed_in = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    let token = signed_in.token.reveal();
    for _ in 0..11 {
        stage.clock.advance(Duration::from_hours(1));
        stage.control.flush_activity().await.unwrap();
        assert!(stage.control.authenticate(token).await.unwrap().is_some());
    }
    stage.clock.advance(Duration::from_hours(1));
    assert!(stage.control.authenticate(token).await.unwrap().is_none(), "twelve hours are the end");
}

#[tokio::test]
async fn a_browser_that_is_not_used_is_signed_out() {
    let stage = Stage::new().await;
    let signed_in = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    stage.clock.advance(Duration::from_hours(2));
    assert!(stage.control.authenticate(signed_in.token.reveal()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_second_use_ends_the_sign_in() {
    let stage = Stage::new().await;
    let first = stage.control.sign_in(attempt("admin", ClientKind::Api)).await.unwrap();
    let old = first.refresh.unwrap();
    let second = stage.control.refresh(&old, &arrival(ClientKind::Api)).await.unwrap();
    assert!(stage.control.authenticate(first.token.reveal()).await.unwrap().is_none());
    assert!(stage.control.authenticate(second.token.reveal()).await.unwrap().is_some());
    let stolen = stage.control.refresh(&old, &arrival(ClientKind::Api)).await;
    assert!(matches!(stolen, Err(ControlError::BadCredentials)));
    assert!(stage.control.authenticate(second.token.reveal()).await.unwrap().is_none());
    assert!(stage.control.refresh(&second.refresh.unwrap(), &arrival(ClientKind::Api)).await.is_err());
}

#[tokio::test]
async fn input_on_a_stream_does_not_lengthen_a_program_s_token() {
    let stage = Stage::new().await;
    let signed_in = stage.control.sign_in(attempt("admin", ClientKind::Api)).await.unwrap();
    let viewer = stage.control.authenticate(signed_in.token.reveal()).await.unwrap().unwrap();
    stage.control.input_seen(&sortie_core::id::SessionId::new("s").unwrap(), &viewer);
    stage.control.flush_activity().await.unwrap();
    stage.clock.advance(Duration::from_mins(15));
    assert!(stage.control.authenticate(signed_in.token.reveal()).await.unwrap().is_none());
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sign_ins_and_keeps_this_one() {
    let stage = Stage::new().await;
    let other = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    let own = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    let caller = stage.caller_of(&own.token).await;
    let new = Secret::new("another long password");
    let wrong = stage.control.change_password(&caller, &Secret::new("wrong"), &new).await;
    assert!(matches!(wrong, Err(ControlError::Invalid(_))));
    stage.control.change_password(&caller, &Secret::new(PASSWORD), &new).await.unwrap();
    assert!(stage.control.authenticate(other.token.reveal()).await.unwrap().is_none());
    assert!(stage.control.authenticate(own.token.reveal()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_at_the_next_request() {
    let stage = Stage::new().await;
    let (admin, _) = stage.admin_and("bob").await;
    let bob = stage.control.users(&admin).await.unwrap().into_iter().find(|it| it.username == "bob").unwrap();
    let plain = UserFields { password: None, ..user("bob", "user") };
    let promoted = UserFields { password: None, ..user("bob", "admin") };
    stage.control.update_user(&admin, &bob.id, promoted).await.unwrap();
    let caller = stage.caller("bob").await;
    assert!(stage.control.users(&caller).await.is_ok());
    let signed_in = stage.control.sign_in(attempt("bob", ClientKind::Browser)).await.unwrap();
    stage.control.update_user(&admin, &bob.id, plain).await.unwrap();
    let caller = stage.caller_of(&signed_in.token).await;
    assert!(matches!(stage.control.users(&caller).await, Err(ControlError::Denied(_))));
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_gets_no_default_password() {
    let stage = Stage::new().await;
    assert!(stage.control.ensure_first_admin("admin", None).await.unwrap().is_none());
    let admin = stage.caller("admin").await;
    assert_eq!(stage.control.users(&admin).await.unwrap().len(), 1);
    let gone = stage.control.delete_user(&admin, &admin.principal.user).await;
    assert!(matches!(gone, Err(ControlError::Conflict(_))));
}

#[tokio::test]
async fn deleting_an_account_stops_its_sessions() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let running = stage.launch(&bob, "terminal").await;
    stage.until(&running.id, "running", |it| it.status == Status::Running).await;
    let others = stage.launch(&admin, "terminal").await;
    stage.control.delete_user(&admin, &bob.principal.user).await.unwrap();
    let ended = stage.stored(&running.id).await;
    assert_eq!(ended.status, Status::Stopped);
    assert_eq!(ended.ending.map(|it| it.reason), Some(Reason::StoppedByAdmin));
    stage.until(&running.id, "released", |it| it.released_at.is_some()).await;
    assert!(!stage.stored(&others.id).await.status.is_final());
}
