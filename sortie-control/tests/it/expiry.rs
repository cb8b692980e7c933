use std::time::Duration;

use sortie_core::session::{Reason, Status};

use crate::stage::Stage;

const HOUR: Duration = Duration::from_hours(1);

/// G11: the idle timeout was age since the last change of status.
#[tokio::test]
async fn a_session_in_use_is_not_expired_and_a_silent_one_is() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let signed_in =
        stage.control.sign_in(crate::stage::attempt("admin", sortie_core::sign_in::ClientKind::Browser)).await.unwrap();
    let viewer = stage.control.authenticate(signed_in.token.reveal()).await.unwrap().unwrap();
    let ada = stage.caller_of(&signed_in.token).await;
    let used = stage.launch(&ada, "terminal").await;
    let silent = stage.launch(&ada, "terminal").await;
    for id in [&used.id, &silent.id] {
        stage.until(id, "running", |it| it.status == Status::Running).await;
    }
    for _ in 0..3 {
        stage.clock.advance(HOUR);
        stage.control.input_seen(&used.id, &viewer);
        stage.control.flush_activity().await.unwrap();
    }
    assert_eq!(stage.control.sweep().await.unwrap(), 1);
    assert_eq!(stage.stored(&used.id).await.status, Status::Running);
    let expired = stage.stored(&silent.id).await;
    assert_eq!((expired.status, expired.ending.map(|it| it.reason)), (Status::Expired, Some(Reason::IdleTimeout)));
    stage.until(&silent.id, "released", |it| it.released_at.is_some()).await;
    stage.clock.advance(HOUR * 2);
    assert_eq!(stage.control.sweep().await.unwrap(), 1);
    assert_eq!(stage.stored(&used.id).await.status, Status::Expired);
}

#[tokio::test]
async fn nothing_expires_before_two_flushes_of_activity_after_a_start() {
    let mut stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    stage.clock.advance(HOUR * 3);
    stage.crash_and_restart().await;
    assert_eq!(stage.control.sweep().await.unwrap(), 0, "somebody may have typed while nobody wrote it down");
    assert_eq!(stage.control.sweep().await.unwrap(), 1);
}
