//! `/api/sessions`, `/api/quotas`.

use serde_json::json;

use crate::world::{World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_launched_runs_and_is_stopped() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let said = json!({"app_id": "shell", "screen_width": 1024, "screen_height": 700, "idle_timeout": 60});
    let launched = world.ask("POST", "/api/sessions").bearer(&bob).json(&said).await;
    let session = launched.json();
    let id = session["id"].as_str().unwrap();
    assert_eq!((launched.status, launched.header("location")), (201, format!("/api/sessions/{id}").as_str()));
    assert_eq!((session["status"].as_str(), session["screen_width"].as_u64()), (Some("creating"), Some(1024)));
    assert_eq!(
        (session["websocket_url"].as_str(), session["idle_timeout"].as_u64()),
        (Some(&*format!("/ws/sessions/{id}")), Some(60))
    );

    let get = || world.ask("GET", launched.header("location")).bearer(&bob);
    eventually("it runs", || async { get().await.json()["status"] == "running" }).await;
    assert!(get().await.json()["expires_at"].is_string());
    let stopped = world.ask("POST", &format!("/api/sessions/{id}/stop")).bearer(&bob).await.json();
    assert_eq!(
        (stopped["status"].as_str(), stopped["reason"]["code"].as_str()),
        (Some("stopped"), Some("stopped_by_user"))
    );
    let again = world.ask("POST", &format!("/api/sessions/{id}/stop")).bearer(&bob).await;
    assert_eq!(again.status, 409);
    assert_eq!(world.ask("DELETE", launched.header("location")).bearer(&bob).await.status, 204);

    let restarted = world.ask("POST", &format!("/api/sessions/{id}/restart")).bearer(&bob).await;
    assert_eq!((restarted.status, restarted.json()["replaces"].as_str()), (201, Some(id)));
    let all = world.ask("GET", "/api/sessions").bearer(&bob).await.json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let ended = world.ask("GET", "/api/sessions?status=stopped,failed").bearer(&bob).await.json();
    assert_eq!((ended.as_array().unwrap().len(), ended[0]["id"].as_str()), (1, Some(id)));
    assert_eq!(world.ask("GET", "/api/sessions?status=sleeping").bearer(&bob).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lists_or_launches_for_somebody_else_but_an_administrator_who_is_audited() {
    let world = World::start().await;
    let (root, adele, bob) = (world.token("root").await, world.token("adele").await, world.token("bob").await);
    let adele_id = world.ask("GET", "/api/auth/me").bearer(&adele).await.json()["id"].as_str().unwrap().to_owned();
    let launch = |token: &str| {
        world.ask("POST", "/api/sessions").bearer(token).with_json(&json!({"app_id": "shell", "user_id": adele_id}))
    };
    assert_eq!(launch(&bob).await.status, 403);
    let session = launch(&root).await.json();
    assert_eq!((session["username"].as_str(), session["can_control"].as_bool()), (Some("adele"), Some(false)));
    let path = format!("/api/sessions?user_id={adele_id}");
    assert_eq!(world.ask("GET", &path).bearer(&bob).await.status, 403);
    assert_eq!(world.ask("GET", &path).bearer(&root).await.json().as_array().unwrap().len(), 1);
    assert_eq!(world.ask("GET", &path).bearer(&adele).await.json().as_array().unwrap().len(), 1);
    let audit = world.ask("GET", "/api/audit?user=root&action=CREATE_SESSION").bearer(&root).await.json();
    assert_eq!(audit["logs"][0]["on_behalf_of"], adele_id.as_str());
    assert_eq!(world.ask("GET", "/api/quotas").bearer(&adele).await.json()["user_sessions"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_launched_says_why() {
    let world = World::start().await;
    let root = world.token("root").await;
    let launch = |id: &str| world.ask("POST", "/api/sessions").bearer(&root).with_json(&json!({"app_id": id}));
    let link = launch("docs").await;
    assert_eq!((link.status, link.code().as_str()), (409, "app_not_launchable"));
    assert_eq!(launch("nowhere").await.status, 404);
    let image_only = json!({"id": "image", "name": "Image", "launch_type": "container", "container_image": "x:1"});
    assert_eq!(world.ask("POST", "/api/apps").bearer(&root).json(&image_only).await.status, 201);
    let refused = launch("image").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "command_missing"));
    let app = world.ask("GET", "/api/apps/image").bearer(&root).await.json();
    assert_eq!(
        (app["can_launch"].as_bool(), app["unavailable"]["code"].as_str()),
        (Some(false), Some("command_missing"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_words_of_an_app_are_for_its_user() {
    let world = World::start().await;
    let (bob, root) = (world.token("bob").await, world.token("root").await);
    let id = world.running(&bob).await;
    world.runtime.kill(&id);
    let path = format!("/api/sessions/{id}");
    eventually("it failed", || async { world.ask("GET", &path).bearer(&bob).await.json()["status"] == "failed" }).await;
    let seen = world.ask("GET", &path).bearer(&bob).await.json();
    assert_eq!((seen["reason"]["code"].as_str(), &seen["output"]), (Some("app_exited"), &json!(["last words"])));
    assert_eq!(world.ask("GET", &path).bearer(&root).await.json()["output"], json!(null));
}
