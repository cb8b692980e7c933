//! A whole installation from one database to another: every value, whatever kind each is, or nothing at all.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::AuditAction,
    port::{AccountStore, CatalogStore, CoordinationStore},
};
use sortie_store::{
    OpenError, Settings, Store,
    copy::{self, Copied, Progress},
};
use sortie_testkit::{
    contract::sample::{app, change, sign_in, user},
    old::Old,
    postgres::Cluster,
};
use tempfile::TempDir;

use crate::{
    backend::{at_dsn, at_path},
    schema::sqlite3,
};

const SOON: Duration = Duration::from_secs(20);

/// A database and how to ask it.
struct Place {
    settings: Settings,
    at: At,
    _folder: TempDir,
}

enum At {
    File(PathBuf),
    Server(String),
}

impl Place {
    fn file() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("sortie.db");
        Ok(Self { settings: at_path(&path), at: At::File(path), _folder: folder })
    }

    fn server() -> Result<Self> {
        let dsn = Cluster::shared().empty_database()?;
        Ok(Self { settings: at_dsn(&dsn, 2), at: At::Server(dsn), _folder: tempfile::tempdir()? })
    }

    /// Every way from one kind to another.
    fn ways() -> Result<Vec<(Self, Self)>> {
        Ok(vec![
            (Self::file()?, Self::server()?),
            (Self::server()?, Self::file()?),
            (Self::file()?, Self::file()?),
            (Self::server()?, Self::server()?),
        ])
    }

    fn ask(&self, sql: &str) -> Result<String> {
        match &self.at {
            At::File(path) => sqlite3(path, sql),
            At::Server(dsn) => Cluster::shared().query(dsn, sql),
        }
    }

    fn tables(&self) -> Result<Vec<String>> {
        let text = self.ask(match self.at {
            At::File(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
            At::Server(_) => "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        })?;
        Ok(text.lines().map(str::to_lowercase).collect())
    }

    /// With rows in many tables, and values that make copies stumble.
    async fn filled(&self) -> Result<()> {
        let store = Store::open(self.settings.clone())?;
        let ann = user("ann")?;
        for number in 0..3 {
            store.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, number)).await?;
        }
        store.insert_user(&ann, change(AuditAction::CreateUser, 0)).await?;
        store.insert_sign_in(&sign_in("one", &ann)?, change(AuditAction::Login, 0)).await?;
        store.close();
        drop(store);
        let (bytes, yes) = match self.at {
            At::File(_) => ("x'00ff10'", "1"),
            At::Server(_) => (r"'\x00ff10'", "true"),
        };
        self.ask(&format!(
            "UPDATE applications SET description = '[a]{{\"b\": \"\\\"}} ''é😀', window_manager = {yes} WHERE id = 'app-1';
             UPDATE users SET email = NULL, display_name = '', created_at = '2024-02-29 23:59:59.123456';
             INSERT INTO service_secrets VALUES ('pin', 9007199254740993, {bytes}, '2026-01-01 00:00:00');
             INSERT INTO service_secrets VALUES ('gone', 2, NULL, '2026-01-01 00:00:00.5');
             INSERT INTO statesnapshot (type, state, createdat) VALUES ('target', '{{}}', '2026-01-01 00:00:00');
             INSERT INTO app (appid, appname, \"commit\", services, createdat, updatedat)
                 VALUES (1001, 'shop', 'abc', '{{\"1\":2}}', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
             DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log);
             CREATE TABLE legacy_templates (\"An odd.name\" TEXT, n INTEGER, raw {});
             INSERT INTO legacy_templates VALUES ('two\nlines', 7, {bytes});
             CREATE TABLE somebodys (note TEXT)",
            if matches!(self.at, At::File(_)) { "BLOB" } else { "BYTEA" }
        ))?;
        Ok(())
    }
}

fn copied(from: &Place, to: &Place) -> Result<Copied, OpenError> {
    watched(from, to, &mut |_| {})
}

fn watched(from: &Place, to: &Place, told: &mut dyn FnMut(&Progress)) -> Result<Copied, OpenError> {
    let entry = |_: &Copied| change(AuditAction::CopyDatabase, 9);
    let begun = Instant::now();
    loop {
        match copy::run(&from.settings, &to.settings, &entry, told) {
            // A connection that was just closed still stands in the server's list for a moment, and processes that other
            // tests fork hold locks until they are programs of their own.
            Err(OpenError::InUse(_)) if begun.elapsed() < SOON => std::thread::yield_now(),
            outcome => return outcome,
        }
    }
}

fn refused(from: &Place, to: &Place) -> Result<String> {
    Ok(copied(from, to).err().context("it was copied")?.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_arrives_whatever_kind_each_database_is_and_the_copy_is_served() -> Result<()> {
    for (from, to) in Place::ways()? {
        from.filled().await?;
        let mut seen = Vec::new();
        let done = watched(&from, &to, &mut |it| seen.push(it.clone()))?;
        assert_eq!(done.left, ["somebodys"]);
        let verified: Vec<_> = seen.iter().filter(|it| it.is_verified && it.rows == it.of).collect();
        assert_eq!((verified.len(), verified.iter().map(|it| it.rows).sum()), (done.tables, done.rows));
        for table in from.tables()? {
            let rows = |place: &Place| place.ask(&format!("SELECT count(*) FROM {table}"));
            match table.as_str() {
                "somebodys" => {}
                "audit_log" => assert_eq!(rows(&to)?.parse::<usize>()?, rows(&from)?.parse::<usize>()? + 1),
                _ => assert_eq!(rows(&to)?, rows(&from)?, "{table}"),
            }
        }
        for sql in [
            "SELECT id, incarnation FROM installation",
            "SELECT id, name, description FROM applications ORDER BY id",
            "SELECT id, username, coalesce(email, 'none'), display_name FROM users",
            "SELECT kind, epoch FROM change_epochs ORDER BY kind",
            "SELECT name, revision FROM service_secrets ORDER BY name",
            "SELECT appid, appname, \"commit\", services FROM app",
            "SELECT \"An odd.name\", n FROM legacy_templates",
        ] {
            assert_eq!(to.ask(sql)?, from.ask(sql)?, "{sql}");
        }
        let bytes = match to.at {
            At::File(_) => "SELECT hex(sealed) FROM service_secrets WHERE name = 'pin'",
            At::Server(_) => "SELECT upper(encode(sealed, 'hex')) FROM service_secrets WHERE name = 'pin'",
        };
        assert_eq!(to.ask(bytes)?, "00FF10");
        assert_eq!(to.ask("SELECT raw FROM legacy_templates")?, r"\x00ff10");
        assert_eq!(to.ask("SELECT count(*) FROM users WHERE created_at = '2024-02-29 23:59:59.123456'")?, "1");

        let entry = "SELECT max(id) FROM audit_log WHERE action = 'COPY_DATABASE'";
        let last = from.ask("SELECT max(id) FROM audit_log")?.parse::<i64>()?;
        assert!(to.ask(entry)?.parse::<i64>()? > last + 1, "the number of a row that is gone is not given again");
        assert_eq!(from.ask("SELECT count(*) FROM audit_log WHERE action = 'COPY_DATABASE'")?, "0", "it is only read");
        let store = Store::open(to.settings.clone())?;
        assert_eq!(Store::pending(&to.settings)?, Vec::<String>::new());
        assert_eq!(store.installation().await?.incarnation, 1);
        store.insert_app(&app("later")?, change(AuditAction::CreateApp, 9)).await?;
        store.close();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_system_left_goes_along() -> Result<()> {
    for (from, to) in Place::ways()? {
        match &from.at {
            At::File(path) => Old::Migrated.write(path)?,
            At::Server(_) => continue,
        }
        Store::open(from.settings.clone())?.close();
        copied(&from, &to)?;
        for table in from.tables()?.iter().filter(|it| it.starts_with("legacy_") || *it == "adoption_notes") {
            let rows = from.ask(&format!("SELECT count(*) FROM {table}"))?;
            ensure!(to.ask(&format!("SELECT count(*) FROM {table}"))? == rows && rows != "0", "{table}");
        }
        let notes = "SELECT position, table_name, row_id, column_name, remark FROM adoption_notes ORDER BY position";
        assert_eq!(to.ask(notes)?, from.ask(notes)?);
        Store::open(to.settings.clone())?.close();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_holds_anything_of_ours_is_refused_and_stays_as_it_is() -> Result<()> {
    for (from, to) in Place::ways()? {
        from.filled().await?;
        to.filled().await?;
        let before = to.ask("SELECT count(*), max(id) FROM audit_log")?;
        let told = refused(&from, &to)?;
        assert!(told.contains("not empty"), "{told}");
        assert_eq!(to.ask("SELECT count(*), max(id) FROM audit_log")?, before);
    }
    let (from, to) = (Place::file()?, Place::server()?);
    from.filled().await?;
    to.ask("CREATE TABLE somebodys (id INT)")?;
    copied(&from, &to)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_is_refused_on_either_side() -> Result<()> {
    for (free, used) in Place::ways()? {
        free.filled().await?;
        let server = Store::open(used.settings.clone())?;
        let entry = |_: &Copied| change(AuditAction::CopyDatabase, 9);
        for (from, to) in [(&free, &used), (&used, &free)] {
            let told = copy::run(&from.settings, &to.settings, &entry, &mut |_| {});
            assert!(matches!(&told, Err(OpenError::InUse(_))), "{told:?}");
        }
        server.close();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_older_newer_or_not_there_is_refused_and_no_file_is_left() -> Result<()> {
    let (from, to) = (Place::file()?, Place::file()?);
    let (At::File(source), At::File(target)) = (&from.at, &to.at) else { anyhow::bail!("these are files") };
    assert!(refused(&from, &to)?.contains("does not exist"));
    assert!(!source.exists() && !target.exists());
    Old::Migrated.write(source)?;
    assert!(refused(&from, &to)?.contains("run `sortie migrate`"));
    fs::remove_file(source)?;
    from.filled().await?;
    from.ask("INSERT INTO schema_compatibility (version, serves_from) VALUES ('29991231000001', '20261121000001')")?;
    assert!(refused(&from, &to)?.contains("a newer version"));
    assert!(!target.exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_row_that_cannot_be_copied_leaves_the_target_empty() -> Result<()> {
    for (from, to, spoil) in [
        // PostgreSQL keeps no such letter, no such number, and no row without its parent.
        (Place::file()?, Place::server()?, "UPDATE applications SET description = 'a' || char(0) || 'b'"),
        (Place::file()?, Place::server()?, "UPDATE applications SET version = 'many'"),
        (Place::file()?, Place::server()?, "INSERT INTO category_admins VALUES ('none', 'nobody')"),
        (Place::file()?, Place::file()?, "INSERT INTO category_admins VALUES ('none', 'nobody')"),
    ] {
        from.filled().await?;
        from.ask(spoil)?;
        let told = refused(&from, &to)?;
        assert!(told.contains("applications") || told.contains("category_admins"), "{told}");
        match &to.at {
            At::File(path) => assert!(!path.exists(), "the file that was made is gone"),
            At::Server(_) => assert_eq!(to.tables()?, Vec::<String>::new()),
        }
    }
    Ok(())
}
