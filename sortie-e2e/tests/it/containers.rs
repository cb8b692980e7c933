//! Sessions as containers on a real Docker engine: the main road, and sudden deaths of the server and of the engine.

use std::{path::PathBuf, time::Duration};

use serde_json::json;
use sortie_testkit::engine::{self, BROWSER_IMAGE, DISPLAY_IMAGE, Kind, RealEngine};

use super::harness::{
    PATIENCE,
    screen::{Screen, difference},
    seed, wait_for,
    world::{PASSWORD, World},
};

/// How many containers the engine has, running or not.
fn containers(engine: &RealEngine) -> usize {
    engine.ask("GET", "/containers/json?all=true", &[]).map_or(usize::MAX, |list| list.matches("\"Id\":\"").count())
}

#[test]
fn a_session_in_containers_survives_the_server_and_the_engine() {
    engine::with(Kind::Docker, the_session_survives).unwrap();
}

async fn the_session_survives(mut engine: RealEngine) {
    engine.import_display().unwrap();
    let mut world = World::sqlite();
    world.set("SORTIE_RUNTIME", "docker");
    world.set("SORTIE_ENGINE", &format!("unix://{}", engine.socket().display()));
    world.set("SORTIE_VNC_SIDECAR_IMAGE", DISPLAY_IMAGE);
    let server = world.start().await;
    let person = server.anybody().browser("admin", PASSWORD).await;
    let mut boxed = seed::terminal("boxed", &world.tag);
    boxed["container_image"] = json!(DISPLAY_IMAGE);
    let made = person.post("/api/apps", &boxed).await;
    assert_eq!(made.status, 201, "{made:?}");
    let refused = person.get("/api/apps/terminal").await.json();
    assert_eq!(
        refused["unavailable"]["code"], "image_missing",
        "an app without an image is not for engines: {refused}"
    );

    let session = person.launch_and_wait("boxed").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();
    screen.type_line("touch ~/hello").await.unwrap();
    let note: PathBuf = world.data_dir().join("homes/sessions").join(&session).join("hello");
    world.file(&note).await;
    let before = screen.frame().await.unwrap();
    screen.close().await;
    assert_eq!(containers(&engine), 2, "the screen's and the app's");

    server.kill();
    engine.kill().unwrap();
    engine.run().unwrap();
    let server = world.start().await;
    let person = server.anybody().browser("admin", PASSWORD).await;
    assert_eq!(person.get(&format!("/api/sessions/{session}")).await.json()["status"], "running");
    let mut screen = Screen::open(&person, &session).await.unwrap();
    let again = screen.terminal().await.unwrap();
    assert!(difference(&before, &again) < 0.01, "the same terminal is shown by the next server");

    let stopped = person.post(&format!("/api/sessions/{session}/stop"), &json!({})).await;
    assert_eq!(stopped.status, 200, "{stopped:?}");
    screen.until_gone().await;
    person.until_released(Duration::from_secs(30)).await;
    let what = "both containers and the files to go";
    wait_for(PATIENCE, what, async || (containers(&engine) == 0 && !note.exists()).then_some(())).await;
}

#[test]
fn an_app_that_is_a_web_page_is_on_the_screen_and_nothing_of_it_stays() {
    engine::with(Kind::Docker, the_page_is_shown).unwrap();
}

async fn the_page_is_shown(engine: RealEngine) {
    engine.import_display().unwrap();
    engine.import_browser().unwrap();
    let mut world = World::sqlite();
    world.set("SORTIE_RUNTIME", "docker");
    world.set("SORTIE_ENGINE", &format!("unix://{}", engine.socket().display()));
    world.set("SORTIE_VNC_SIDECAR_IMAGE", DISPLAY_IMAGE);
    world.set("SORTIE_BROWSER_SIDECAR_IMAGE", BROWSER_IMAGE);
    let server = world.start().await;
    let person = server.anybody().browser("admin", PASSWORD).await;
    // The page comes later than the browser.
    let serve = "echo '<body style=background:#1188ee>' >/tmp/index.html; sleep 2; exec httpd -f -p 3000 -h /tmp";
    let page = json!({"id": "page", "name": "Page", "category": "Odd", "launch_type": "web_proxy",
        "container_image": DISPLAY_IMAGE, "container_port": 3000, "command": ["sh", "-c", serve]});
    let made = person.post("/api/apps", &page).await;
    assert_eq!(made.status, 201, "{made:?}");
    let session = person.launch_and_wait("page").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.filled_with([0x11, 0x88, 0xee], Duration::from_mins(2)).await.unwrap();
    screen.close().await;
    assert_eq!(containers(&engine), 2, "the browser's and the app's");
    assert_eq!(person.post(&format!("/api/sessions/{session}/stop"), &json!({})).await.status, 200);
    person.until_released(Duration::from_secs(30)).await;
    let what = "both containers to go";
    wait_for(PATIENCE, what, async || (containers(&engine) == 0).then_some(())).await;
}
