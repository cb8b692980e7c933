//! The compose files that we ship, on a real Docker engine.

mod container_manager;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;
use sortie_testkit::engine::{self, DISPLAY_IMAGE, Kind, RealEngine};

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
    /// What changes it for a test, where something does.
    over: Option<PathBuf>,
    port: u16,
    client: Client,
}

impl<'a> Composed<'a> {
    fn of(name: &str, engine: &'a RealEngine) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/compose");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let client = Client::anonymous(([127, 0, 0, 1], port).into());
        Self { engine, file: folder.join(name).join("docker-compose.yml"), over: None, port, client }
    }

    /// Another file on top, as an operator would write one.
    fn override_with(&mut self, text: &str) {
        let path = self.engine.folder().join("docker-compose.override.yml");
        fs::write(&path, text).unwrap();
        self.over = Some(path);
    }

    fn run(&self, words: &[&str]) {
        let mut command = Command::new("docker-compose");
        for file in [Some(&self.file), self.over.as_ref()].into_iter().flatten() {
            command.arg("--file").arg(file);
        }
        let output = command
            .args(words)
            // Debian's, and its client's builder, which leaves out the stages that nobody asked for.
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .envs([("COMPOSE_DOCKER_CLI_BUILD", "1"), ("DOCKER_BUILDKIT", "1")])
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
fn an_app_in_the_composed_sortie_is_the_same_after_down_and_up() {
    engine::with(Kind::Docker, an_app_stays).unwrap();
}

async fn an_app_stays(engine: RealEngine) {
    engine.import_display().unwrap();
    engine.import_program(IMAGE_OF_SORTIE, &world::binary()).unwrap();
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
