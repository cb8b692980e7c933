//! The main road: from a click to a desktop and back.

use std::time::Duration;

use super::harness::{
    client::id,
    events::Events,
    screen::{Gone, Screen, difference},
    world::{PASSWORD, World},
};

#[tokio::test]
async fn a_person_launches_types_comes_back_and_stops_on_sqlite() {
    main_road(World::sqlite()).await;
}

#[tokio::test]
async fn a_person_launches_types_comes_back_and_stops_on_postgresql() {
    main_road(World::postgres()).await;
}

async fn main_road(world: World) {
    let server = world.start().await;
    let person = server.anybody().browser("admin", PASSWORD).await;
    let mut events = Events::open(&person, "").await;

    let launched = person.launch("terminal").await;
    assert_eq!(launched["status"], "creating");
    let session = id(&launched);
    let told = events.of_session(&session, "session.ready").await;
    assert_eq!(told[0].data["type"], "session.created");
    assert!(told.iter().any(|it| it.data["type"] == "session.phase"), "phases are told: {told:?}");
    assert!(told.iter().all(|it| !it.id.is_empty()), "every event has a position: {told:?}");
    assert_eq!(person.until(&session, "running").await["phase"], "ready");

    let mut screen = Screen::open(&person, &session).await.unwrap();
    assert_eq!(screen.size(), (640, 480), "the viewer's own size");
    screen.terminal().await.unwrap();
    screen.type_line("touch ~/hello").await.unwrap();
    world.file(&world.record(&session).home.join("hello")).await;
    let xterm = world.app(&session).expect("the terminal runs");
    let before = screen.frame().await.unwrap();
    screen.close().await;

    let mut first = Screen::open(&person, &session).await.unwrap();
    let again = first.terminal().await.unwrap();
    assert!(difference(&before, &again) < 0.01, "the same terminal is shown after a reload");
    assert_eq!(world.app(&session).unwrap().pid, xterm.pid);

    let mut second = Screen::open(&person, &session).await.unwrap();
    let seen = second.terminal().await.unwrap();
    first.type_line("seq 1 15").await.unwrap();
    let changed = second.changed_from(&seen).await.unwrap();
    assert!(difference(&seen, &changed) > 0.0, "a second viewer sees what the first one types");

    let processes = world.processes();
    assert!(processes.iter().any(|it| it.program() == "Xvnc"), "{processes:?}");
    let stopped = person.post(&format!("/api/sessions/{session}/stop"), &serde_json::json!({})).await;
    assert_eq!((stopped.status, stopped.json()["status"].as_str()), (200, Some("stopped")), "{stopped:?}");
    for screen in [first, second] {
        let gone = screen.until_gone().await;
        assert!(matches!(gone, Gone::Closed(1000, ref why) if !why.is_empty()), "{gone:?}");
    }
    events.of_session(&session, "session.released").await;
    world.empty(Duration::from_secs(10)).await;
    assert!(processes.iter().all(|it| !it.lives()), "nothing of the session lives");
    person.until_released(Duration::from_secs(5)).await;
    assert_eq!(
        Screen::open(&person, &session).await.err().map(|it| code(&it)),
        Some(4410),
        "an ended session is not opened again"
    );
    let ended = person.get(&format!("/api/sessions/{session}")).await.json();
    assert_eq!(ended["reason"]["code"], "stopped_by_user");
    assert_eq!(person.delete(&format!("/api/sessions/{session}")).await.status, 204, "also for an ended one");
}

#[tokio::test]
async fn keys_reach_an_app_that_nobody_has_clicked_on() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    for _ in 0..3 {
        let session = person.launch_and_wait("terminal").await;
        let mut screen = Screen::open(&person, &session).await.unwrap();
        screen.prompt().await.unwrap();
        screen.type_line("touch ~/hello").await.unwrap();
        world.file(&world.record(&session).home.join("hello")).await;
    }
}

#[tokio::test]
async fn events_are_resumed_where_a_reader_left_off() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let mut events = Events::open(&person, "").await;
    let session = id(&person.launch("clock").await);
    let seen = events.of_session(&session, "session.created").await;
    drop(events);
    person.until(&session, "running").await;
    person.delete(&format!("/api/sessions/{session}")).await;
    let mut later = Events::open(&person, &format!("?after={}", seen[0].id)).await;
    let missed = later.of_session(&session, "session.released").await;
    let types: Vec<_> = missed.iter().filter_map(|it| it.data["type"].as_str()).collect();
    assert!(types.contains(&"session.ready") && types.contains(&"session.stopped"), "{types:?}");
    assert!(!types.contains(&"session.created"), "nothing is told twice: {types:?}");
}

#[tokio::test]
async fn a_link_app_is_opened_counted_and_not_launched() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let wish = serde_json::json!({"app_id": "wiki"});
    let refused = person.post("/api/sessions", &wish).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "app_not_launchable"));
    let opened = person.post("/api/analytics/launch", &wish).await;
    assert_eq!((opened.status, opened.json()["url"].as_str()), (201, Some("https://example.org/wiki")));
    let counts = person.get("/api/analytics").await.json();
    assert_eq!(counts["total_launches"], 1, "{counts}");
}

fn code(gone: &Gone) -> u16 {
    match gone {
        Gone::Refused(status) => *status,
        Gone::Closed(code, _) => *code,
        Gone::Cut => 1006,
    }
}
