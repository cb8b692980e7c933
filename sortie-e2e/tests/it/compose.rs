//! The documents' walk through persistence, on a real Docker engine, with the compose file that we ship.

use std::{net::TcpListener, path::Path, process::Command, time::Duration};

use serde_json::json;
use sortie_testkit::engine::{self, IMAGE, Kind, RealEngine};

use super::harness::{client::Client, wait_for, world};

const IMAGE_OF_SORTIE: &str = "localhost/sortie-composed:1";
/// How long containers may take to get where they are expected.
const PATIENCE: Duration = Duration::from_mins(2);

/// docker-compose on our file and our engine. What it builds is imported instead: there is no registry here.
fn compose(engine: &RealEngine, port: u16, words: &[&str]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/compose/container-manager/docker-compose.yml");
    let output = Command::new("docker-compose")
        .arg("--file")
        .arg(file)
        .args(words)
        .env("DOCKER_HOST", format!("unix://{}", engine.socket().display()))
        .env("SORTIE_ENGINE_SOCKET", engine.socket())
        .env("SORTIE_HOST_PORT", port.to_string())
        .env("SORTIE_IMAGE", IMAGE_OF_SORTIE)
        .output()
        .expect("docker-compose is installed");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn answering(client: &Client) {
    let what = "the supervisor to answer";
    wait_for(PATIENCE, what, async || client.try_get("/healthz").await.ok().filter(|it| it.status == 200)).await;
}

#[test]
fn a_target_is_still_there_after_down_build_and_up() {
    engine::with(Kind::Docker, down_build_and_up).unwrap();
}

async fn down_build_and_up(engine: RealEngine) {
    engine.import_program(IMAGE_OF_SORTIE, &world::binary()).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::anonymous(([127, 0, 0, 1], port).into());

    compose(&engine, port, &["up", "--detach", "--no-build"]);
    answering(&client).await;
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

    compose(&engine, port, &["down"]);
    assert!(engine.ask("GET", "/containers/json", &[]).unwrap().contains(service.as_str().unwrap()), "services stay");
    engine.import_program(IMAGE_OF_SORTIE, &world::binary()).unwrap();
    compose(&engine, port, &["up", "--detach", "--no-build"]);
    answering(&client).await;
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
    compose(&engine, port, &["down", "--volumes"]);
}
