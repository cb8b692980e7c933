//! `sortie supervise` as a machine's only part, and what the command line says of services.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};
use sortie_testkit::{
    engine::{self, Kind, RealEngine},
    old,
};

use super::{applied, on, running, service, start};
use crate::harness::{wait_for, world::World};

const SOON: Duration = Duration::from_secs(30);
/// A secret's value.
const CANARY: &str = "canary-of-a-service";

/// Nothing but the defaults, on a port that is free.
fn bare() -> World {
    let mut world = World::bare();
    world.set("SORTIE_PORT", "0");
    world.set("SORTIE_BIND", "127.0.0.1");
    world
}

/// Runs a line in the world's folder as a person would.
fn shell(world: &World, line: &str) -> String {
    let output = Command::new("sh").args(["-ec", line]).current_dir(world.folder()).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

on_both! {
    the_documents_walk_through_keeps_the_target
}

async fn the_documents_walk_through_keeps_the_target(engine: RealEngine) {
    let mut world = on(&engine);
    world.unset("SORTIE_DB");
    world.unset("SORTIE_DATA_DIR");
    world.set("DATABASE_PATH", &world.folder().join("data/database.sqlite").display().to_string());
    let printed = |line: &str, server: &crate::harness::server::Server| {
        line.replace("localhost:3000", &server.address.to_string())
    };
    let server = world.start_with(&["supervise"]).await;
    let target = json!({"apps": {"1001": {"appId": 1001, "appName": "Web Server",
        "services": [service(1, "web", &json!({}))]}}});
    let line = r#"curl -sS --fail-with-body -X POST http://localhost:3000/api/v1/state/target \
     -H "Content-Type: application/json" \
     -d 'TARGET'"#;
    let line = printed(line, &server).replace("TARGET", &target.to_string());
    let said: Value = serde_json::from_str(&shell(&world, &line)).unwrap();
    assert_eq!(said["status"], "success", "{said}");
    let ask = "curl -sS --fail-with-body http://localhost:3000/api/v1/state/target";
    let before = shell(&world, &printed(ask, &server));
    applied(&server.anybody()).await;
    let runs = running(&engine);
    assert_eq!(runs.len(), 1);
    server.signal(rustix::process::Signal::TERM);
    assert!(server.ended(SOON).await.success());
    assert_eq!(running(&engine), runs, "services do not stop with the supervisor");

    let server = world.start_with(&["supervise"]).await;
    assert_eq!(shell(&world, &printed(ask, &server)), before);
    applied(&server.anybody()).await;
    assert_eq!(running(&engine), runs);
    for query in [
        "SELECT * FROM app;",
        "SELECT * FROM service;",
        "SELECT type, createdAt FROM stateSnapshot ORDER BY createdAt DESC LIMIT 10;",
    ] {
        assert!(!shell(&world, &format!("sqlite3 data/database.sqlite '{query}'")).is_empty(), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_hands_over_one_token_that_may_change_services_and_no_credentials() {
    let world = bare();
    let server = world.start_with(&["supervise"]).await;
    let file = world.folder().join("data/first-token");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let token = fs::read_to_string(&file).unwrap().trim().to_owned();
    let stranger = server.anybody();
    assert_eq!(stranger.get("/api/v1/state").await.status, 401);
    let program = stranger.with_token(token.clone());
    assert_eq!(program.post("/api/v1/state/target", &json!({"apps": {}})).await.status, 200);
    assert_eq!(program.get("/api/me/tokens").await.status, 403);
    assert!(!world.logs().contains(&token));
    fs::remove_file(&file).unwrap();
    server.kill();
    let server = world.start_with(&["supervise"]).await;
    assert!(!file.exists(), "only a first start makes one");
    assert_eq!(server.anybody().with_token(token).get("/api/v1/state").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_for_services_alone_is_not_tried_for_desktops() {
    let complains = |world: &World| world.logs().contains("This machine cannot run apps");
    let mut world = bare();
    // Nothing that a desktop needs is found here.
    world.set("PATH", "/nowhere");
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    let server = world.start_with(&["serve"]).await;
    wait_for(SOON, "word of what this machine lacks", || async { complains(&world).then_some(()) }).await;
    server.kill();
    let mut world = bare();
    world.set("PATH", "/nowhere");
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    let server = world.start_with(&["supervise"]).await;
    let client = server.anybody();
    let target = json!({"apps": {"1": {"services": [service(1, "web", &json!({}))]}}});
    super::set(&client, &target).await;
    applied(&client).await;
    server.signal(rustix::process::Signal::TERM);
    assert!(server.ended(SOON).await.success());
    assert!(!complains(&world) && !world.logs().contains("bubblewrap"), "{}", world.logs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_managers_file_is_taken_over_and_its_target_wanted() {
    let mut world = bare();
    fs::create_dir(world.folder().join("data")).unwrap();
    old::write_container_manager(&world.folder().join("data/database.sqlite")).unwrap();
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    let server = world.start_with(&["supervise"]).await;
    let client = server.anybody();
    let target = client.get("/api/v1/state/target").await.json();
    assert_eq!(target["apps"]["1001"]["services"][0]["config"]["ports"], json!(["8080:80"]), "{target}");
    applied(&client).await;
    let history = client.get("/api/v1/state/history?type=target").await.json();
    assert_eq!(history[0]["id"], 2, "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_printed_and_nothing_is_changed() {
    let mut world = World::sqlite();
    world.set("SORTIE_SERVICES", "true");
    fs::create_dir(world.data_dir()).unwrap();
    let target = json!({"apps": {"1": {"appName": "Shop", "services": [service(1, "web", &json!({}))]}}});
    fs::write(world.folder().join("target.json"), target.to_string()).unwrap();
    let planned = world.run(&["services", "plan", "target.json"], SOON).await;
    let told = String::from_utf8_lossy(&planned.stdout).into_owned();
    assert!(planned.status.success(), "{told}{}", String::from_utf8_lossy(&planned.stderr));
    for part in ["Shop web (1/1): pending", "1. download image", "start container"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let kept = world.run(&["services", "plan"], SOON).await;
    assert!(String::from_utf8_lossy(&kept.stdout).contains("Nothing is to be done."));
    world.unset("SORTIE_SERVICES");
    let refused = world.run(&["services", "plan"], SOON).await;
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("looks after no services"));
    world.set("SORTIE_SERVICES", "true");
    let (server, client) = {
        world.set("SORTIE_SUPERVISOR_OPEN", "true");
        start(&world).await
    };
    assert_eq!(client.get("/api/v1/state/target").await.json(), json!({"apps": {}}));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_kept_when_they_change_and_secrets_of_them_are_not() {
    let mut world = bare();
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    world.set("SORTIE_METRICS_TOKEN", CANARY);
    let history = "/api/v1/state/history?type=settings";
    for manual in ["false", "false", "true"] {
        world.set("SORTIE_SERVICES_MANUAL", manual);
        let server = world.start_with(&["supervise"]).await;
        assert_eq!(server.anybody().get("/api/v1/state/history?type=target").await.json(), json!([]));
        server.kill();
    }
    let server = world.start_with(&["supervise"]).await;
    let client = server.anybody();
    let kept = client.get(history).await.json();
    let ids: Vec<i64> = kept.as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect();
    let [newer, older] = ids[..] else { panic!("one for each change: {kept}") };
    let newest = client.get(&format!("/api/v1/state/history/{newer}?against={older}")).await.json();
    let changed = json!([{"path": "settings.SORTIE_SERVICES_MANUAL.value", "before": "false", "after": "true"}]);
    assert_eq!(newest["differences"], changed);
    let settings = &newest["state"]["settings"];
    assert_eq!(settings["SORTIE_PORT"], json!({"value": "0", "origin": "variable SORTIE_PORT"}));
    assert_eq!(
        settings["SORTIE_METRICS_TOKEN"],
        json!({"value": "********", "origin": "variable SORTIE_METRICS_TOKEN"})
    );
    assert!(newest["state"]["version"].is_string(), "{newest}");
    let back = client.post(&format!("/api/v1/state/history/{older}/restore"), &json!({})).await;
    assert_eq!((back.status, back.json()["errors"][0]["field"].clone()), (422, json!("id")), "{back:?}");
    server.kill();
    is_nowhere(&world.folder().join("data"), "database.sqlite");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_set_listed_and_forgotten_on_the_command_line() {
    let mut world = World::sqlite();
    world.set("SORTIE_SERVICES", "true");
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    fs::create_dir(world.data_dir()).unwrap();
    let value = world.folder().join("value");
    fs::write(&value, format!("{CANARY}\n")).unwrap();
    let set = world.run_reading(&["services", "secrets", "set", "db"], &value, SOON).await;
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    fs::write(&value, "").unwrap();
    let empty = world.run_reading(&["services", "secrets", "set", "other"], &value, SOON).await;
    assert!(!empty.status.success() && String::from_utf8_lossy(&empty.stderr).contains("value must be"), "{empty:?}");
    let listed = world.run(&["services", "secrets"], SOON).await;
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "db (set once)\n");
    is_nowhere(&world.data_dir(), "sortie.db");

    let (server, client) = start(&world).await;
    let wanted = service(1, "web", &json!({"environment": {"PASSWORD": {"secret": "db"}}}));
    super::set(&client, &json!({"apps": {"1": {"services": [wanted]}}})).await;
    applied(&client).await;
    server.kill();
    let gone = world.run(&["services", "secrets", "forget", "db"], SOON).await;
    assert!(gone.status.success(), "{}", String::from_utf8_lossy(&gone.stderr));
    let again = world.run(&["services", "secrets", "forget", "db"], SOON).await;
    assert!(!again.status.success(), "there is none any more");
    let listed = world.run(&["services", "secrets"], SOON).await;
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "");
}

/// Looks into a database's files for the canary.
fn is_nowhere(folder: &Path, file: &str) {
    for name in [file.to_owned(), format!("{file}-wal")] {
        let bytes = fs::read(folder.join(&name)).unwrap_or_default();
        assert!(!bytes.windows(CANARY.len()).any(|it| it == CANARY.as_bytes()), "{name}");
    }
    assert!(fs::metadata(folder.join(file)).unwrap().len() > 0);
}

#[test]
fn a_secret_reaches_its_container_and_neither_the_database_nor_the_log() {
    engine::with(Kind::Docker, a_secret_stays_one).unwrap();
}

async fn a_secret_stays_one(engine: RealEngine) {
    let world = on(&engine);
    let (server, client) = start(&world).await;
    let set = client.put("/api/v1/secrets/db", &json!({"value": CANARY})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let line = "echo got $PASSWORD; exec sleep 3600";
    let web = service(1, "web", &json!({"command": ["sh", "-c", line], "environment": {"PASSWORD": {"secret": "db"}}}));
    super::set(&client, &json!({"apps": {"1": {"services": [web]}}})).await;
    applied(&client).await;
    let said = client.get("/api/v1/logs?serviceName=web").await.json();
    assert_eq!(said["logs"][0]["message"], format!("got {CANARY}"), "{said}");
    server.kill();
    is_nowhere(&world.data_dir(), "sortie.db");
    assert!(!world.logs().contains(CANARY));
    assert!(world.data_dir().join("services.key").is_file());
}
