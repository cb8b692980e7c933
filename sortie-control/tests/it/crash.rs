use std::{collections::HashSet, time::Duration};

use sortie_core::{
    id::SessionId,
    port::CoordinationStore,
    session::{PhaseKind, Status},
};

use crate::stage::{Mood, Stage};

#[tokio::test]
async fn a_launch_that_was_only_written_down_is_carried_out_after_a_crash() {
    let mut stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.mood(Mood::Away);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.crash_and_restart().await;
    stage.runtime.mood(Mood::Quick);
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
}

#[tokio::test]
async fn a_running_session_survives_a_crash_of_the_server() {
    let mut stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    let before = stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    stage.crash_and_restart().await;
    let passes = stage.control.reconciler().passes();
    while stage.control.reconciler().passes() == passes {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(stage.stored(&launched.id).await, before);
    assert_eq!(stage.runtime.living(), [launched.id]);
}

#[tokio::test]
async fn a_stop_that_was_only_written_down_is_carried_out_after_a_crash() {
    let mut stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.runtime.linger(true);
    let ada = stage.caller("admin").await;
    let launched = stage.launch(&ada, "terminal").await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    stage.control.stop_session(&ada, &launched.id).await.unwrap();
    stage.crash_and_restart().await;
    stage.runtime.linger(false);
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    assert!(stage.runtime.living().is_empty());
}

/// L1 in small: crashes at whatever point the loops happen to be, and afterwards rows equal workloads.
#[tokio::test]
async fn after_crashes_in_the_middle_of_everything_rows_equal_workloads() {
    let limits = sortie_core::quota::Limits::default();
    let settings = sortie_control::Settings { limits, ..sortie_control::Settings::default() };
    let mut stage = Stage::with(settings).await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let mut launched = Vec::new();
    for round in 0..12u32 {
        for _ in 0..4 {
            launched.push(stage.launch(&ada, "terminal").await.id);
        }
        if let Some(id) = launched.get(usize::try_from(round).unwrap()) {
            stage.control.terminate_session(&ada, id).await.unwrap();
        }
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        stage.crash_and_restart().await;
    }
    let mut running = HashSet::new();
    for id in &launched {
        let session = stage.settled(id).await;
        if session.status == Status::Running {
            assert_eq!(session.phase.kind, PhaseKind::Ready);
            running.insert(id.clone());
        }
    }
    assert_eq!(stage.runtime.living().into_iter().collect::<HashSet<SessionId>>(), running);
    assert_eq!(running.len(), launched.len() - 12);
}

#[tokio::test]
async fn a_server_that_ends_in_good_order_leaves_its_lease_to_the_next() {
    let stage = Stage::new().await;
    let term = Duration::from_mins(1);
    // The first pass is made under the lease.
    while stage.control.reconciler().passes() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (name, next) = ("place:stage", "another server");
    assert!(stage.store.take_lease(name, next, term).await.unwrap().is_none(), "nobody has the lease");
    stage.end().await;
    assert!(stage.store.take_lease(name, next, term).await.unwrap().is_some(), "the lease is still held");
}
