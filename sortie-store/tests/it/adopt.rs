//! Databases of the predecessors: what becomes of them, on both databases.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    app::Visibility,
    id::{CategoryId, SessionId, TenantId, UserId},
    policy::Scope,
    port::{AccountStore, CatalogStore, PageRequest, SessionStore},
    session::Status,
    time::Timestamp,
    user::{PasswordHash, Role},
};
use sortie_store::{Adoption, OpenError, Settings, Store};
use sortie_testkit::{
    contract::sample::tenant,
    old::{self, Old},
    postgres::Cluster,
};
use tempfile::TempDir;

use crate::{
    backend::{at_dsn, at_path},
    schema::sqlite3,
};

/// An old database and how to ask it.
struct Found {
    settings: Settings,
    dsn: Option<String>,
    folder: TempDir,
}

impl Found {
    fn file(form: Old) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        form.write(&folder.path().join("old.db"))?;
        Ok(Self { settings: at_path(folder.path().join("old.db")), dsn: None, folder })
    }

    fn server(form: Old) -> Result<Self> {
        let dsn = form.restore(Cluster::shared())?;
        Ok(Self { settings: at_dsn(&dsn, 2), dsn: Some(dsn), folder: tempfile::tempdir()? })
    }

    fn both(form: Old) -> Result<[Self; 2]> {
        Ok([Self::file(form)?, Self::server(form)?])
    }

    fn ask(&self, sql: &str) -> Result<String> {
        match &self.dsn {
            Some(dsn) => Ok(Cluster::shared().query(dsn, sql)?.trim_end().to_owned()),
            None => sqlite3(&self.folder.path().join("old.db"), sql),
        }
    }

    fn survey(&self) -> Result<Adoption> {
        Store::adoption(&self.settings)?.context("it is not recognised")
    }

    fn adopt(&self) -> Result<Store> {
        Ok(Store::open(self.settings.clone())?)
    }
}

fn taken(adoption: &Adoption, table: &str) -> Option<(usize, usize, Option<String>)> {
    let found = adoption.tables.iter().find(|it| it.name == table)?;
    Some((found.rows, found.kept, found.stays_as.clone()))
}

#[test]
fn every_form_is_taken_over_whole_and_only_once() -> Result<()> {
    for form in Old::ALL {
        for found in Found::both(form)? {
            let adoption = found.survey()?;
            found.adopt()?.close();
            for table in &adoption.tables {
                let today = |it: &str| found.ask(&format!("SELECT count(*) FROM {it}"));
                let own = ["audit_log", "categories"].contains(&table.name.as_str());
                if table.kept > 0 && !own {
                    assert_eq!(today(&table.name)?, table.kept.to_string(), "{form:?} {}", table.name);
                }
                if let Some(name) = &table.stays_as {
                    assert_eq!(today(name)?, table.rows.to_string(), "{form:?} {name}");
                }
            }
            assert_eq!(Store::adoption(&found.settings)?, None, "{form:?} is adopted once");
            assert_eq!(Store::pending(&found.settings)?, Vec::<String>::new());
            let before = found.ask("SELECT count(*), max(id) FROM audit_log")?;
            found.adopt()?.close();
            assert_eq!(found.ask("SELECT count(*), max(id) FROM audit_log")?, before);
        }
    }
    Ok(())
}

#[test]
fn looking_says_what_happens_and_changes_nothing() -> Result<()> {
    let found = Found::file(Old::Migrated)?;
    let path = found.folder.path().join("old.db");
    let before = fs::read(&path)?;
    let adoption = found.survey()?;
    assert!(!Store::migrate(&found.settings, true)?.is_empty());
    assert_eq!(fs::read(&path)?, before);
    assert_eq!(fs::read_dir(found.folder.path())?.count(), 1, "nothing is left beside it");
    assert_eq!(taken(&adoption, "users"), Some((9, 9, None)));
    assert_eq!(
        taken(&adoption, "category_approved_users"),
        Some((3, 1, Some("legacy_category_approved_users".to_owned())))
    );
    assert_eq!(taken(&adoption, "templates"), Some((2, 0, Some("legacy_templates".to_owned()))));
    let told = adoption.lines().join("\n");
    for part in [
        "the older Sortie, with its migrations",
        "s-running",
        "its pod session-s-running may still run",
        "Bad_Quantity",
        "names the tenant \"nowhere\", which does not exist",
        "names a category that does not exist",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    Ok(())
}

#[tokio::test]
async fn apps_are_kept_and_what_cannot_be_read_gets_the_fewest_rights() -> Result<()> {
    for found in Found::both(Old::Migrated)? {
        let store = found.adopt()?;
        let page = PageRequest { limit: Some(100), cursor: None };
        let apps = store.list_apps(&Scope::Tenant(tenant()), &page).await?.items;
        assert_eq!(apps.len(), 6, "those of the default tenant");
        let app = |id: &str| apps.iter().find(|it| it.id.as_str() == id).context("it is listed");
        let editor = app("editor")?;
        assert_eq!(editor.fields.container_args, ["--flag", "two words"]);
        assert_eq!(editor.category.as_ref().map(CategoryId::as_str), Some("cat-1"));
        assert_eq!(editor.fields.egress.as_ref().map(|it| it.rules.len()), Some(1));
        assert_eq!(app("An id/with? ODD letters")?.fields.description, "two\nlines");
        assert_eq!(app("Bad_Quantity")?.fields.resources.cpu_limit, "lots");
        let unreadable = app("unreadable")?;
        assert_eq!(unreadable.fields.visibility, Visibility::AdminOnly);
        assert_eq!(unreadable.fields.egress.as_ref().map(|it| it.rules.is_empty()), Some(true), "nothing is let out");
        let was = "SELECT old_value FROM adoption_notes WHERE row_id = 'unreadable' AND column_name = 'visibility'";
        assert_eq!(found.ask(was)?, "nobody knows");
        assert_eq!(found.ask("SELECT tenant_id FROM applications WHERE id = 'acme-app'")?, "tenant-1");
        let mended = "SELECT count(*) FROM applications WHERE category <> '' AND category_id IS NULL";
        assert_eq!(found.ask(mended)?, "0");
        store.close();
    }
    Ok(())
}

#[tokio::test]
async fn people_keep_their_passwords_their_roles_and_their_rights() -> Result<()> {
    for found in Found::both(Old::Migrated)? {
        let before = found.ask("SELECT password_hash FROM users WHERE id = 'user-anna-1'")?;
        let store = found.adopt()?;
        let user =
            async |id: &str| -> Result<_> { store.find_user(&UserId::new(id)?).await?.context("they are there") };
        let anna = user("user-anna-1").await?;
        assert_eq!(anna.password.as_ref().map(PasswordHash::as_str), Some(before.as_str()));
        assert_eq!(anna.created_at, Timestamp::from_micros(1_735_689_600_000_000), "in UTC");
        assert_eq!((user("user-odd-2").await?.roles, user("user-none-3").await?.roles), (vec![], vec![Role::User]));
        assert_eq!(user("user-torn-4").await?.roles, vec![]);
        let acme = user("user-acme").await?;
        assert!(acme.tenant == TenantId::new("tenant-1")? && acme.roles.contains(&Role::TenantAdmin), "{acme:?}");
        assert_eq!(
            found.ask("SELECT issuer, subject, user_id FROM sso_identities")?,
            "https://idp.example.com|sub-1|oidc-1"
        );
        assert_eq!(found.ask("SELECT category_id, user_id FROM category_approved_users")?, "cat-1|user-anna-1");
        assert_eq!(found.ask("SELECT name, quotas FROM tenants WHERE id = 'tenant-2'")?, "Torn|{}");
        assert_eq!(found.ask("SELECT name FROM tenants WHERE id = 'default'")?, "Ours");
        store.close();
    }
    Ok(())
}

#[tokio::test]
async fn every_session_is_over_and_released_with_the_names_that_it_had() -> Result<()> {
    for found in Found::both(Old::Migrated)? {
        let store = found.adopt()?;
        let session =
            async |id: &str| -> Result<_> { store.find_session(&SessionId::new(id)?).await?.context("it is there") };
        for (id, status) in [
            ("s-running", Status::Failed),
            ("s-creating", Status::Failed),
            ("s-terminated", Status::Failed),
            ("s-stopped", Status::Stopped),
            ("s-expired", Status::Expired),
        ] {
            let found = session(id).await?;
            assert_eq!(found.status, status, "{id}");
            assert!(
                found.released_at.is_some() && found.ending.is_some_and(|it| it.reason.code() == "adopted"),
                "{id}"
            );
        }
        let stopped = session("s-stopped").await?;
        assert_eq!((stopped.owner_name.as_str(), stopped.app_name.as_str()), ("Anna", "Editor"));
        assert_eq!(stopped.created_at, Timestamp::from_micros(1_735_776_000_123_456));
        assert_eq!(stopped.idle_timeout.map(|it| it.as_secs()), Some(600));
        let orphan = session("s-orphan").await?;
        assert_eq!(orphan.app_name, "app-gone");
        assert_eq!(session("s-expired").await?.owner_name, "user-gone-9");
        assert_eq!(found.ask("SELECT count(*) FROM session_shares WHERE share_token IS NOT NULL")?, "0");
        store.close();
    }
    Ok(())
}

#[test]
fn the_audit_goes_on_behind_the_old_rows() -> Result<()> {
    for found in Found::both(Old::Migrated)? {
        found.adopt()?.close();
        let rows = found.ask("SELECT id, \"user\", action, coalesce(actor_id, '') FROM audit_log ORDER BY id")?;
        assert_eq!(rows, "7|anna|LOGIN|\n9|Anna|FILE_UPLOAD|user-anna-1\n10|system|ADOPT_DATABASE|");
        let details = found.ask("SELECT details FROM audit_log WHERE id = 9")?;
        assert_eq!(details, "a line, \"quoted\"\nand a second one");
        assert_eq!(found.ask("SELECT id, app_id, app_name FROM analytics")?, "3|wiki|Wiki");
    }
    Ok(())
}

/// The copies beside a file.
fn copies(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let all = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let is_copy = |it: &Path| it.to_string_lossy().contains(".before-adoption-");
    Ok(all.iter().map(fs::DirEntry::path).filter(|it| is_copy(it)).collect())
}

#[test]
fn the_old_file_stays_beside_the_new_one_for_its_owner_only() -> Result<()> {
    let found = Found::file(Old::Migrated)?;
    found.adopt()?.close();
    let copies = copies(found.folder.path())?;
    let [copy] = copies.as_slice() else { anyhow::bail!("not one copy: {copies:?}") };
    assert_eq!(fs::metadata(copy)?.permissions().mode() & 0o777, 0o600);
    assert_eq!(sqlite3(copy, "SELECT count(*) FROM users; PRAGMA integrity_check")?, "9\nok");
    assert_eq!(sqlite3(copy, "SELECT status FROM sessions WHERE id = 's-running'")?, "running");
    Ok(())
}

#[test]
fn what_has_no_place_today_is_kept_with_a_remark_and_what_is_over_goes() -> Result<()> {
    for found in Found::both(Old::Migrated)? {
        let adoption = found.survey()?;
        let states = adoption.tables.iter().find(|it| it.name == "oidc_states").context("it is listed")?;
        assert_eq!((states.rows, states.kept, states.over, &states.stays_as), (1, 0, 1, &None));
        let told = adoption.lines().join("\n");
        assert!(told.contains("table oidc_states: 0 of 1 rows taken over, 1 over\n"), "{told}");
        assert!(told.contains("note: oidc_states: 1 begun sign-ins end with the old server"), "{told}");
        found.adopt()?.close();
        for (table, row, part) in [
            ("templates", "firefox", "make an app of it"),
            ("app_specs", "spec-1", "registry.example.com/spec:1"),
            ("recordings", "rec-1", "\"a.vncrec\", in the old server's folder of recordings"),
        ] {
            let sql = format!("SELECT remark FROM adoption_notes WHERE table_name = '{table}' AND row_id = '{row}'");
            let remark = found.ask(&sql)?;
            assert!(remark.contains(part) && remark.contains("stays in the old table"), "{table}: {remark}");
            assert_ne!(found.ask(&format!("SELECT count(*) FROM legacy_{table}"))?, "0");
        }
        assert!(found.ask("SELECT count(*) FROM legacy_oidc_states").is_err(), "it is gone");
    }
    Ok(())
}

#[test]
fn a_file_is_as_small_as_its_rows_allow_once_it_is_taken_over() -> Result<()> {
    let found = Found::file(Old::Migrated)?;
    let path = found.folder.path().join("old.db");
    found.ask(
        "WITH RECURSIVE number (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM number WHERE n < 40000)
         INSERT INTO audit_log (id, timestamp, user, action, details)
         SELECT n, '2025-01-01 00:00:00', 'anna', 'LAUNCH', printf('%0200d', n) FROM number; VACUUM",
    )?;
    let before = fs::metadata(&path)?.len();
    found.adopt()?.close();
    assert_eq!(found.ask("PRAGMA freelist_count; PRAGMA integrity_check")?, "0\nok");
    let after = fs::metadata(&path)?.len();
    assert!(before > 8_000_000 && after < before * 2, "{before} became {after}");
    assert_eq!(found.ask("SELECT count(*) FROM audit_log WHERE action = 'LAUNCH'")?, "39901");
    Ok(())
}

#[test]
fn what_fails_half_way_leaves_everything_as_it_was() -> Result<()> {
    // Something of the operator's own that hangs on the old tables.
    let file = Found::file(Old::Migrated)?;
    file.ask("CREATE TABLE own (app TEXT REFERENCES applications (id)); INSERT INTO own VALUES ('not there')")?;
    let server = Found::server(Old::Migrated)?;
    server.ask("CREATE VIEW own AS SELECT id FROM applications")?;
    for (found, named) in [(&file, "own"), (&server, "own")] {
        let before = found.ask("SELECT count(*) FROM users")?;
        let refused = Store::open(found.settings.clone()).err().context("it was opened")?.to_string();
        assert!(refused.contains(named), "{refused}");
        assert_eq!(found.ask("SELECT count(*) FROM users")?, before);
        assert_eq!(found.ask("SELECT status FROM sessions WHERE id = 's-running'")?, "running");
    }
    assert!(copies(file.folder.path())?.is_empty(), "no copy is left");
    Ok(())
}

#[test]
fn a_file_that_is_not_quite_theirs_is_refused_with_the_reason() -> Result<()> {
    let found = Found::file(Old::Sortie)?;
    found.ask("CREATE TABLE leases (name TEXT)")?;
    let told = Store::open(found.settings.clone()).err().context("it was opened")?;
    assert!(matches!(&told, OpenError::Odd { .. }), "{told}");
    let told = told.to_string();
    assert!(told.contains("old.db") && told.contains("leases"), "{told}");
    assert_eq!(found.ask("SELECT count(*) FROM users")?, "9");
    Ok(())
}

#[test]
fn tables_of_somebody_else_stay_where_they_are() -> Result<()> {
    for found in Found::both(Old::WithUsers)? {
        found.ask("CREATE TABLE own (note TEXT)")?;
        found.ask("INSERT INTO own VALUES ('kept')")?;
        assert_eq!(found.survey()?.others, ["own"]);
        found.adopt()?.close();
        assert_eq!(found.ask("SELECT note FROM own")?, "kept");
    }
    Ok(())
}

#[test]
fn databases_that_the_predecessors_really_wrote_are_taken_over_whole() -> Result<()> {
    for original in old::real(".sqlite")? {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("old.db");
        fs::copy(&original, &path)?;
        let adoption = Store::adoption(&at_path(&path))?.with_context(|| format!("{}", original.display()))?;
        Store::open(at_path(&path))?.close();
        for table in &adoption.tables {
            let rows = sqlite3(&original, &format!("SELECT count(*) FROM {}", table.name))?;
            ensure!(rows == table.rows.to_string(), "{}: {}", original.display(), table.name);
            ensure!(
                table.kept + table.over == table.rows || table.stays_as.is_some(),
                "{}: {}",
                original.display(),
                table.name
            );
        }
        assert_eq!(Store::adoption(&at_path(&path))?, None);
    }
    Ok(())
}

#[test]
fn dumps_of_the_predecessors_are_taken_over_whole() -> Result<()> {
    let cluster = Cluster::shared();
    for dump in old::real(".pg.sql")? {
        let (dsn, original) = (cluster.restored(&dump)?, cluster.restored(&dump)?);
        let settings = at_dsn(&dsn, 2);
        let adoption = Store::adoption(&settings)?.context("it is not recognised")?;
        Store::open(settings.clone())?.close();
        for table in &adoption.tables {
            let rows = cluster.query(&original, &format!("SELECT count(*) FROM {}", table.name))?;
            ensure!(rows.trim() == table.rows.to_string(), "{}: {}", dump.display(), table.name);
            ensure!(
                table.kept + table.over == table.rows || table.stays_as.is_some(),
                "{}: {}",
                dump.display(),
                table.name
            );
        }
        let instants = "SELECT string_agg(extract(epoch FROM created_at)::text, ',' ORDER BY id) FROM sessions";
        assert_eq!(cluster.query(&dsn, instants)?, cluster.query(&original, instants)?);
        assert_eq!(Store::adoption(&settings)?, None);
    }
    Ok(())
}
