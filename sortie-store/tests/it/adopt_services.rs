//! The container-manager's file: what becomes of it.

use anyhow::{Context, Result};
use sortie_core::{
    port::ServiceStore,
    services::{AppNumber, Target, snapshot::SnapshotKind},
    time::Timestamp,
};
use sortie_store::Store;
use sortie_testkit::old;

use crate::{backend::at_path, schema::sqlite3};

const PRINTED: [&str; 3] = [
    "SELECT * FROM app;",
    "SELECT * FROM service;",
    "SELECT type, createdAt FROM stateSnapshot ORDER BY createdAt DESC LIMIT 10;",
];

#[tokio::test(flavor = "multi_thread")]
async fn its_last_target_is_wanted_and_its_history_is_kept() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("database.sqlite");
    old::write_container_manager(&path)?;
    let settings = at_path(path.clone());
    let adoption = Store::adoption(&settings)?.context("it is not recognised")?;
    assert_eq!(adoption.form.to_string(), "the container-manager");
    let kept: Vec<_> = adoption.tables.iter().map(|it| (it.name.as_str(), it.rows, it.kept)).collect();
    assert_eq!(kept, [("app", 1, 1), ("service", 1, 1), ("image", 1, 1), ("stateSnapshot", 3, 3)]);
    assert_eq!(adoption.others, ["knex_migrations", "knex_migrations_lock"]);
    let noted: Vec<_> = adoption.notes.iter().map(|it| (it.table, it.column, it.was.as_deref())).collect();
    assert_eq!(noted, [("app", "releaseId", Some("v2")), ("service", "status", Some("exited"))]);

    let before = sqlite3(&path, "SELECT * FROM knex_migrations; SELECT * FROM knex_migrations_lock;")?;
    let store = Store::open(settings.clone())?;
    let target = store.latest_snapshot(SnapshotKind::Target).await?.context("no target")?;
    assert_eq!((target.id, target.at), (2, Timestamp::from_micros(1_763_700_000_000_000)));
    let wanted = Target::read(&target.state)?;
    let app = AppNumber::new(1001).context("a number")?;
    assert_eq!(wanted.apps[&app].services[0].config.ports[0].to_string(), "8080:80");
    let current = store.latest_snapshot(SnapshotKind::Current).await?.context("no state")?;
    assert_eq!(current.at, Timestamp::from_micros(1_763_700_000_120_000));
    let images = store.images().await?;
    assert_eq!((images[0].name.as_str(), images[0].size), ("nginx:1", 12_345_678_901));
    store.close();

    assert_eq!(sqlite3(&path, "SELECT * FROM knex_migrations; SELECT * FROM knex_migrations_lock;")?, before);
    assert_eq!(sqlite3(&path, "SELECT appId, appName, \"commit\", releaseId FROM app")?, "1001|Web Server|abc123|");
    for query in PRINTED {
        assert!(!sqlite3(&path, query)?.is_empty(), "{query}");
    }
    let copies = std::fs::read_dir(folder.path())?.filter_map(Result::ok);
    assert_eq!(copies.filter(|it| it.file_name().to_string_lossy().contains("before-adoption")).count(), 1);
    assert_eq!(Store::adoption(&settings)?, None, "it is adopted once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_breaks_a_rule_is_kept_and_every_rule_is_noted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("database.sqlite");
    old::write_container_manager(&path)?;
    let odd = "INSERT INTO stateSnapshot (type, state) VALUES ('target', \
               '{\"apps\":{\"2\":{\"services\":[{\"serviceId\":0,\"serviceName\":\"x y\",\"config\":{\"image\":\"a:1\"}}]}}}')";
    sqlite3(&path, odd)?;
    let settings = at_path(path.clone());
    let adoption = Store::adoption(&settings)?.context("it is not recognised")?;
    let rules: Vec<_> = adoption.notes.iter().filter(|it| it.table == "stateSnapshot").map(|it| &it.why).collect();
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules[0].starts_with("apps.2.services[0].serviceId must be"), "{rules:?}");
    Store::open(settings)?.close();
    assert_eq!(sqlite3(&path, "SELECT count(*) FROM stateSnapshot")?, "4");
    Ok(())
}
