//! Sharing through the real binary and a real display: who is let in sees, and what it types goes nowhere.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::harness::{
    client::Client,
    screen::{Gone, Screen},
    wait_for,
    world::World,
};

/// How soon a right that was taken away ends what hangs on it.
const PROMPTLY: Duration = Duration::from_secs(5);

/// Makes a link to a session; answers the share and the secret.
async fn link(owner: &Client, session: &str, mut terms: Value) -> (String, String) {
    terms["link_share"] = json!(true);
    let made = owner.post(&format!("/api/sessions/{session}/shares"), &terms).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    let secret = made["url"].as_str().unwrap().split_once("/join#").expect("the secret stands in the fragment").1;
    (made["id"].as_str().unwrap().to_owned(), secret.to_owned())
}

async fn join(who: &Client, secret: &str) -> Value {
    let joined = who.post("/api/sessions/shares/join", &json!({"token": secret})).await;
    assert_eq!(joined.status, 200, "{joined:?}");
    joined.json()
}

#[tokio::test]
async fn a_viewer_s_keys_go_nowhere_and_a_share_taken_back_ends_the_stream_on_sqlite() {
    watched(World::sqlite()).await;
}

#[tokio::test]
async fn a_viewer_s_keys_go_nowhere_and_a_share_taken_back_ends_the_stream_on_postgresql() {
    watched(World::postgres()).await;
}

async fn watched(world: World) {
    let server = world.start().await;
    let admin = server.admin().await;
    let (owner, guest) = (server.user(&admin, "ada").await, server.user(&admin, "bob").await);
    let session = owner.launch_and_wait("terminal").await;
    let (share, secret) = link(&owner, &session, json!({})).await;
    assert_eq!(Screen::open(&guest, &session).await.err(), Some(Gone::Closed(4404, "no such session".to_owned())));
    let seen = join(&guest, &secret).await;
    assert_eq!((seen["share_permission"].as_str(), seen["can_control"].as_bool()), (Some("read_only"), Some(false)));

    let mut own = Screen::open(&owner, &session).await.unwrap();
    own.terminal().await.unwrap();
    let mut watching = Screen::open(&guest, &session).await.unwrap();
    watching.terminal().await.unwrap();
    let home = world.record(&session).home;
    watching.type_line("touch ~/by-the-viewer").await.unwrap();
    // An answer to a request behind the keys says that they were dealt with.
    let before = watching.frame().await.unwrap();
    own.type_line("touch ~/by-the-owner").await.unwrap();
    world.file(&home.join("by-the-owner")).await;
    watching.changed_from(&before).await.unwrap();
    assert!(!home.join("by-the-viewer").exists(), "a viewer's keys reached the app");

    let listed = owner.get(&format!("/api/sessions/{session}/viewers")).await.json();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|it| it["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["ada", "bob"], "{listed:#}");
    let begun = Instant::now();
    assert_eq!(owner.delete(&format!("/api/sessions/{session}/shares/{share}")).await.status, 204);
    let gone = watching.until_gone().await;
    assert!(begun.elapsed() < PROMPTLY, "{:?}", begun.elapsed());
    assert!(matches!(gone, Gone::Closed(4412, _)), "{gone:?}");
    assert_eq!(guest.get(&format!("/api/sessions/{session}")).await.status, 404);
    own.type_line("touch ~/still-there").await.unwrap();
    world.file(&home.join("still-there")).await;
    assert!(!world.logs().contains(&secret), "a link's secret is in the log");
}

#[tokio::test]
async fn control_is_handed_over_and_taken_back_at_a_real_display() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let (owner, other) = (server.user(&admin, "ada").await, server.user(&admin, "bob").await);
    let session = owner.launch_and_wait("terminal").await;
    let (_, secret) = link(&owner, &session, json!({"permission": "read_write"})).await;
    join(&other, &secret).await;
    let home = world.record(&session).home;
    let mut watching = Screen::open(&other, &session).await.unwrap();
    watching.terminal().await.unwrap();
    let mut own = Screen::open(&owner, &session).await.unwrap();
    own.terminal().await.unwrap();

    let viewers = format!("/api/sessions/{session}/viewers");
    let listed = owner.get(&viewers).await.json();
    let bob = listed.as_array().unwrap().iter().find(|it| it["username"] == "bob").unwrap()["id"].clone();
    let control = format!("/api/sessions/{session}/control");
    assert_eq!(owner.post(&control, &json!({"viewer_id": bob})).await.status, 200);
    assert!(matches!(own.until_gone().await, Gone::Closed(4411, _)));
    assert!(matches!(watching.until_gone().await, Gone::Closed(4411, _)));
    let mut own = Screen::open(&owner, &session).await.unwrap();
    own.terminal().await.unwrap();
    own.type_line("touch ~/by-the-owner").await.unwrap();
    own.frame().await.unwrap();
    let mut holding = Screen::open(&other, &session).await.unwrap();
    holding.terminal().await.unwrap();
    holding.type_line("touch ~/by-the-other").await.unwrap();
    world.file(&home.join("by-the-other")).await;
    assert!(!home.join("by-the-owner").exists(), "whoever gave control away still typed");

    assert_eq!(owner.post(&control, &json!({"viewer_id": null})).await.status, 200);
    assert!(matches!(own.until_gone().await, Gone::Closed(4411, _)));
    let mut own = Screen::open(&owner, &session).await.unwrap();
    own.terminal().await.unwrap();
    own.type_line("touch ~/taken-back").await.unwrap();
    world.file(&home.join("taken-back")).await;
}

#[tokio::test]
async fn streams_of_a_server_that_was_killed_are_not_listed_for_long() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let owner = server.user(&admin, "ada").await;
    let session = owner.launch_and_wait("terminal").await;
    let viewers = format!("/api/sessions/{session}/viewers");
    let screen = Screen::open(&owner, &session).await.unwrap();
    assert_eq!(owner.get(&viewers).await.json().as_array().unwrap().len(), 1);
    server.kill();
    drop(screen);
    let server = world.start().await;
    let owner = owner.at(server.address);
    wait_for(Duration::from_secs(30), "the list to be empty", || async {
        owner.get(&viewers).await.json().as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
}
