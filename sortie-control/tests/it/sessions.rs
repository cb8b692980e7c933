use std::{num::NonZeroU32, time::Duration};

use sortie_control::{ControlError, Settings};
use sortie_core::{
    id::SessionId,
    port::PageRequest,
    quota::Limits,
    session::{PhaseKind, Reason, Session, Status},
};

use crate::stage::{Mood, Stage, hidden, persistent, request, request_for, within};

fn reason(session: &Session) -> Option<Reason> {
    session.ending.as_ref().map(|it| it.reason)
}

#[tokio::test]
async fn a_launch_becomes_running_and_is_released_after_a_stop() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    assert_eq!((launched.status, launched.version), (Status::Creating, 1));
    let running = stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    assert_eq!(running.workload_address.as_deref(), Some("::1"));
    let stopped = stage.control.stop_session(&ada, &launched.id).await.unwrap();
    assert_eq!((stopped.status, reason(&stopped)), (Status::Stopped, Some(Reason::StoppedByUser)));
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    assert!(stage.runtime.living().is_empty());
    assert!(matches!(stage.control.stop_session(&ada, &launched.id).await, Err(ControlError::Conflict(_))));
    stage.control.terminate_session(&ada, &launched.id).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_launch_is_failed_and_leaves_no_workload() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Slow);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "starting", |it| it.phase.kind == PhaseKind::Starting).await;
    let cancelled = stage.control.stop_session(&ada, &launched.id).await.unwrap();
    assert_eq!((cancelled.status, reason(&cancelled)), (Status::Failed, Some(Reason::Cancelled)));
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    assert!(stage.runtime.living().is_empty());
}

#[tokio::test]
async fn a_runtime_that_refuses_fails_the_session_with_its_words() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Refusing);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    let failed = stage.until(&launched.id, "failed", |it| it.status == Status::Failed).await;
    let ending = failed.ending.unwrap();
    assert_eq!((ending.reason, ending.detail.as_str()), (Reason::StartRefused, "this can never run"));
}

#[tokio::test]
async fn an_engine_that_is_away_is_tried_again_until_it_is_back() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Away);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.runtime.mood(Mood::Quick);
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
}

/// Lets watched time go by, look for look, until the session is as wanted.
async fn until_late(stage: &Stage, id: &SessionId, wanted: impl Fn(&Session) -> bool) -> Session {
    within("the session to end", async {
        loop {
            let session = stage.stored(id).await;
            if wanted(&session) {
                return session;
            }
            stage.clock.advance(Duration::from_secs(1));
            stage.control.reconciler().wake(id);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_launch_that_a_quota_holds_up_says_so_and_fails_with_that_cause() {
    let stage = Stage::with(Settings { ready_timeout: Duration::from_secs(5), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Full);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "told why", |it| it.phase.detail.contains("10 of 10")).await;
    let failed = until_late(&stage, &launched.id, |it| it.status == Status::Failed).await;
    assert_eq!(reason(&failed), Some(Reason::QuotaExceeded));
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
}

#[tokio::test]
async fn a_launch_that_nobody_can_see_says_so_and_fails_in_time() {
    let stage = Stage::with(Settings { ready_timeout: Duration::from_secs(5), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Unseen);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "told why", |it| it.phase.detail.contains("does not answer")).await;
    let failed = until_late(&stage, &launched.id, |it| it.status == Status::Failed).await;
    assert_eq!(reason(&failed), Some(Reason::RuntimeUnavailable));
    assert_eq!(failed.released_at, None, "what nobody saw is not gone");
    stage.runtime.mood(Mood::Quick);
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
}

#[tokio::test]
async fn an_app_that_is_never_ready_fails_after_its_time_and_not_before() {
    let stage = Stage::with(Settings { ready_timeout: Duration::from_secs(5), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Slow);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "starting", |it| it.phase.kind == PhaseKind::Starting).await;
    stage.clock.advance(Duration::from_secs(4));
    stage.control.reconciler().wake(&launched.id);
    let starting = stage.until(&launched.id, "looked at again", |_| true).await;
    assert_eq!(starting.status, Status::Creating);
    stage.clock.advance(Duration::from_secs(1));
    let failed = stage.until(&launched.id, "failed", |it| it.status == Status::Failed).await;
    let ending = failed.ending.unwrap();
    assert_eq!(ending.reason, Reason::StartTimeout);
    assert!(ending.detail.contains("pulling"), "{}", ending.detail);
}

#[tokio::test]
async fn an_app_that_ends_by_itself_ends_its_session_with_its_last_words() {
    let stage = Stage::with(Settings { relist_interval: Duration::from_millis(50), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    stage.runtime.exit(&launched.id);
    let failed = stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    let ending = failed.ending.unwrap();
    assert_eq!((ending.reason, ending.output), (Reason::AppExited, vec!["boom".to_owned()]));
}

#[tokio::test]
async fn a_workload_that_vanishes_is_noticed_by_the_next_comparison() {
    let stage = Stage::with(Settings { relist_interval: Duration::from_millis(50), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    stage.runtime.vanish(&launched.id);
    let failed = stage.until(&launched.id, "failed", |it| it.status == Status::Failed).await;
    assert_eq!(reason(&failed), Some(Reason::WorkloadLost));
}

/// G03: reading, stopping, restarting and listing other people's sessions.
#[tokio::test]
async fn another_person_s_session_does_not_exist_for_a_user() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let session = stage.launch(&admin, "terminal").await;
    let control = &stage.control;
    let id: &SessionId = &session.id;
    assert!(matches!(control.find_session(&bob, id).await, Err(ControlError::NotFound { .. })));
    assert!(matches!(control.stop_session(&bob, id).await, Err(ControlError::NotFound { .. })));
    assert!(matches!(control.terminate_session(&bob, id).await, Err(ControlError::NotFound { .. })));
    assert!(matches!(control.restart_session(&bob, id).await, Err(ControlError::NotFound { .. })));
    let owner = Some(admin.principal.user.clone());
    let listed = control.list_sessions(&bob, owner, Vec::new(), &PageRequest::default()).await;
    assert!(matches!(listed, Err(ControlError::Denied(_))));
    let launched = control.launch(&bob, request_for("terminal", &admin.principal.user)).await;
    assert!(matches!(launched, Err(ControlError::Denied(_))));
    assert!(control.list_sessions(&bob, None, Vec::new(), &PageRequest::default()).await.unwrap().items.is_empty());
    assert!(control.stop_session(&admin, id).await.is_ok());
}

/// G04: launching ignores visibility.
#[tokio::test]
async fn an_app_that_one_may_not_see_cannot_be_launched() {
    let stage = Stage::new().await;
    stage.app("vault", hidden).await;
    let (_, bob) = stage.admin_and("bob").await;
    let refused = stage.control.launch(&bob, request("vault")).await;
    assert!(matches!(refused, Err(ControlError::NotFound { .. })), "{refused:?}");
    assert!(stage.runtime.created().is_empty());
}

#[tokio::test]
async fn a_quota_counts_until_the_workload_is_gone_and_a_restart_does_not_need_a_second_place() {
    let limits = Limits { per_user: NonZeroU32::new(1), global: None, ..Limits::default() };
    let stage = Stage::with(Settings { limits, ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.linger(true);
    let ada = stage.caller("admin").await;
    let first = stage.launch(&ada, "terminal").await;
    stage.until(&first.id, "running", |it| it.status == Status::Running).await;
    let again = stage.control.restart_session(&ada, &first.id).await.unwrap();
    assert_eq!(again.replaces, Some(first.id.clone()));
    let refused = stage.control.launch(&ada, request("terminal")).await;
    assert!(matches!(refused, Err(ControlError::Quota { .. })), "{refused:?}");
    stage.control.stop_session(&ada, &again.id).await.unwrap();
    let still = stage.control.launch(&ada, request("terminal")).await;
    assert!(matches!(still, Err(ControlError::Quota { .. })), "a stopped session holds its place until it is gone");
    stage.runtime.linger(false);
    stage.until(&first.id, "released", |it| it.released_at.is_some()).await;
    stage.until(&again.id, "released", |it| it.released_at.is_some()).await;
    stage.launch(&ada, "terminal").await;
}

#[tokio::test]
async fn a_successor_gets_the_persistent_workspace_only_when_its_predecessor_is_gone() {
    let stage = Stage::new().await;
    stage.app("editor", persistent).await;
    stage.runtime.linger(true);
    let ada = stage.caller("admin").await;
    let first = stage.launch(&ada, "editor").await;
    stage.until(&first.id, "running", |it| it.status == Status::Running).await;
    let second = stage.control.restart_session(&ada, &first.id).await.unwrap();
    assert_eq!(second.workspace, first.workspace);
    let waiting = stage.until(&second.id, "waiting", |it| it.phase.kind == PhaseKind::WaitingForWorkspace).await;
    assert_eq!(waiting.status, Status::Creating);
    assert!(!stage.runtime.created().contains(&second.id));
    stage.runtime.linger(false);
    stage.until(&second.id, "running", |it| it.status == Status::Running).await;
    assert!(stage.stored(&first.id).await.released_at.is_some());
}

#[tokio::test]
async fn a_client_may_shorten_the_idle_timeout_and_not_lengthen_it() {
    let stage = Stage::new().await;
    stage.app("terminal", |it| it.idle_timeout_secs = 600).await;
    let ada = stage.caller("admin").await;
    for (asked, granted) in [(None, 600), (Some(60), 60), (Some(86_400), 600)] {
        let mut wanted = request("terminal");
        wanted.idle_timeout = asked.map(Duration::from_secs);
        let session = stage.control.launch(&ada, wanted).await.unwrap();
        assert_eq!(session.idle_timeout, Some(Duration::from_secs(granted)));
    }
}
