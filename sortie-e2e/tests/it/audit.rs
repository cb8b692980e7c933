//! The audit: one row for each acknowledged change, with the true actor.

use serde_json::{Value, json};

use super::harness::{client::Client, screen::Screen, world::World};

#[tokio::test]
async fn every_acknowledged_change_has_one_audit_row_with_its_actor_on_sqlite() {
    every_change_once(World::sqlite()).await;
}

#[tokio::test]
async fn every_acknowledged_change_has_one_audit_row_with_its_actor_on_postgresql() {
    every_change_once(World::postgres()).await;
}

async fn every_change_once(world: World) {
    let server = world.start().await;
    let admin = server.admin().await;
    let ada = server.user(&admin, "ada").await;
    let app =
        json!({"id": "news", "name": "News", "category": "Links", "launch_type": "url", "url": "https://example.org/"});
    assert_eq!(admin.post("/api/apps", &app).await.status, 201);
    assert_eq!(admin.put("/api/apps/news", &app).await.status, 200);
    assert_eq!(admin.delete("/api/apps/news").await.status, 204);
    let refused = admin.post("/api/apps", &json!({"id": "bad id", "name": ""})).await;
    assert!([400, 422].contains(&refused.status), "{refused:?}");
    assert_eq!(ada.post("/api/analytics/launch", &json!({"app_id": "wiki"})).await.status, 201);
    let session = ada.launch_and_wait("clock").await;
    Screen::open(&ada, &session).await.unwrap().close().await;
    assert_eq!(ada.post(&format!("/api/sessions/{session}/stop"), &json!({})).await.status, 200);
    let second = ada.launch_and_wait("clock").await;
    assert_eq!(admin.delete(&format!("/api/sessions/{second}")).await.status, 204);

    for (action, actor, count) in [
        ("CREATE_APP", "admin", 1),
        ("UPDATE_APP", "admin", 1),
        ("DELETE_APP", "admin", 1),
        ("CREATE_SESSION", "ada", 2),
        ("STOP_SESSION", "ada", 1),
        ("TERMINATE_SESSION", "admin", 1),
        ("GATEWAY_CONNECT", "ada", 1),
        ("GATEWAY_DISCONNECT", "ada", 1),
        ("OPEN_LINK", "ada", 1),
    ] {
        let rows = rows(&admin, action, count).await;
        for row in &rows {
            assert_eq!(row["user"], actor, "{row:#}");
            let identity = row["actor_id"].as_str().unwrap_or_default();
            assert!(!identity.is_empty() && identity != actor, "the identity is not the name: {row:#}");
            assert!(["source_ip", "request_id"].iter().all(|it| row[it].is_string()), "{row:#}");
        }
    }
    let failed = server.anybody().post("/api/auth/login", &json!({"username": "ada", "password": "wrong"})).await;
    assert_eq!(failed.status, 401);
    let logins = rows(&admin, "LOGIN", 3).await;
    let outcomes: Vec<_> = logins.iter().map(|it| it["outcome"].to_string()).collect();
    assert!(outcomes.iter().any(|it| *it != outcomes[1]), "a refused sign-in is told apart: {outcomes:?}");
}

/// The rows of one action; streams tell their end a moment later.
async fn rows(admin: &Client, action: &str, count: usize) -> Vec<Value> {
    let path = format!("/api/audit?action={action}");
    let what = format!("{count} rows of {action}");
    let rows = super::harness::wait_for(std::time::Duration::from_secs(5), &what, || async {
        let answer = admin.get(&path).await.json();
        let logs = answer["logs"].as_array()?.clone();
        (logs.len() >= count).then_some(logs)
    })
    .await;
    assert_eq!(rows.len(), count, "{action}: {rows:#?}");
    rows
}
