//! Many at once: limits hold exactly, and nothing that was acknowledged is lost.

use std::time::Duration;

use serde_json::json;

use super::harness::{client::id, world::World};

#[tokio::test]
async fn twenty_racing_launches_get_exactly_the_quota_on_sqlite() {
    racing_launches(World::sqlite()).await;
}

#[tokio::test]
async fn twenty_racing_launches_get_exactly_the_quota_on_postgresql() {
    racing_launches(World::postgres()).await;
}

async fn racing_launches(mut world: World) {
    world.set("SORTIE_MAX_SESSIONS_PER_USER", "3");
    let server = world.start().await;
    let person = server.admin().await;
    let wish = json!({"app_id": "clock", "screen_width": 200, "screen_height": 150});
    let answers = futures_util::future::join_all((0..20).map(|_| person.post("/api/sessions", &wish))).await;
    let statuses: Vec<_> = answers.iter().map(|it| it.status).collect();
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 3, "{statuses:?}");
    for refused in answers.iter().filter(|it| it.status != 201) {
        assert_eq!((refused.status, refused.code().as_str()), (429, "quota_exceeded"), "{refused:?}");
        assert!(refused.header("retry-after").parse::<u32>().is_ok(), "{refused:?}");
    }
    for launched in answers.iter().filter(|it| it.status == 201) {
        assert_eq!(person.delete(&format!("/api/sessions/{}", id(&launched.json()))).await.status, 204);
    }
    person.until_released(Duration::from_secs(20)).await;
    assert_eq!(person.post("/api/sessions", &wish).await.status, 201, "what is released may be used again");
}

#[tokio::test]
async fn thirty_two_writers_lose_no_app_and_no_audit_row_on_sqlite() {
    thirty_two_writers(World::sqlite()).await;
}

#[tokio::test]
async fn thirty_two_writers_lose_no_app_and_no_audit_row_on_postgresql() {
    thirty_two_writers(World::postgres()).await;
}

async fn thirty_two_writers(world: World) {
    const WRITERS: usize = 32;
    const APPS_EACH: usize = 8;
    let server = world.start().await;
    let person = server.admin().await;
    let writer = |writer: usize| {
        let person = &person;
        async move {
            let mut created = 0_usize;
            for index in 0..APPS_EACH {
                let app = json!({"id": format!("app-{writer}-{index}"), "name": "Load", "category": "Load",
                    "launch_type": "url", "url": "https://example.org/"});
                let answer = person.post("/api/apps", &app).await;
                assert!([201, 429].contains(&answer.status), "{answer:?}");
                created += usize::from(answer.status == 201);
            }
            created
        }
    };
    let created: usize = futures_util::future::join_all((0..WRITERS).map(writer)).await.into_iter().sum();
    assert!(created > WRITERS, "most writes are admitted: {created}");
    let apps = person.get("/api/apps").await.json();
    let stored = apps.as_array().unwrap().iter().filter(|it| it["category"] == "Load").count();
    assert_eq!(stored, created);
    let logs = person.get("/api/audit?action=CREATE_APP&limit=1").await.json();
    assert_eq!(logs["total"].as_u64(), Some(u64::try_from(created).unwrap()), "{logs}");
}
