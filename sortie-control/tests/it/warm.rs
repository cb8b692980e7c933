use std::{collections::HashSet, time::Duration};

use sortie_control::Settings;
use sortie_core::{
    app::{AppFields, WorkspaceKind},
    id::{AppId, SessionId},
    session::{Status, orphan::ORPHAN_AGE},
    warm::WarmStatus,
    workload::Labels,
};

use crate::stage::{Mood, Stage, within};

async fn stage() -> Stage {
    Stage::with(Settings { relist_interval: Duration::from_millis(20), ..Settings::default() }).await
}

/// The warm workloads, once so many are ready and nothing else is left.
async fn ready(stage: &Stage, size: usize) -> Vec<SessionId> {
    within("the pool is as wished", async {
        loop {
            let rows = stage.control.warm_workloads().await.unwrap();
            if rows.len() == size && rows.iter().all(|it| it.status == WarmStatus::Ready) {
                return rows.into_iter().map(|it| it.id).collect();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

fn how_often(ids: &[SessionId], id: &SessionId) -> usize {
    ids.iter().filter(|it| *it == id).count()
}

#[tokio::test]
async fn a_launch_takes_a_workload_that_was_kept_ready_and_another_one_is_made() {
    let stage = stage().await;
    let (_, ada) = stage.admin_and("ada").await;
    stage.app("terminal", |it| it.warm_pool = 1).await;
    let warm = ready(&stage, 1).await;
    let launched = stage.launch(&ada, "terminal").await;
    assert_eq!(launched.id, warm[0]);
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    assert_eq!(how_often(&stage.runtime.created(), &launched.id), 1, "it was made once");
    let labels = stage.runtime.labels(&launched.id).unwrap();
    assert_eq!((labels.owner, labels.created_at), (ada.principal.user.clone(), launched.created_at));
    let next = ready(&stage, 1).await;
    assert_ne!(next, warm);
    stage.control.stop_session(&ada, &launched.id).await.unwrap();
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    assert_eq!(stage.runtime.living(), next);
}

#[tokio::test]
async fn launches_beside_each_other_never_take_the_same_workload() {
    let stage = stage().await;
    let ada = stage.caller("admin").await;
    stage.app("terminal", |it| it.warm_pool = 2).await;
    let warm = ready(&stage, 2).await;
    let launches = tokio::join!(
        stage.launch(&ada, "terminal"),
        stage.launch(&ada, "terminal"),
        stage.launch(&ada, "terminal"),
        stage.launch(&ada, "terminal")
    );
    let ids: HashSet<SessionId> = [launches.0, launches.1, launches.2, launches.3].map(|it| it.id).into();
    assert_eq!(ids.len(), 4);
    assert!(warm.iter().all(|it| ids.contains(it)), "what is ready is used first");
    for id in &ids {
        stage.until(id, "running", |it| it.status == Status::Running).await;
        assert_eq!(how_often(&stage.runtime.created(), id), 1);
    }
}

#[tokio::test]
async fn nobody_gets_what_was_made_from_an_older_app() {
    let stage = stage().await;
    let ada = stage.caller("admin").await;
    stage.app("terminal", |it| it.warm_pool = 1).await;
    let old = ready(&stage, 1).await;
    let fields = AppFields {
        name: "terminal".to_owned(),
        launch_type: sortie_core::app::LaunchType::Container,
        command: vec!["xclock".to_owned()],
        warm_pool: 1,
        ..AppFields::default()
    };
    let id = AppId::new("terminal").unwrap();
    stage.control.update_app(&ada, &id, None, fields.clone()).await.unwrap();
    assert_ne!(stage.launch(&ada, "terminal").await.id, old[0]);
    within("the old one goes", async {
        while stage.runtime.living().contains(&old[0]) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    ready(&stage, 1).await;
    stage.control.update_app(&ada, &id, None, AppFields { warm_pool: 0, ..fields }).await.unwrap();
    ready(&stage, 0).await;
    assert_eq!(stage.runtime.living().len(), 1, "only the session's own is left");
}

#[tokio::test]
async fn an_app_whose_files_are_a_person_s_cannot_have_a_pool() {
    let stage = stage().await;
    let ada = stage.caller("admin").await;
    let fields = AppFields {
        name: "editor".to_owned(),
        launch_type: sortie_core::app::LaunchType::Container,
        command: vec!["xterm".to_owned()],
        workspace: WorkspaceKind::Persistent,
        warm_pool: 1,
        ..AppFields::default()
    };
    let refused = stage.control.create_app(&ada, "editor", fields).await.unwrap_err();
    assert!(refused.to_string().contains("warm_pool"), "{refused}");
}

#[tokio::test]
async fn warm_workloads_are_no_left_overs_however_old_they_are() {
    let stage = stage().await;
    stage.app("terminal", |it| it.warm_pool = 2).await;
    let mut warm = ready(&stage, 2).await;
    stage.clock.advance(ORPHAN_AGE * 2);
    let passes = stage.control.reconciler().passes();
    within("two comparisons", async {
        while stage.control.reconciler().passes() < passes + 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let mut living = stage.runtime.living();
    living.sort();
    warm.sort();
    assert_eq!(living, warm);
}

#[tokio::test]
async fn what_does_not_get_ready_is_removed_and_tried_again_after_a_pause() {
    let stage = stage().await;
    stage.runtime.mood(Mood::Refusing);
    stage.app("terminal", |it| it.warm_pool = 1).await;
    let made = within("it was tried", async {
        loop {
            let rows = stage.control.warm_workloads().await.unwrap();
            if let Some(row) = rows.into_iter().find(|it| it.status == WarmStatus::Leaving) {
                return row.id;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    ready(&stage, 0).await;
    stage.runtime.mood(Mood::Quick);
    stage.clock.advance(Duration::from_mins(1));
    assert_ne!(ready(&stage, 1).await, [made]);
}

#[tokio::test]
async fn what_became_another_s_is_left_to_it_and_holds_up_no_other_pool() {
    let stage = stage().await;
    stage.app("terminal", |it| it.warm_pool = 1).await;
    let warm = ready(&stage, 1).await;
    let ours = stage.runtime.labels(&warm[0]).unwrap();
    let others = Labels { incarnation: ours.incarnation + 7, ..ours };
    stage.runtime.plant(others.clone());
    stage.runtime.exit(&warm[0]);
    stage.app("clock", |it| it.warm_pool = 1).await;
    let next = ready(&stage, 2).await;
    assert!(!next.contains(&warm[0]));
    assert_eq!(stage.runtime.labels(&warm[0]), Some(others));
}

#[tokio::test]
async fn a_taken_workload_that_died_is_made_anew_for_its_session() {
    let mut stage = stage().await;
    let ada = stage.caller("admin").await;
    stage.app("terminal", |it| it.warm_pool = 1).await;
    let warm = ready(&stage, 1).await;
    stage.end().await;
    let launched = stage.launch(&ada, "terminal").await;
    assert_eq!(launched.id, warm[0]);
    stage.runtime.vanish(&launched.id);
    stage.crash_and_restart().await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    assert_eq!(how_often(&stage.runtime.created(), &launched.id), 2);
}

/// Crashes at whatever point the loops happen to be.
#[tokio::test]
async fn after_crashes_in_the_middle_of_everything_workloads_equal_sessions_and_the_pool() {
    let mut stage = stage().await;
    let ada = stage.caller("admin").await;
    stage.app("terminal", |it| it.warm_pool = 3).await;
    let mut launched = Vec::new();
    for round in 0..12_u32 {
        for _ in 0..2 {
            launched.push(stage.launch(&ada, "terminal").await.id);
        }
        if round % 3 == 2
            && let Some(id) = launched.last()
        {
            stage.control.terminate_session(&ada, id).await.unwrap();
        }
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        stage.crash_and_restart().await;
    }
    let mut wanted = HashSet::new();
    for id in &launched {
        if stage.settled(id).await.status == Status::Running {
            assert_ne!(stage.runtime.labels(id).unwrap().owner.as_str(), "warm");
            wanted.insert(id.clone());
        }
    }
    assert_eq!(wanted.len(), launched.len() - 4);
    wanted.extend(ready(&stage, 3).await);
    assert_eq!(stage.runtime.living().into_iter().collect::<HashSet<SessionId>>(), wanted);
}
