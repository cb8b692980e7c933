//! Losing a database, and getting it back.

use std::{fs, process::Output, time::Duration};

use super::harness::world::World;

const SOON: Duration = Duration::from_mins(1);

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command; answers whether it succeeded, and what it said.
async fn told(world: &World, args: &[&str]) -> (bool, String) {
    let output = world.run(args, SOON).await;
    (output.status.success(), text(&output))
}

#[tokio::test]
async fn a_backup_of_a_running_server_brings_a_destroyed_database_back() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    let (made, said) = told(&world, &["backup"]).await;
    assert!(made && said.contains("Backup made and proved"), "{said}");
    let logged = admin.get("/api/audit?action=CREATE_BACKUP").await.json();
    assert_eq!((logged["total"].as_u64(), logged["logs"][0]["user"].as_str()), (Some(1), Some("command line")));
    server.user(&admin, "bob").await;
    let (restored, said) = told(&world, &["restore", "--yes"]).await;
    assert!(!restored && said.contains("another server is using"), "{said}");

    server.kill();
    let file = world.data_dir().join("sortie.db");
    fs::write(&file, "not a database any more").unwrap();
    let (restored, said) = told(&world, &["restore"]).await;
    assert!(!restored && said.contains("--yes"), "nobody is there to confirm it: {said}");
    let (restored, said) = told(&world, &["restore", "--yes"]).await;
    assert!(restored && said.contains("incarnation 2") && said.contains("before-restore"), "{said}");

    let server = world.start().await;
    let admin = server.admin().await;
    let users = admin.get("/api/users").await.json().to_string();
    assert!(users.contains("ann") && !users.contains("bob"), "as it was when the backup was made: {users}");
    let logged = admin.get("/api/audit?action=RESTORE_BACKUP").await.json();
    assert_eq!(logged["total"], 1, "{logged}");
    let metrics = server.anybody().get("/metrics").await.body;
    assert!(String::from_utf8_lossy(&metrics).contains("sortie_backup_failures 0"), "{metrics:?}");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_in_plain_words_and_the_database_stays() {
    let world = World::sqlite();
    world.start().await.kill();
    let (made, said) = told(&world, &["backup"]).await;
    assert!(made, "{said}");
    let folder = world.data_dir().join("backups");
    let piece = fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|it| it.path())
        .find(|it| it.extension().is_some_and(|it| it == "db"))
        .unwrap();
    let mut bytes = fs::read(&piece).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&piece, bytes).unwrap();
    for args in [&["verify"][..], &["restore", "--yes"]] {
        let (done, said) = told(&world, args).await;
        assert!(!done && said.contains("the backup is damaged"), "{said}");
    }
    let (known, said) = told(&world, &["verify", "/no/such/backup"]).await;
    assert!(!known && said.contains("no backup at /no/such/backup"), "{said}");
    world.start().await.admin().await;
}
