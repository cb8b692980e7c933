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

#[tokio::test]
async fn a_backup_of_postgresql_is_made_verified_drilled_and_restored_by_the_printed_commands() {
    let world = World::postgres();
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    let folder = world.folder().join("backups").display().to_string();
    let (made, said) = told(&world, &["backup", "--to", &folder]).await;
    assert!(made && said.contains("Backup made and proved"), "{said}");
    let (whole, said) = told(&world, &["verify", &folder]).await;
    assert!(whole && said.contains("is whole"), "{said}");
    let (tried, said) = told(&world, &["drill", "--tester", "alice", &folder]).await;
    assert!(tried && said.matches("[x]").count() == 5 && said.contains("| None | alice |"), "{said}");
    let logged = admin.get("/api/audit?action=DRILL_BACKUP").await.json();
    assert_eq!(logged["total"], 1, "{logged}");
    assert_eq!(world.query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sortie_%'"), "0", "no trace is left");
    server.user(&admin, "bob").await;
    let (restored, said) = told(&world, &["restore", "--yes", &folder]).await;
    assert!(!restored && said.contains("another server is using"), "{said}");
    server.kill();
    let (restored, said) = told(&world, &["restore", "--yes", &folder]).await;
    assert!(restored && said.contains("incarnation 2") && said.contains("sortie_before_restore_"), "{said}");

    let server = world.start().await;
    let admin = server.admin().await;
    let users = admin.get("/api/users").await.json().to_string();
    assert!(users.contains("ann") && !users.contains("bob"), "as it was when the backup was made: {users}");
    let logged = admin.get("/api/audit?action=RESTORE_BACKUP").await.json();
    assert_eq!(logged["total"], 1, "{logged}");
}

#[tokio::test]
async fn the_servers_own_tools_back_up_and_restore_what_sortie_starts_on() {
    let world = World::postgres();
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    let (dsn, dump) = (world.variable("SORTIE_DB_DSN").to_owned(), world.folder().join("sortie.dump"));
    let run = |program: &str, args: &[&str]| {
        let output = std::process::Command::new(program).args(args).output().unwrap();
        assert!(output.status.success(), "{program}: {}", text(&output));
    };
    run("pg_dump", &["--format=custom", &format!("--file={}", dump.display()), &dsn]);
    server.user(&admin, "bob").await;
    server.kill();
    let into = format!("--dbname={dsn}");
    run("pg_restore", &["--clean", "--if-exists", "--no-owner", &into, &dump.display().to_string()]);
    let server = world.start().await;
    let users = server.admin().await.get("/api/users").await.json().to_string();
    assert!(users.contains("ann") && !users.contains("bob"), "{users}");
}

#[tokio::test]
async fn a_drill_beside_a_running_server_says_what_a_restore_would_bring_and_what_it_would_not() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    assert!(told(&world, &["backup"]).await.0);
    let (tried, said) = told(&world, &["drill"]).await;
    assert!(tried && said.matches("[x]").count() == 5, "{said}");
    assert!(said.contains("Restored and answering after"), "{said}");
    let folder = world.data_dir().join("backups");
    let shown = super::harness::wait_for(SOON, "the drill in the metrics", || async {
        let metrics = String::from_utf8_lossy(&server.anybody().get("/metrics").await.body).into_owned();
        metrics.contains("sortie_backup_drill_issues 0").then_some(metrics)
    })
    .await;
    assert!(shown.contains("sortie_backup_drill_restore_seconds") && shown.contains("drill_lost_seconds"), "{shown}");
    let people = admin.get("/api/users").await.json().to_string();
    assert!(!people.contains("drill"), "the real server knows nobody of the drill: {people}");

    let piece = fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .map(|it| it.path())
        .find(|it| it.extension().is_some_and(|it| it == "db"))
        .unwrap();
    let mut bytes = fs::read(&piece).unwrap();
    bytes.truncate(bytes.len() / 2);
    fs::write(&piece, bytes).unwrap();
    let (tried, said) = told(&world, &["drill"]).await;
    assert!(!tried && said.contains("[ ] the database is whole: the backup is damaged"), "{said}");
    let logged = admin.get("/api/audit?action=DRILL_BACKUP").await.json();
    assert_eq!(logged["total"], 2, "{logged}");
    assert!(logged.to_string().contains("failure"), "{logged}");
}

#[tokio::test]
async fn a_copy_put_over_the_database_of_a_killed_server_is_what_the_next_one_serves() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    let (file, copy) = (world.data_dir().join("sortie.db"), world.folder().join("copy.db"));
    let backup = format!(".backup '{}'", copy.display());
    let output = std::process::Command::new("sqlite3").arg(&file).arg(backup).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    server.user(&admin, "bob").await;
    server.kill();
    fs::copy(&copy, &file).unwrap();
    let server = world.start().await;
    let users = server.admin().await.get("/api/users").await.json().to_string();
    assert!(users.contains("ann") && !users.contains("bob"), "{users}");
    assert!(world.logs().contains("the log of the one before was put aside"), "it is said");
}

#[tokio::test]
async fn the_audit_of_a_running_server_is_sealed_exported_and_proved_from_outside() {
    for world in [World::sqlite(), World::postgres()] {
        let server = world.start().await;
        let admin = server.admin().await;
        server.user(&admin, "ann").await;
        let sealed = super::harness::wait_for(SOON, "everything to be sealed", || async {
            let (good, said) = told(&world, &["audit", "verify"]).await;
            assert!(good, "{said}");
            said.contains("Not sealed yet: 0.").then_some(said)
        })
        .await;
        assert!(sealed.contains("The audit is what was sealed"), "{sealed}");
        let file = world.folder().join("audit.jsonl").display().to_string();
        let (done, said) = told(&world, &["audit", "export", "--to", &file]).await;
        assert!(done, "{said}");
        let (good, said) = told(&world, &["audit", "verify", "--archive", &file]).await;
        assert!(good && said.contains("audit.jsonl is what was sealed: positions 1 to"), "{said}");
        let changed = fs::read_to_string(&file).unwrap().replacen("CREATE_USER", "DELETE_USER", 1);
        fs::write(&file, changed).unwrap();
        let (good, said) = told(&world, &["audit", "verify", "--archive", &file]).await;
        assert!(!good && said.contains("is not what was sealed"), "{said}");
        let (done, table) = told(&world, &["audit", "export", "--format", "csv"]).await;
        assert!(done && table.starts_with("position,id,timestamp,user,"), "{table}");
    }
}
