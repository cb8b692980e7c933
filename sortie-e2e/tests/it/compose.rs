//! The compose files that we ship, on a real Docker engine.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;
use sortie_testkit::engine::{self, DISPLAY_IMAGE, IMAGE, Kind, RealEngine};

use super::harness::{
    client::Client,
    screen::{Screen, difference},
    seed, wait_for,
    world::{self, PASSWORD},
};

const IMAGE_OF_SORTIE: &str = "localhost/sortie-composed:1";
/// How long containers may take to get where they are expected.
const PATIENCE: Duration = Duration::from_mins(2);

/// One of our files on an engine, published at a free port of the engine's network.
struct Composed<'a> {
    engine: &'a RealEngine,
    file: PathBuf,
    port: u16,
    client: Client,
}

impl<'a> Composed<'a> {
    /// The image of Sortie is imported, not built: there is no registry here.
    fn of(name: &str, engine: &'a RealEngine) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/compose");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let client = Client::anonymous(([127, 0, 0, 1], port).into());
        engine.import_program(IMAGE_OF_SORTIE, &world::binary()).unwrap();
        Self { engine, file: folder.join(name).join("docker-compose.yml"), port, client }
    }

    fn run(&self, words: &[&str]) {
        let output = Command::new("docker-compose")
            .arg("--file")
            .arg(&self.file)
            .args(words)
            .env("DOCKER_HOST", format!("unix://{}", self.engine.socket().display()))
            .env("SORTIE_ENGINE_SOCKET", self.engine.socket())
            .env("SORTIE_FOLDER", self.folder())
            .env("SORTIE_HOST_PORT", self.port.to_string())
            .env("SORTIE_IMAGE", IMAGE_OF_SORTIE)
            .env("SORTIE_VNC_SIDECAR_IMAGE", DISPLAY_IMAGE)
            .env("SORTIE_ADMIN_PASSWORD", PASSWORD)
            .output()
            .expect("docker-compose is installed");
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn folder(&self) -> PathBuf {
        self.engine.folder().join("data")
    }

    /// Up, and answering.
    async fn up(&self) {
        self.run(&["up", "--detach", "--no-build"]);
        let what = "Sortie to answer";
        wait_for(PATIENCE, what, async || self.client.try_get("/healthz").await.ok().filter(|it| it.status == 200))
            .await;
    }
}

#[test]
fn a_target_is_still_there_after_down_build_and_up() {
    engine::with(Kind::Docker, down_build_and_up).unwrap();
}

async fn down_build_and_up(engine: RealEngine) {
    let composed = Composed::of("container-manager", &engine);
    let client = &composed.client;
    composed.up().await;
    let target = json!({"apps": {"1001": {"appName": "Web Server", "services": [
        {"serviceId": 1, "serviceName": "web", "config": {"image": IMAGE, "command": ["sleep", "3600"], "stopTimeout": 0}},
    ]}}});
    let set = client.post("/api/v1/state/target", &target).await;
    assert_eq!(set.status, 200, "{set:?}");
    wait_for(PATIENCE, "the service to run", async || {
        (client.get("/api/v1/state/explain").await.json()["applied"] == true).then_some(())
    })
    .await;
    let before = client.get("/api/v1/state/target").await.json();
    let service =
        client.get("/api/v1/state/current").await.json()["apps"]["1001"]["services"][0]["containerId"].clone();
    assert!(service.is_string(), "{service}");

    composed.run(&["down"]);
    assert!(engine.ask("GET", "/containers/json", &[]).unwrap().contains(service.as_str().unwrap()), "services stay");
    engine.import_program(IMAGE_OF_SORTIE, &world::binary()).unwrap();
    composed.up().await;
    assert_eq!(client.get("/api/v1/state/target").await.json(), before);
    wait_for(PATIENCE, "the same container to be known again", async || {
        let now = client.get("/api/v1/state/current").await.json();
        (now["apps"]["1001"]["services"][0]["containerId"] == service).then_some(())
    })
    .await;

    assert_eq!(client.delete("/api/v1/apps/1001?volumes=true").await.status, 200);
    wait_for(PATIENCE, "the service to go", async || {
        (!engine.ask("GET", "/containers/json?all=true", &[]).ok()?.contains(service.as_str()?)).then_some(())
    })
    .await;
    composed.run(&["down", "--volumes"]);
}

#[test]
fn an_app_in_the_composed_sortie_is_the_same_after_down_and_up() {
    engine::with(Kind::Docker, an_app_stays).unwrap();
}

async fn an_app_stays(engine: RealEngine) {
    engine.import_display().unwrap();
    let composed = Composed::of("sortie", &engine);
    composed.up().await;
    let person = composed.client.browser("admin", PASSWORD).await;
    let mut boxed = seed::terminal("boxed", "composed");
    boxed["container_image"] = json!(DISPLAY_IMAGE);
    let made = person.post("/api/apps", &boxed).await;
    assert_eq!(made.status, 201, "{made:?}");
    let session = person.launch_and_wait("boxed").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();
    screen.type_line("touch ~/hello").await.unwrap();
    let note = composed.folder().join("homes/sessions").join(&session).join("hello");
    wait_for(PATIENCE, "the typed command to be run", async || note.exists().then_some(())).await;
    let before = screen.frame().await.unwrap();
    screen.close().await;

    composed.run(&["down"]);
    composed.up().await;
    let person = composed.client.browser("admin", PASSWORD).await;
    assert_eq!(person.get(&format!("/api/sessions/{session}")).await.json()["status"], "running");
    let mut screen = Screen::open(&person, &session).await.unwrap();
    let again = screen.terminal().await.unwrap();
    assert!(difference(&before, &again) < 0.01, "the same terminal is shown by the next container");
    screen.close().await;
    assert_eq!(person.post(&format!("/api/sessions/{session}/stop"), &json!({})).await.status, 200);
    person.until_released(PATIENCE).await;
    composed.run(&["down"]);
    let left = engine.ask("GET", "/containers/json?all=true", &[]).unwrap();
    assert_eq!(left.trim(), "[]", "nothing runs on");
}
