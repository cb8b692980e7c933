//! The file: who may open it, what stands in it, what is left of it.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::Result;
use sortie_core::{
    audit::AuditAction,
    id::AppId,
    policy::Scope,
    port::{CatalogStore, CoordinationStore, PageRequest, PortError, SessionStore, sessions::Start},
    quota::Limits,
};
use sortie_store::{OpenError, Store};
use sortie_testkit::contract::sample::{app, change, session, tenant};

use crate::{
    backend::{self, at_path},
    schema::sqlite3,
};

/// What a person reads who tries to open this file.
fn refusal(path: &Path) -> String {
    Store::open(at_path(path)).map_or_else(|error| error.to_string(), |_| "it was opened".to_owned())
}

#[test]
fn a_second_server_on_the_same_file_is_refused_until_the_first_is_gone() -> Result<()> {
    let database = backend::sqlite()?;
    let second = Store::open(at_path(&database.path));
    assert!(matches!(second, Err(OpenError::InUse(_))), "a second server was let in");
    assert!(refusal(&database.path).contains("another server is using"));
    let backend::File { store, path, folder } = database;
    drop(store);
    Store::open(at_path(path))?;
    drop(folder);
    Ok(())
}

#[tokio::test]
async fn a_clean_stop_leaves_the_file_alone_and_the_rows_in_it() -> Result<()> {
    let database = backend::sqlite()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    assert!(database.path.with_extension("db-wal").exists(), "the write-ahead log is in use");
    let store = database.store.clone();
    tokio::task::spawn_blocking(move || store.close()).await?;
    assert!(!database.path.with_extension("db-wal").exists(), "-wal is left");
    assert!(!database.path.with_extension("db-shm").exists(), "-shm is left");
    let late = database.find_app(&AppId::new("a")?).await;
    assert!(matches!(late, Err(PortError::Unavailable(_))), "{late:?}");
    let late = database.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await;
    assert!(matches!(late, Err(PortError::Unavailable(_))), "{late:?}");
    assert_eq!(sqlite3(&database.path, "SELECT count(*) FROM applications")?, "1");
    Ok(())
}

#[tokio::test]
async fn the_stock_sqlite3_reads_and_writes_the_file_while_a_server_has_it() -> Result<()> {
    let database = backend::sqlite()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    assert_eq!(sqlite3(&database.path, "PRAGMA integrity_check")?, "ok");
    assert_eq!(sqlite3(&database.path, "SELECT id FROM applications")?, "a");
    sqlite3(&database.path, "PRAGMA busy_timeout = 5000; UPDATE applications SET description = 'by hand'")?;
    let found = database.find_app(&AppId::new("a")?).await?;
    assert_eq!(found.map(|it| it.fields.description).as_deref(), Some("by hand"));
    Ok(())
}

#[tokio::test]
async fn times_are_text_in_utc_with_six_digits() -> Result<()> {
    let database = backend::sqlite()?;
    let mut one = session("s", "u", 0)?;
    one.last_input_at = Some(sortie_core::time::Timestamp::from_micros(1_000_000));
    database.launch(&one, Start::Cold, Limits::default(), change(AuditAction::CreateSession, 0)).await?;
    database.take_lease("job", "me", std::time::Duration::ZERO).await?;
    assert_eq!(
        sqlite3(&database.path, "SELECT typeof(created_at), created_at, last_input_at FROM sessions")?,
        "text|2025-11-21 04:40:00.120450|1970-01-01 00:00:01.000000"
    );
    let text = "SELECT count(*) FROM (SELECT until AS t FROM leases UNION ALL SELECT timestamp FROM audit_log \
                UNION ALL SELECT created_at FROM tenants UNION ALL SELECT timestamp FROM analytics) \
                WHERE t GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]'";
    assert_eq!(sqlite3(&database.path, text)?, "4");
    Ok(())
}

#[test]
fn a_file_with_tables_of_something_else_is_refused_and_not_touched() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("old.db");
    sqlite3(
        &path,
        "CREATE TABLE applications (id TEXT PRIMARY KEY, name TEXT); INSERT INTO applications VALUES ('a', 'A')",
    )?;
    let before = fs::read(&path)?;
    let said = refusal(&path);
    assert!(said.contains("did not make") && said.contains("`applications`") && said.contains("old.db"), "{said}");
    assert!(Store::pending(&at_path(&path)).is_err(), "its migrations were listed");
    assert_eq!(fs::read(&path)?, before);
    Ok(())
}

#[test]
fn a_file_that_is_no_database_is_refused_and_not_touched() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("notes.txt");
    let text = "not a database ".repeat(100);
    fs::write(&path, &text)?;
    let said = refusal(&path);
    assert!(said.contains("notes.txt cannot be read"), "{said}");
    assert_eq!(fs::read_to_string(&path)?, text);
    Ok(())
}

#[test]
fn a_newer_schema_is_served_down_to_its_mark_and_refused_below() -> Result<()> {
    let database = backend::sqlite()?;
    let backend::File { store, path, folder } = database;
    drop(store);
    let add = |serves_from: &str| {
        sqlite3(
            &path,
            &format!(
                "INSERT OR REPLACE INTO schema_compatibility (version, serves_from) VALUES ('99', '{serves_from}')"
            ),
        )
    };
    add("2026")?;
    Store::open(at_path(&path))?.close();
    add("99")?;
    let said = refusal(&path);
    assert!(said.contains("use a newer version"), "{said}");
    drop(folder);
    Ok(())
}

#[test]
fn what_is_missing_is_listed_without_making_a_file_and_applied_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("new.db");
    let settings = at_path(&path);
    let missing = Store::migrate(&settings, true)?;
    assert!(missing.len() >= 6 && missing.is_sorted(), "{missing:?}");
    assert!(!path.exists(), "looking made a file");
    assert_eq!(Store::migrate(&settings, false)?, missing);
    assert_eq!(Store::pending(&settings)?, Vec::<String>::new());
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn one_row_that_cannot_be_read_does_not_stop_a_list() -> Result<()> {
    let database = backend::sqlite()?;
    for id in ["a", "b"] {
        database.insert_app(&app(id)?, change(AuditAction::CreateApp, 0)).await?;
    }
    let good = session("s-1", "u", 0)?;
    database.launch(&good, Start::Cold, Limits::default(), change(AuditAction::CreateSession, 0)).await?;
    database
        .launch(&session("s-2", "u", 0)?, Start::Cold, Limits::default(), change(AuditAction::CreateSession, 0))
        .await?;
    sqlite3(
        &database.path,
        "UPDATE applications SET env = '{' WHERE id = 'a'; UPDATE sessions SET spec = '[]' WHERE id = 's-2'",
    )?;
    let listed = database.list_apps(&Scope::Tenant(tenant()), &PageRequest::default()).await?;
    assert_eq!(listed.items.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(database.unreleased(&good.place).await?, vec![good]);
    let found = database.find_app(&AppId::new("a")?).await;
    let Err(PortError::Broken(error)) = found else { panic!("found {found:?}") };
    assert!(error.to_string().starts_with("column applications.env of row \"a\""), "{error}");
    Ok(())
}
