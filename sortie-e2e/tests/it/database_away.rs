//! The database goes away and comes back: streams stay, the API says so, and everything heals by itself.

use std::time::{Duration, Instant};

use serde_json::json;

use super::harness::{
    client::Client,
    screen::{Gone, Screen},
    server::Server,
    wait_for,
    world::World,
};

/// The longest that a caller may wait for the answer that the database is away.
const SAID_SOON: Duration = Duration::from_secs(1);

#[tokio::test]
async fn streams_outlive_a_database_that_was_stopped() {
    let mut world = World::with_cluster().await;
    let (server, person, mut screen) = watching(&world).await;
    world.cluster.as_mut().unwrap().stop();
    while_away(&server, &person, &mut screen).await;
    world.cluster.as_mut().unwrap().resume().await;
    healed(&world, &server, &person, &mut screen).await;
}

#[tokio::test]
async fn streams_outlive_a_database_that_hangs() {
    let world = World::with_cluster().await;
    let (server, person, mut screen) = watching(&world).await;
    world.cluster.as_ref().unwrap().freeze();
    while_away(&server, &person, &mut screen).await;
    world.cluster.as_ref().unwrap().thaw();
    healed(&world, &server, &person, &mut screen).await;
}

async fn watching(world: &World) -> (Server, Client, Screen) {
    let server = world.start().await;
    let person = server.admin().await;
    let session = person.launch_and_wait("terminal").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();
    assert_eq!(server.anybody().get("/readyz").await.status, 200, "nobody looked at the catalog, and it is known");
    (server, person, screen)
}

async fn while_away(server: &Server, person: &Client, screen: &mut Screen) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(8) {
        let asked = Instant::now();
        let answer = person.post("/api/sessions", &json!({"app_id": "terminal"})).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.json()["code"], "database_unavailable", "{answer:?}");
        assert!(answer.header("retry-after").parse::<u32>().is_ok(), "{answer:?}");
        assert!(asked.elapsed() < SAID_SOON, "a caller waited {:?}", asked.elapsed());
        let before = screen.frame().await.expect("the stream lives");
        screen.type_line("echo still here; seq 1 3").await.expect("the stream lives");
        screen.changed_from(&before).await.expect("the stream lives");
        screen.type_line("clear").await.expect("the stream lives");
    }
    assert_eq!(server.anybody().get("/healthz").await.status, 200);
    assert_eq!(server.anybody().get("/readyz").await.status, 200, "once started it can serve");
    assert_eq!(server.anybody().get("/api/apps").await.status, 200, "the last known catalog");
}

async fn healed(world: &World, server: &Server, person: &Client, screen: &mut Screen) {
    wait_for(Duration::from_secs(10), "the server to heal", || async {
        (person.get("/api/sessions").await.status == 200).then_some(())
    })
    .await;
    screen.frame().await.expect("the stream never broke");
    let session = person.launch_and_wait("clock").await;
    assert_eq!(person.delete(&format!("/api/sessions/{session}")).await.status, 204);
    let sessions = person.get("/api/sessions?status=running").await.json();
    assert_eq!(sessions.as_array().map(Vec::len), Some(1), "the first session still runs: {sessions:#}");
    assert!(world.app(sessions[0]["id"].as_str().unwrap()).is_some());
    assert_eq!(server.anybody().get("/readyz").await.status, 200);
}

#[tokio::test]
async fn strict_streams_end_with_a_database_that_was_stopped_and_can_be_opened_again_with_it() {
    let mut world = World::with_cluster().await;
    world.set("SORTIE_STREAM_POLICY", "strict");
    let (_server, person, screen) = watching(&world).await;
    let sessions = person.get("/api/sessions").await.json();
    let session = sessions[0]["id"].as_str().unwrap().to_owned();
    world.cluster.as_mut().unwrap().stop();
    // Five seconds while what was read last still counts, five of patience, and the time to find out.
    let gone = tokio::time::timeout(Duration::from_secs(30), screen.until_gone()).await.expect("the stream ends");
    assert_eq!(gone, Gone::Closed(4409, "the permission could not be checked for too long".to_owned()));
    let refused = Screen::open(&person, &session).await.err();
    assert_eq!(refused, Some(Gone::Refused(503)), "nobody is let in unchecked");
    world.cluster.as_mut().unwrap().resume().await;
    let mut screen = wait_for(Duration::from_secs(10), "the screen to open again", || async {
        Screen::open(&person, &session).await.ok()
    })
    .await;
    screen.frame().await.expect("the desktop was there all the time");
}
