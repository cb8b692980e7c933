//! Launches and sessions that end otherwise.

use std::time::Duration;

use serde_json::json;

use super::harness::{
    PATIENCE,
    client::id,
    screen::{Gone, Screen},
    wait_for,
    world::World,
};

#[tokio::test]
async fn an_app_that_exits_at_once_fails_with_its_last_lines() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let session = id(&person.launch("crasher").await);
    let failed = person.until(&session, "failed").await;
    assert_eq!(failed["reason"]["code"], "app_exited", "{failed:#}");
    let output = failed["output"].to_string();
    assert!(output.contains("first") && output.contains("boom"), "the last lines of both outputs: {failed:#}");
    person.until_released(Duration::from_secs(10)).await;
    world.empty(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_terminal_whose_shell_exits_ends_its_session_and_its_streams_within_two_seconds() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let session = person.launch_and_wait("terminal").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();
    let xterm = world.app(&session).unwrap();
    screen.type_line("exit").await.unwrap();
    let what = "the terminal to end";
    wait_for(PATIENCE, what, || async { (!xterm.lives()).then_some(()) }).await;
    let path = format!("/api/sessions/{session}");
    let told = wait_for(Duration::from_secs(2), "the end to be told", || async {
        let now = person.get(&path).await.json();
        (now["status"] != "running").then_some(now)
    })
    .await;
    assert_eq!(told["reason"]["code"], "app_exited", "{told:#}");
    let gone = screen.until_gone().await;
    assert!(matches!(gone, Gone::Closed(1000 | 1001, _)), "{gone:?}");
}

#[tokio::test]
async fn an_app_whose_command_is_missing_is_refused_and_shown_as_unavailable_in_plain_words() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let refused = person.post("/api/sessions", &json!({"app_id": "absent"})).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let detail = refused.json()["detail"].to_string();
    assert!(detail.contains("no-such-program-anywhere") && detail.contains("installed"), "{detail}");
    let catalog = person.get("/api/apps").await.json();
    let of = |app: &str| catalog.as_array().unwrap().iter().find(|it| it["id"] == app).unwrap().clone();
    assert!(of("absent")["unavailable"]["message"].as_str().unwrap().contains("installed"), "{}", of("absent"));
    assert!(of("terminal")["unavailable"].is_null(), "{}", of("terminal"));
    assert_eq!(person.get("/api/quotas").await.json()["user_sessions"], 0, "a refusal costs no quota");
}

#[tokio::test]
async fn a_launch_is_cancelled_while_it_is_creating() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let session = id(&person.launch("terminal").await);
    let cancelled = person.post(&format!("/api/sessions/{session}/stop"), &json!({})).await;
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let body = cancelled.json();
    let end = (body["status"].as_str(), body["reason"]["code"].as_str());
    // A very quick start may come first: then it is an ordinary stop.
    assert!(
        [(Some("failed"), Some("cancelled")), (Some("stopped"), Some("stopped_by_user"))].contains(&end),
        "{body:#}"
    );
    person.until_released(Duration::from_secs(10)).await;
    world.empty(Duration::from_secs(10)).await;
    let again = person.post(&format!("/api/sessions/{session}/stop"), &json!({})).await;
    assert_eq!(again.status, 409, "stopping twice is a conflict");
}

#[tokio::test]
async fn starting_again_is_a_new_session_with_the_same_files() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let first = person.launch_and_wait("notes").await;
    let mut screen = Screen::open(&person, &first).await.unwrap();
    screen.terminal().await.unwrap();
    screen.type_line("echo kept > ~/workspace/note; touch ~/done").await.unwrap();
    world.file(&world.record(&first).home.join("done")).await;
    let answer = person.post(&format!("/api/sessions/{first}/restart"), &json!({})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let second = id(&answer.json());
    assert_eq!(answer.json()["replaces"], first.as_str());
    assert_ne!(first, second);
    let gone = screen.until_gone().await;
    assert!(matches!(gone, Gone::Closed(1000, _)), "{gone:?}");
    person.until(&second, "running").await;
    let old = person.get(&format!("/api/sessions/{first}")).await.json();
    assert_eq!(old["reason"]["code"], "replaced", "{old:#}");
    let note = std::fs::read_to_string(world.record(&second).home.join("workspace/note")).unwrap();
    assert_eq!(note, "kept\n");
}

#[tokio::test]
async fn processes_that_are_killed_from_outside_end_the_session() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let session = person.launch_and_wait("clock").await;
    for process in world.processes() {
        process.kill();
    }
    let failed = person.until(&session, "failed").await;
    let code = failed["reason"]["code"].as_str().unwrap();
    assert!(["workload_lost", "app_exited", "display_failed"].contains(&code), "{failed:#}");
    person.until_released(Duration::from_secs(10)).await;
}
