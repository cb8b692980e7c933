use sortie_control::stream::{StreamRefusal, StreamStanding};
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
    let standing = || stage.control.still_granted(&caller, &viewer.token, &session.id);
    assert_eq!(standing().await, StreamStanding::Good);
    stage.control.stop_session(&caller, &session.id).await.unwrap();
    assert!(matches!(standing().await, StreamStanding::Ended { .. }));
    stage.control.sign_out(&caller).await.unwrap();
    assert_eq!(standing().await, StreamStanding::SignedOut);
}
