//! Losing a database, and getting it back.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use serde_json::Value;

use super::harness::{client::Client, server::Server, wait_for, world::World};

const SOON: Duration = Duration::from_mins(1);

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command that succeeds, and says this; answers all that it said.
pub(super) async fn does(world: &World, args: &[&str], says: &str) -> String {
    let output = world.run(args, SOON).await;
    let said = text(&output);
    assert!(output.status.success() && said.contains(says), "{args:?}: {said}");
    said
}

/// Runs a command that fails, and says this.
pub(super) async fn fails(world: &World, args: &[&str], says: &str) {
    let output = world.run(args, SOON).await;
    let said = text(&output);
    assert!(!output.status.success() && said.contains(says), "{args:?}: {said}");
}

/// Runs another's program, which succeeds.
fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program}: {}", text(&output));
}

/// A server that knows somebody, from whom every later one is told.
pub(super) async fn with_ann(world: &World) -> (Server, Client) {
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    (server, admin)
}

/// Starts a server on what was brought back: `bob` came after it was written.
pub(super) async fn knows_ann_alone(world: &World) -> (Server, Client) {
    let server = world.start().await;
    let admin = server.admin().await;
    let users = admin.get("/api/users").await.json().to_string();
    assert!(users.contains("ann") && !users.contains("bob"), "as it was when the backup was made: {users}");
    (server, admin)
}

/// The entries of an action in the audit, of which there are so many.
pub(super) async fn audited(admin: &Client, action: &str, total: u64) -> Value {
    let logged = admin.get(&format!("/api/audit?action={action}")).await.json();
    assert_eq!(logged["total"], total, "{logged}");
    logged
}

async fn metrics(server: &Server) -> String {
    String::from_utf8_lossy(&server.anybody().get("/metrics").await.body).into_owned()
}

/// The database among the files of the world's one backup.
fn piece(world: &World) -> PathBuf {
    let files = fs::read_dir(world.data_dir().join("backups")).unwrap().flatten().map(|it| it.path());
    files.into_iter().find(|it| it.extension().is_some_and(|it| it == "db")).unwrap()
}

/// Changes a file's bytes as a bad disk would.
pub(super) fn damage(path: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    how(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_backup_of_a_running_server_brings_a_destroyed_database_back() {
    let world = World::sqlite();
    let (server, admin) = with_ann(&world).await;
    does(&world, &["backup"], "Backup made and proved").await;
    let logged = audited(&admin, "CREATE_BACKUP", 1).await;
    assert_eq!(logged["logs"][0]["user"].as_str(), Some("command line"));
    server.user(&admin, "bob").await;
    fails(&world, &["restore", "--yes"], "another server is using").await;

    server.kill();
    fs::write(world.data_dir().join("sortie.db"), "not a database any more").unwrap();
    // Nobody is there to confirm it.
    fails(&world, &["restore"], "--yes").await;
    let said = does(&world, &["restore", "--yes"], "incarnation 2").await;
    assert!(said.contains("before-restore"), "{said}");

    let (server, admin) = knows_ann_alone(&world).await;
    audited(&admin, "RESTORE_BACKUP", 1).await;
    let metrics = metrics(&server).await;
    assert!(metrics.contains("sortie_backup_failures 0"), "{metrics}");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_in_plain_words_and_the_database_stays() {
    let world = World::sqlite();
    world.start().await.kill();
    does(&world, &["backup"], "").await;
    damage(&piece(&world), |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    for args in [&["verify"][..], &["restore", "--yes"]] {
        fails(&world, args, "the backup is damaged").await;
    }
    fails(&world, &["verify", "/no/such/backup"], "no backup at /no/such/backup").await;
    world.start().await.admin().await;
}

#[tokio::test]
async fn a_backup_of_postgresql_is_made_verified_drilled_and_restored_by_the_printed_commands() {
    let world = World::postgres();
    let (server, admin) = with_ann(&world).await;
    let folder = world.folder().join("backups").display().to_string();
    does(&world, &["backup", "--to", &folder], "Backup made and proved").await;
    does(&world, &["verify", &folder], "is whole").await;
    let said = does(&world, &["drill", "--tester", "alice", &folder], "| None | alice |").await;
    assert_eq!(said.matches("[x]").count(), 5, "{said}");
    audited(&admin, "DRILL_BACKUP", 1).await;
    assert_eq!(world.query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sortie_%'"), "0", "no trace is left");
    server.user(&admin, "bob").await;
    fails(&world, &["restore", "--yes", &folder], "another server is using").await;
    server.kill();
    let said = does(&world, &["restore", "--yes", &folder], "incarnation 2").await;
    assert!(said.contains("sortie_before_restore_"), "{said}");
    let (_server, admin) = knows_ann_alone(&world).await;
    audited(&admin, "RESTORE_BACKUP", 1).await;
}

#[tokio::test]
async fn the_servers_own_tools_back_up_and_restore_what_sortie_starts_on() {
    let world = World::postgres();
    let (server, admin) = with_ann(&world).await;
    let (dsn, dump) = (world.variable("SORTIE_DB_DSN").to_owned(), world.folder().join("sortie.dump"));
    run("pg_dump", &["--format=custom", &format!("--file={}", dump.display()), &dsn]);
    server.user(&admin, "bob").await;
    server.kill();
    let into = format!("--dbname={dsn}");
    run("pg_restore", &["--clean", "--if-exists", "--no-owner", &into, &dump.display().to_string()]);
    knows_ann_alone(&world).await;
}

#[tokio::test]
async fn a_drill_beside_a_running_server_says_what_a_restore_would_bring_and_what_it_would_not() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    does(&world, &["backup"], "").await;
    let said = does(&world, &["drill"], "Restored and answering after").await;
    assert_eq!(said.matches("[x]").count(), 5, "{said}");
    let shown = wait_for(SOON, "the drill in the metrics", || async {
        let metrics = metrics(&server).await;
        metrics.contains("sortie_backup_drill_issues 0").then_some(metrics)
    })
    .await;
    assert!(shown.contains("sortie_backup_drill_restore_seconds") && shown.contains("drill_lost_seconds"), "{shown}");
    let people = admin.get("/api/users").await.json().to_string();
    assert!(!people.contains("drill"), "the real server knows nobody of the drill: {people}");

    damage(&piece(&world), |bytes| bytes.truncate(bytes.len() / 2));
    fails(&world, &["drill"], "[ ] the database is whole: the backup is damaged").await;
    let logged = audited(&admin, "DRILL_BACKUP", 2).await;
    assert!(logged.to_string().contains("failure"), "{logged}");
}

#[tokio::test]
async fn a_copy_put_over_the_database_of_a_killed_server_is_what_the_next_one_serves() {
    let world = World::sqlite();
    let (server, admin) = with_ann(&world).await;
    let (file, copy) = (world.data_dir().join("sortie.db"), world.folder().join("copy.db"));
    run("sqlite3", &[&file.display().to_string(), &format!(".backup '{}'", copy.display())]);
    server.user(&admin, "bob").await;
    server.kill();
    fs::copy(&copy, &file).unwrap();
    knows_ann_alone(&world).await;
    assert!(world.logs().contains("the log of the one before was put aside"), "it is said");
}

#[tokio::test]
async fn the_audit_of_a_running_server_is_sealed_exported_and_proved_from_outside() {
    for world in [World::sqlite(), World::postgres()] {
        with_ann_sealed(&world).await;
    }
}

async fn with_ann_sealed(world: &World) {
    let (_server, _admin) = with_ann(world).await;
    let sealed = wait_for(SOON, "everything to be sealed", || async {
        let said = does(world, &["audit", "verify"], "").await;
        said.contains("Not sealed yet: 0.").then_some(said)
    })
    .await;
    assert!(sealed.contains("The audit is what was sealed"), "{sealed}");
    let file = world.folder().join("audit.jsonl").display().to_string();
    does(world, &["audit", "export", "--to", &file], "").await;
    let whole = "audit.jsonl is what was sealed: positions 1 to";
    does(world, &["audit", "verify", "--archive", &file], whole).await;
    let changed = fs::read_to_string(&file).unwrap().replacen("CREATE_USER", "DELETE_USER", 1);
    fs::write(&file, changed).unwrap();
    fails(world, &["audit", "verify", "--archive", &file], "is not what was sealed").await;
    let table = does(world, &["audit", "export", "--format", "csv"], "").await;
    assert!(table.starts_with("position,id,timestamp,user,"), "{table}");
}
