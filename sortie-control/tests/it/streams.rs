use std::time::Duration;

use sortie_control::{
    Settings,
    stream::{StreamPolicy, StreamRefusal, StreamStanding},
};
use sortie_core::{session::Status, sign_in::ClientKind};

use crate::stage::{Mood, Stage, attempt};

#[tokio::test]
async fn only_the_owner_attaches_and_only_while_the_session_runs() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let (admin, bob) = stage.admin_and("bob").await;
    stage.runtime.mood(Mood::Slow);
    let session = stage.launch(&bob, "terminal").await;
    let control = &stage.control;
    assert!(matches!(control.open_stream(&bob, &session.id).await, Err(StreamRefusal::NotReady)));
    stage.runtime.mood(Mood::Quick);
    stage.runtime.vanish(&session.id);
    stage.until(&session.id, "running", |it| it.status == Status::Running).await;
    assert!(control.open_stream(&bob, &session.id).await.unwrap().rights.input);
    assert!(matches!(control.open_stream(&admin, &session.id).await, Err(StreamRefusal::Denied)));
    control.stop_session(&bob, &session.id).await.unwrap();
    assert!(matches!(control.open_stream(&bob, &session.id).await, Err(StreamRefusal::Ended(..))));
}

#[tokio::test]
async fn a_permission_ends_with_the_session_and_with_the_sign_in() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let signed_in = stage.control.sign_in(attempt("admin", ClientKind::Browser)).await.unwrap();
    let viewer = stage.control.authenticate(signed_in.token.reveal()).await.unwrap().unwrap();
    let caller = stage.caller_of(&signed_in.token).await;
    let session = stage.launch(&caller, "terminal").await;
    stage.until(&session.id, "running", |it| it.status == Status::Running).await;
    let grant = stage.control.open_stream(&caller, &session.id).await.unwrap();
    let standing = || stage.control.still_granted(&caller, &viewer.token, &grant);
    assert_eq!(standing().await, StreamStanding::Good);
    stage.control.stop_session(&caller, &session.id).await.unwrap();
    assert!(matches!(standing().await, StreamStanding::Ended { .. }));
    stage.control.sign_out(&caller).await.unwrap();
    assert_eq!(standing().await, StreamStanding::SignedOut);
}

#[tokio::test]
async fn what_nobody_can_confirm_holds_for_five_minutes_or_five_seconds_as_the_operator_chose() {
    for (policy, patience) in [("best_effort", Duration::from_mins(5)), ("strict", Duration::from_secs(5))] {
        let stream_policy: StreamPolicy = policy.parse().unwrap();
        let stage = Stage::with(Settings { stream_policy, ..Settings::default() }).await;
        let almost = patience.saturating_sub(Duration::from_secs(1));
        let mut trust = stage.control.trust();
        stage.clock.advance(almost);
        assert!(!trust.is_over(), "{policy}");
        trust.renew();
        stage.clock.advance(almost);
        assert!(!trust.is_over(), "{policy}: it was confirmed meanwhile");
        stage.clock.advance(Duration::from_secs(1));
        assert!(trust.is_over(), "{policy}");
    }
    assert!("lenient".parse::<StreamPolicy>().is_err());
}
