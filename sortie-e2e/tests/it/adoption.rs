//! Databases of the predecessors under the real binary: it serves what they hold, and people go on signing in.

use std::{fs, path::Path, time::Duration};

use serde_json::json;
use sortie_testkit::{
    old::{self, Old, PASSWORD},
    postgres::Cluster,
};

use super::harness::{client::Client, server::Server, world::World};

const SOON: Duration = Duration::from_mins(1);

/// A world whose database is this file.
fn world_on(file: &Path) -> World {
    let world = World::sqlite();
    fs::create_dir(world.data_dir()).unwrap();
    fs::copy(file, world.variable("SORTIE_DB")).unwrap();
    world
}

fn written(form: Old) -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.db");
    form.write(&file).unwrap();
    world_on(&file)
}

fn restored(form: Old) -> World {
    let mut world = World::postgres();
    world.set("SORTIE_DB_DSN", &form.restore(Cluster::shared()).unwrap());
    world
}

/// Signs in; `None` where the account or its password is not there.
async fn entered(server: &Server, name: &str, password: &str) -> Option<Client> {
    let answer = server.anybody().post("/api/auth/login", &json!({"username": name, "password": password})).await;
    match answer.status {
        200 => Some(server.anybody().with_token(answer.json()["access_token"].as_str().unwrap().to_owned())),
        401 => None,
        _ => panic!("{name}: {answer:?}"),
    }
}

async fn ids(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json().as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_file_of_the_older_sortie_is_served_with_its_people_its_apps_and_its_audit() {
    serves(written(Old::Migrated)).await;
}

#[tokio::test]
async fn a_server_of_the_older_sortie_is_served_with_its_people_its_apps_and_its_audit() {
    serves(restored(Old::Migrated)).await;
}

async fn serves(world: World) {
    let told = world.run(&["migrate", "--check"], SOON).await;
    let told = String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    assert!(told.contains("would be taken over") && told.contains("table users: 9 of 9 rows"), "{told}");
    let server = world.start().await;
    let root = entered(&server, "root", PASSWORD).await.expect("the old administrator comes in");
    let anna = entered(&server, "anna", PASSWORD).await.expect("the old user comes in, in any letters");
    assert!(entered(&server, "anna", "another password").await.is_none());
    assert!(entered(&server, "odd", "x").await.is_none(), "what is no hash opens nothing");
    let seen = ids(&anna, "/api/apps").await;
    assert!(seen.contains(&"An id/with? ODD letters".to_owned()) && seen.contains(&"editor".to_owned()), "{seen:?}");
    assert!(!seen.contains(&"unreadable".to_owned()) && !seen.contains(&"clock".to_owned()), "{seen:?}");
    assert_eq!(ids(&root, "/api/apps").await.len(), 6);
    assert_eq!(anna.get("/api/apps/An%20id%2Fwith%3F%20ODD%20letters").await.json()["category"], "Reading");
    let refused = root.post("/api/sessions", &json!({"app_id": "Bad_Quantity"})).await;
    assert!(refused.status >= 400 && refused.status < 500, "{refused:?}");
    let mended = json!({
        "id": "Bad_Quantity", "name": "Mended", "category": "Writing", "launch_type": "url", "url": "https://example.com/"
    });
    assert_eq!(root.put("/api/apps/Bad_Quantity", &mended).await.status, 200);
    let sessions = anna.get("/api/sessions").await.json();
    let statuses: Vec<_> = sessions.as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses.len(), 5);
    assert!(statuses.iter().all(|it| ["stopped", "failed", "expired"].contains(it)), "{statuses:?}");
    let audit = root.get("/api/audit?limit=200").await.json().to_string();
    for part in ["User logged in", "ADOPT_DATABASE", "a line, \\\"quoted\\\"\\nand a second one"] {
        assert!(audit.contains(part), "{part} is missing in {audit}");
    }
    drop(server);
    let server = world.start().await;
    assert!(entered(&server, "Anna", PASSWORD).await.is_some(), "the second start is like every other");
}

#[tokio::test]
async fn every_form_starts_and_lets_its_administrator_in() {
    for form in Old::ALL {
        let world = written(form);
        let server = world.start().await;
        // Where there was no user yet, the first one is made as always.
        let admin = if form == Old::Launchpad {
            server.admin().await
        } else {
            entered(&server, "root", PASSWORD).await.expect("the old administrator comes in")
        };
        assert!(ids(&admin, "/api/apps").await.contains(&"wiki".to_owned()), "{form:?}");
        let copies = fs::read_dir(world.data_dir()).unwrap();
        let is_copy = |name: &str| name.contains(".before-adoption-");
        let copies = copies.filter(|it| is_copy(&it.as_ref().unwrap().file_name().to_string_lossy())).count();
        assert_eq!(copies, 1, "{form:?}");
    }
}

#[tokio::test]
async fn databases_that_the_predecessors_really_wrote_are_served() {
    for original in old::real(".sqlite").unwrap() {
        let world = world_on(&original);
        let server = world.start().await;
        let mut came_in = 0;
        for (name, password) in [("admin", "admin123"), ("olduser", "admin123"), ("user00", "Passw0rd!")] {
            let Some(client) = entered(&server, name, password).await else { continue };
            came_in += 1;
            assert!(!ids(&client, "/api/apps").await.is_empty(), "{}: {name} sees nothing", original.display());
        }
        let name = original.file_name().unwrap().to_string_lossy();
        let has_users = !name.starts_with("launchpad-01") && !name.starts_with("sortie-08");
        assert!(came_in > 0 || !has_users, "{name}: nobody came in");
    }
}
