//! The container-manager's file: the steps that its document prints, with its own image built by the Dockerfile.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use sortie_testkit::engine::{self, IMAGE, Kind, RealEngine};

use super::{Composed, IMAGE_OF_SORTIE, PATIENCE};
use crate::harness::{client::Client, wait_for, world};

/// Without a registry, the stages of the Dockerfile that fetch and compile are images from here; the last one is built.
const BASE: &str = "localhost/sortie-base:1";
const BUILT: &str = "localhost/sortie-built:1";
/// As the document names it.
const VOLUME: &str = "standalone-application-manager_container-manager-data";

fn with_local_stages() -> String {
    // Nothing of a build is fetched, so that its commands need no network either.
    format!(
        "services:\n  container-manager:\n    build:\n      network: none\n      \
         args: [BUILT={BUILT}, PREPARED={BASE}]\n"
    )
}

fn prepare(engine: &RealEngine) {
    engine.import_base(BASE, &world::binary()).unwrap();
    engine.import_built(BUILT, &world::binary(), "first").unwrap();
}

fn composed(engine: &RealEngine) -> Composed<'_> {
    let mut composed = Composed::of("container-manager", engine);
    composed.override_with(&with_local_stages());
    composed
}

fn web() -> Value {
    json!({"apps": {"1001": {"appName": "Web Server", "services": [
        {"serviceId": 1, "serviceName": "web", "config": {"image": IMAGE, "command": ["sleep", "3600"], "stopTimeout": 0}},
    ]}}})
}

/// Wants a service and answers its container once it runs.
async fn runs(client: &Client) -> String {
    let set = client.post("/api/v1/state/target", &web()).await;
    assert_eq!(set.status, 200, "{set:?}");
    wait_for(PATIENCE, "the service to run", async || {
        (client.get("/api/v1/state/explain").await.json()["applied"] == true).then_some(())
    })
    .await;
    container(client).await.unwrap()
}

async fn container(client: &Client) -> Option<String> {
    let now = client.get("/api/v1/state/current").await.json();
    now["apps"]["1001"]["services"][0]["containerId"].as_str().map(str::to_owned)
}

async fn is_known_again(client: &Client, service: &str) {
    wait_for(PATIENCE, "the same container to be known again", async || {
        (container(client).await.as_deref() == Some(service)).then_some(())
    })
    .await;
}

/// The image of Sortie, as the engine names it.
fn image(engine: &RealEngine) -> String {
    let it: Value =
        serde_json::from_str(&engine.ask("GET", &format!("/images/{IMAGE_OF_SORTIE}/json"), &[]).unwrap()).unwrap();
    it["Id"].as_str().unwrap().to_owned()
}

/// A printed line, with Debian's client.
fn shell(engine: &RealEngine, folder: &Path, line: &str) -> String {
    let output = Command::new("sh")
        .args(["-ec", line])
        .current_dir(folder)
        .env("PATH", "/usr/bin:/bin")
        .env("DOCKER_HOST", format!("unix://{}", engine.socket().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_target_is_still_there_after_down_build_and_up() {
    engine::with(Kind::Docker, down_build_and_up).unwrap();
}

async fn down_build_and_up(engine: RealEngine) {
    prepare(&engine);
    let composed = composed(&engine);
    let client = &composed.client;
    composed.run(&["build"]);
    composed.up().await;
    let service = runs(client).await;
    let (target, before) = (client.get("/api/v1/state/target").await.json(), image(&engine));

    composed.run(&["down"]);
    assert!(engine.ask("GET", "/containers/json", &[]).unwrap().contains(&service), "services stay");
    engine.import_built(BUILT, &world::binary(), "second").unwrap();
    composed.run(&["build"]);
    composed.up().await;
    assert_ne!(image(&engine), before, "another Sortie was built");
    let started: Value = serde_json::from_str(&engine.ask("GET", "/containers/json", &[]).unwrap()).unwrap();
    let image = image(&engine);
    assert!(started.as_array().unwrap().iter().any(|it| it["ImageID"] == image.as_str()), "{started}");
    assert_eq!(client.get("/api/v1/state/target").await.json(), target);
    is_known_again(client, &service).await;

    let folder = engine.folder();
    assert!(shell(&engine, folder, "docker volume ls").contains(VOLUME));
    let place = shell(&engine, folder, &format!("docker volume inspect {VOLUME} | grep Mountpoint"));
    let place = place.split('"').nth(3).unwrap();
    assert!(Path::new(place).join("database.sqlite").is_file(), "{place}");
    assert_eq!(client.delete("/api/v1/apps/1001?volumes=true").await.status, 200);
    wait_for(PATIENCE, "the service to go", async || {
        (!engine.ask("GET", "/containers/json?all=true", &[]).ok()?.contains(&service)).then_some(())
    })
    .await;
    composed.run(&["down", "--volumes"]);
}

#[test]
fn what_the_volumes_tar_recipe_saved_can_be_put_back_also_into_a_folder_that_root_made() {
    engine::with(Kind::Docker, saved_and_put_back).unwrap();
}

async fn saved_and_put_back(engine: RealEngine) {
    prepare(&engine);
    // What the recipe calls so: any image with tar.
    engine.ask("POST", &format!("/images/{IMAGE}/tag?repo=alpine&tag=latest"), &[]).unwrap();
    let mut composed = composed(&engine);
    composed.run(&["build"]);
    composed.up().await;
    let service = runs(&composed.client).await;
    let target = composed.client.get("/api/v1/state/target").await.json();
    composed.run(&["stop"]);
    let folder = engine.folder().join("operator");
    fs::create_dir(&folder).unwrap();
    let backup = format!(
        "docker run --rm -v {VOLUME}:/data -v $(pwd):/backup alpine tar czf /backup/container-manager-backup.tar.gz -C /data ."
    );
    shell(&engine, &folder, &backup);
    composed.run(&["down", "--volumes"]);
    assert!(!shell(&engine, &folder, "docker volume ls").contains(VOLUME), "the volume is lost");

    let restore = format!(
        "docker run --rm -v {VOLUME}:/data -v $(pwd):/backup alpine \
         sh -c \"cd /data && tar xzf /backup/container-manager-backup.tar.gz\""
    );
    shell(&engine, &folder, &restore);
    composed.up().await;
    assert_eq!(composed.client.get("/api/v1/state/target").await.json(), target);
    is_known_again(&composed.client, &service).await;
    composed.run(&["down", "--volumes"]);

    // The same files in a folder of the machine, which is root's and nobody else's.
    let data = folder.join("data");
    shell(&engine, &folder, "install -d -m 700 -o root data && tar xzf container-manager-backup.tar.gz -C data");
    let bind = format!("{}    volumes: [\"{}:/app/data\"]\n", with_local_stages(), data.display());
    composed.override_with(&bind);
    composed.up().await;
    assert_eq!(composed.client.get("/api/v1/state/target").await.json(), target);
    is_known_again(&composed.client, &service).await;
    let mounted = engine.ask("GET", "/containers/json", &[]).unwrap();
    assert!(mounted.contains(&format!("\"Source\":\"{}\"", data.display())), "in the place of the volume: {mounted}");
    assert_eq!(composed.client.delete("/api/v1/apps/1001?volumes=true").await.status, 200);
    wait_for(PATIENCE, "the service to go", async || {
        (!engine.ask("GET", "/containers/json?all=true", &[]).ok()?.contains(&service)).then_some(())
    })
    .await;
    composed.run(&["down"]);
}
