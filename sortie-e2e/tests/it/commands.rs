//! The binary's commands, and its start.

use std::{fs, os::unix::fs::PermissionsExt, process::Output, time::Duration};

use super::harness::world::World;

const SOON: Duration = Duration::from_secs(30);

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_in_plain_words() {
    let world = World::sqlite();
    let server = world.start().await;
    let refused = world.run(&["serve"], SOON).await;
    assert!(!refused.status.success());
    let told = text(&refused);
    assert!(told.contains("another") && told.contains("sortie.db"), "{told}");
    assert_eq!(server.anybody().get("/healthz").await.status, 200, "the first one is unmoved");
}

#[tokio::test]
async fn the_configuration_is_shown_without_its_secrets() {
    let mut world = World::sqlite();
    world.set("SORTIE_DB_PASSWORD", "canary-of-the-database");
    world.set("SORTIE_MAX_SESSIONS_PER_USER", "7");
    let shown = world.run(&["config"], SOON).await;
    assert!(shown.status.success(), "{}", text(&shown));
    let told = text(&shown);
    assert!(!told.contains("canary-of-the-database") && !told.contains(super::harness::world::PASSWORD), "{told}");
    let line = told.lines().find(|it| it.starts_with("SORTIE_MAX_SESSIONS_PER_USER")).unwrap();
    assert!(line.contains('7') && line.contains("variable SORTIE_MAX_SESSIONS_PER_USER"), "{line}");
    let line = told.lines().find(|it| it.starts_with("SORTIE_ADMIN_PASSWORD")).unwrap();
    assert!(line.contains("****"), "{line}");
}

#[tokio::test]
async fn everything_wrong_with_the_configuration_is_told_at_once() {
    let mut world = World::sqlite();
    world.set("SORTIE_PORT", "eighty");
    world.set("SORTIE_PRIMARY_COLOR", "red");
    let refused = world.run(&["serve"], SOON).await;
    assert!(!refused.status.success());
    let told = text(&refused);
    assert!(told.contains("SORTIE_PORT") && told.contains("SORTIE_PRIMARY_COLOR"), "{told}");
}

#[tokio::test]
async fn migrations_are_shown_applied_and_then_done_on_sqlite() {
    migrations(World::sqlite()).await;
}

#[tokio::test]
async fn migrations_are_shown_applied_and_then_done_on_postgresql() {
    migrations(World::postgres()).await;
}

async fn migrations(world: World) {
    fs::create_dir(world.data_dir()).unwrap();
    let check = async || text(&world.run(&["migrate", "--check"], SOON).await);
    let pending = check().await;
    assert!(pending.contains("pending: "), "{pending}");
    assert_eq!(check().await, pending, "looking changes nothing");
    let applied = world.run(&["migrate"], SOON).await;
    assert!(applied.status.success() && text(&applied).contains("applied"), "{}", text(&applied));
    assert!(check().await.contains("up to date"));
    world.start().await.admin().await;
}

#[tokio::test]
async fn every_line_of_the_log_is_json_with_the_guide_s_fields_and_time() {
    let world = World::sqlite();
    let server = world.start().await;
    server.admin().await.get("/api/apps").await;
    let logs = world.logs();
    let mut count = 0;
    for line in logs.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        for field in ["timestamp", "level", "message", "target"] {
            assert!(entry[field].is_string(), "{line} has no {field}");
        }
        let time = entry["timestamp"].as_str().unwrap();
        let shape: String = time.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
        count += 1;
    }
    assert!(count > 3, "this check has lost its subject");
}

#[tokio::test]
async fn a_first_start_without_a_password_makes_one_and_keeps_it_in_a_private_file() {
    let mut world = World::sqlite();
    world.unset("SORTIE_ADMIN_PASSWORD");
    let server = world.start().await;
    let logs = world.logs();
    let line = logs.lines().filter_map(|it| serde_json::from_str::<serde_json::Value>(it).ok());
    let named = line.filter_map(|it| it["file"].as_str().map(str::to_owned)).find(|it| it.contains("password"));
    let file = named.expect("the log names the file");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let password = fs::read_to_string(&file).unwrap().trim().to_owned();
    assert!(password.len() >= 20, "at least 128 bits");
    assert!(!logs.contains(&password), "the log does not hold it");
    server.anybody().signed_in("admin", &password).await;
    server.kill();
    fs::remove_file(&file).unwrap();
    let server = world.start().await;
    assert!(!std::path::Path::new(&file).exists(), "it is made once");
    server.anybody().signed_in("admin", &password).await;
}

#[tokio::test]
async fn a_broken_seed_file_is_refused_with_every_broken_rule() {
    let mut world = World::sqlite();
    let file = world.folder().join("broken.json");
    fs::write(&file, r#"{"applications": [{"id": "a b", "name": "X", "launch_type": "url", "url": "ftp//"}, {"id": "ok", "name": ""}]}"#).unwrap();
    world.set("SORTIE_SEED", &file.display().to_string());
    let refused = world.run(&["serve"], SOON).await;
    assert!(!refused.status.success());
    let told = text(&refused);
    assert!(told.contains("broken.json") && told.contains("name"), "{told}");
}
