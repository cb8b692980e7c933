//! Backups of PostgreSQL: consistent under writes, damage found, restored whole or not at all, what was there kept.

use std::{collections::HashSet, fs, path::Path};

use anyhow::{Context, Result};
use sortie_core::{
    audit::AuditAction,
    port::{AccountStore, CatalogStore, CoordinationStore},
    time::Timestamp,
};
use sortie_store::{
    OpenError, Store,
    backup::{self, BackupError, Destination, Found, Made, Restored},
};
use sortie_testkit::{
    contract::sample::{app, change, sign_in, user},
    postgres::Cluster,
};

use crate::{
    backend::{self, Server, at_dsn, at_path},
    damage,
    writers::Writers,
};

/// 2026-11-21, 12:24:19 UTC.
const NOW: Timestamp = Timestamp::from_micros(1_795_263_859_000_000);

fn make(dsn: &str, folder: &Path) -> Result<Made, BackupError> {
    backup::make(&at_dsn(dsn, 1), &Destination::Folder(folder.to_owned()), Path::new("/"), None, NOW, &mut |_| {})
}

fn restore(dsn: &str, found: &Found) -> Result<Restored, BackupError> {
    let scratch = tempfile::tempdir().map_err(|source| BackupError::File { what: "scratch".to_owned(), source })?;
    let change = change(AuditAction::RestoreBackup, 7);
    backup::restore(&at_dsn(dsn, 1), found, &change, scratch.path(), &mut |_| {})
}

fn verify(dsn: &str, found: &Found) -> Result<backup::Proof, BackupError> {
    let scratch = tempfile::tempdir().map_err(|source| BackupError::File { what: "scratch".to_owned(), source })?;
    backup::verify(&at_dsn(dsn, 1), found, scratch.path(), &mut |_| {})
}

fn ask(dsn: &str, sql: &str) -> Result<String> {
    Cluster::shared().query(dsn, sql)
}

/// What a database says about itself, table by table, whatever is in it.
fn everything(dsn: &str) -> Result<String> {
    let names = ask(dsn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")?;
    let mut all = String::new();
    for name in names.lines() {
        let sql =
            format!("SELECT '{name}', count(*), md5(string_agg(it::text, '|' ORDER BY it::text)) FROM \"{name}\" it");
        all.push_str(&ask(dsn, &sql)?);
        all.push('\n');
    }
    Ok(all)
}

async fn with_odd_rows() -> Result<Server> {
    let server = backend::postgres()?;
    for number in 0..3 {
        server.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, number)).await?;
    }
    let ann = user("ann")?;
    server.insert_user(&ann, change(AuditAction::CreateUser, 0)).await?;
    server.insert_sign_in(&sign_in("one", &ann)?, change(AuditAction::Login, 0)).await?;
    // What makes text formats stumble; a table that no migration makes; one that is somebody else's.
    ask(
        &server.dsn,
        r#"UPDATE applications SET description = E'[a]\n{"b": "\\"}\t, ''é😀' WHERE id = 'app-1';
           CREATE TABLE legacy_templates ("Odd ""name" numeric(40,20), at timestamptz, raw bytea, real double precision, ok boolean);
           INSERT INTO legacy_templates VALUES (12345678901234567890.12345678901234567890, '2024-02-29 23:59:59.123456+02', '\x00ff10', 0.1, NULL);
           CREATE TABLE unrelated (id int); INSERT INTO unrelated VALUES (1)"#,
    )?;
    Ok(server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_proved_on_the_server_without_a_trace_and_restores_every_value_to_an_empty_database() -> Result<()>
{
    let server = with_odd_rows().await?;
    let folder = tempfile::tempdir()?;
    let made = make(&server.dsn, folder.path())?;
    let names: HashSet<_> =
        fs::read_dir(folder.path())?.flatten().map(|it| it.file_name().to_string_lossy().into_owned()).collect();
    for ending in ["jsonl", "json", "sha256"] {
        assert!(names.contains(&format!("sortie-20261121-122419.{ending}")), "{names:?}");
    }
    assert_eq!((made.manifest.database.as_str(), made.manifest.tables["applications"]), ("postgres", 3));
    assert!(!made.manifest.tables.contains_key("unrelated"), "that is not ours");
    let found = backup::find(folder.path())?;
    let before = everything(&server.dsn)?;
    let proof = verify(&server.dsn, &found)?;
    assert_eq!((proof.rows, proof.pending), (made.manifest.rows(), 0));
    assert_eq!(everything(&server.dsn)?, before);
    assert_eq!(ask(&server.dsn, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sortie_%'")?, "0");

    let empty = Cluster::shared().empty_database()?;
    let restored = restore(&empty, &found)?;
    assert_eq!(restored.kept, None);
    for table in ["applications", "users", "legacy_templates", "settings", "tenants", "schema_compatibility"] {
        let sql = format!("SELECT string_agg(it::text, '|' ORDER BY it::text) FROM {table} it");
        assert_eq!(ask(&empty, &sql)?, ask(&server.dsn, &sql)?, "{table}");
    }
    assert_eq!(ask(&empty, "SELECT count(*) FROM sign_ins WHERE revoked_at IS NULL")?, "0", "old sign-ins are void");
    // The restored one is a database like any other: keys, triggers and counters work.
    let count = "SELECT count(*) FROM pg_constraint WHERE contype IN ('f', 'c', 'p', 'u')";
    assert_eq!(ask(&empty, count)?, ask(&server.dsn, count)?);
    assert_eq!(ask(&empty, "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")?, "0");
    let store = Store::open(at_dsn(&empty, 2))?;
    assert_eq!(store.installation().await?.incarnation, 2);
    assert_eq!(store.installation().await?.id, server.installation().await?.id);
    store.insert_app(&app("later")?, change(AuditAction::CreateApp, 9)).await?;
    store.close();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_refuses_a_database_in_use_and_keeps_what_was_there() -> Result<()> {
    let server = with_odd_rows().await?;
    let folder = tempfile::tempdir()?;
    make(&server.dsn, folder.path())?;
    let found = backup::find(folder.path())?;
    server.insert_user(&user("bob")?, change(AuditAction::CreateUser, 0)).await?;
    let refused = restore(&server.dsn, &found);
    assert!(matches!(&refused, Err(BackupError::Database(OpenError::InUse(_)))), "{:?}", refused.map(drop));
    server.close();
    let before = everything(&server.dsn)?;
    let (dsn, found) = (server.dsn.clone(), found);
    drop(server.store);
    let restored = crate::backup::once_free(|| restore(&dsn, &found))?;
    let kept = restored.kept.context("what was there")?;
    assert!(kept.starts_with("sortie_before_restore_"), "{kept}");
    assert_eq!(ask(&dsn, &format!("SELECT count(*) FROM {kept}.users WHERE username = 'bob'"))?, "1");
    assert_eq!(ask(&dsn, "SELECT count(*) FROM users WHERE username = 'bob'")?, "0");
    assert_eq!(ask(&dsn, "SELECT count(*) FROM audit_log WHERE action = 'RESTORE_BACKUP'")?, "1");
    assert_eq!(ask(&dsn, "SELECT count(*) FROM unrelated")?, "1", "others' tables stay where they are");
    assert_ne!(everything(&dsn)?, before);
    Store::open(at_dsn(&dsn, 1))?.close();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_does_not_fit_or_is_damaged_changes_nothing() -> Result<()> {
    let server = with_odd_rows().await?;
    let folder = tempfile::tempdir()?;
    make(&server.dsn, folder.path())?;
    let found = backup::find(folder.path())?;
    let empty = Cluster::shared().empty_database()?;
    let piece = folder.path().join("sortie-20261121-122419.jsonl");
    let good = fs::read(&piece)?;
    for place in [0, good.len() / 3, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 4;
        fs::write(&piece, &bad)?;
        assert!(matches!(restore(&empty, &found), Err(BackupError::Damaged(_))), "at {place}");
        assert!(matches!(verify(&empty, &found), Err(BackupError::Damaged(_))), "at {place}");
    }
    fs::write(&piece, &good[..good.len() / 2])?;
    assert!(matches!(restore(&empty, &found), Err(BackupError::Damaged(_))));
    fs::write(&piece, good)?;
    assert_eq!(ask(&empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")?, "0");
    let file = backend::sqlite()?;
    let scratch = tempfile::tempdir()?;
    let told = backup::verify(&at_path(&file.path), &found, scratch.path(), &mut |_| {});
    assert!(told.map(drop).unwrap_err().to_string().contains("PostgreSQL"), "there is no server to prove it on");
    ask(&empty, "CREATE TABLE sessions (id text)")?;
    assert!(restore(&empty, &found).is_err(), "that table is somebody else's");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_a_thousand_damages_is_detected_and_the_database_is_not_touched() -> Result<()> {
    let server = with_odd_rows().await?;
    let folder = tempfile::tempdir()?;
    let to = Destination::Folder(folder.path().to_owned());
    backup::make(&at_dsn(&server.dsn, 1), &to, Path::new("/"), Some(damage::KEYS), NOW, &mut |_| {})?;
    let target = Cluster::shared().empty_database()?;
    damage::a_thousand(folder.path(), || restore(&target, &backup::find(folder.path())?).map(drop))?;
    assert_eq!(ask(&target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")?, "0");
    restore(&target, &backup::find(folder.path())?)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_writes_restores_with_every_row_acknowledged_before_it_began() -> Result<()> {
    let server = backend::postgres()?;
    let writers = Writers::start(&server.store);
    let folder = tempfile::tempdir()?;
    for _ in 0..5 {
        let before = writers.acknowledged();
        let (dsn, to) = (server.dsn.clone(), folder.path().to_owned());
        let rows = tokio::task::spawn_blocking(move || -> Result<String> {
            let made = make(&dsn, &to)?;
            let empty = Cluster::shared().empty_database()?;
            restore(&empty, &backup::find(Path::new(&made.address))?)?;
            let rows = ask(&empty, "SELECT id FROM applications")?;
            let entries = ask(&empty, "SELECT count(*) FROM audit_log WHERE action = 'CREATE_APP'")?;
            assert_eq!(entries, rows.lines().count().to_string(), "each row has its entry in the audit");
            Ok(rows)
        })
        .await??;
        let lost = Writers::lost(&before, &rows);
        assert!(lost.is_empty(), "acknowledged before the backup began, and not in it: {lost:?}");
        writers.go_on_after(&before).await?;
    }
    writers.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_go_on_where_they_were_and_a_backup_of_an_older_schema_is_brought_up_to_date() -> Result<()> {
    let server = backend::postgres()?;
    for number in 0..4 {
        server.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, number)).await?;
    }
    let last: i64 = ask(&server.dsn, "SELECT max(id) FROM audit_log")?.parse()?;
    // Numbers of entries that are gone are not given again; and the seals had not come yet.
    let newest = "'20261121000022'";
    ask(
        &server.dsn,
        &format!(
            "DELETE FROM audit_log WHERE id = {last}; DROP TABLE audit_seals, audit_batches, audit_cuts; \
             DELETE FROM __diesel_schema_migrations WHERE version = {newest}; \
             DELETE FROM schema_compatibility WHERE version = {newest}"
        ),
    )?;
    let folder = tempfile::tempdir()?;
    make(&server.dsn, folder.path())?;
    let found = backup::find(folder.path())?;
    assert_eq!(verify(&server.dsn, &found)?.pending, 1);
    let empty = Cluster::shared().empty_database()?;
    restore(&empty, &found)?;
    let entry: i64 = ask(&empty, "SELECT max(id) FROM audit_log")?.parse()?;
    assert!(entry > last, "the entry of the restore has a number of its own");
    let store = Store::open(at_dsn(&empty, 1))?;
    assert_eq!(store.installation().await?.incarnation, 2);
    store.close();
    Ok(())
}
