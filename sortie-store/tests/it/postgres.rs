//! The server: migrations in a crowd, and what happens while it is away.

use std::time::{Duration, Instant};

use anyhow::Result;
use sortie_core::{
    audit::AuditAction,
    id::AppId,
    port::{CatalogStore, CoordinationStore, PortError},
};
use sortie_store::{OpenError, Store};
use sortie_testkit::{
    contract::sample::{app, change},
    postgres::Cluster,
};

use crate::backend::{self, at_dsn};

#[test]
fn replicas_that_start_together_apply_every_migration_once() -> Result<()> {
    let dsn = Cluster::shared().empty_database()?;
    std::thread::scope(|scope| {
        let replicas: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Store::open(at_dsn(&dsn, 1)).map(|it| it.close()))).collect();
        replicas.into_iter().try_for_each(|it| it.join().expect("a replica panicked"))
    })?;
    assert_eq!(Store::pending(&at_dsn(&dsn, 1))?, Vec::<String>::new());
    let installations = Cluster::shared().query(&dsn, "SELECT count(*) FROM installation")?;
    assert_eq!(installations, "1");
    Ok(())
}

#[test]
fn a_database_with_tables_of_something_else_is_refused_and_not_touched() -> Result<()> {
    let cluster = Cluster::shared();
    let dsn = cluster.empty_database()?;
    cluster.query(&dsn, "CREATE TABLE unrelated (id int); CREATE TABLE sessions (id text)")?;
    let refused = Store::open(at_dsn(&dsn, 1));
    assert!(
        matches!(&refused, Err(OpenError::Foreign { table, .. }) if table == "sessions"),
        "a foreign one was opened"
    );
    assert_eq!(cluster.query(&dsn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")?, "2");
    Ok(())
}

#[test]
fn tables_of_other_names_are_no_reason_to_refuse() -> Result<()> {
    let cluster = Cluster::shared();
    let dsn = cluster.empty_database()?;
    cluster.query(&dsn, "CREATE TABLE unrelated (id int)")?;
    Store::open(at_dsn(&dsn, 1))?;
    Ok(())
}

#[test]
fn a_server_that_is_not_there_is_said_so_within_seconds() {
    let asked = Instant::now();
    let refused = Store::open(at_dsn("host=/nowhere/at/all dbname=x", 1));
    assert!(matches!(refused, Err(OpenError::Unreachable(_))), "something was opened");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_change_that_waits_for_a_lock_gives_up_within_seconds_and_says_later() -> Result<()> {
    let database = backend::postgres()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    // A session that keeps the row of the epochs locked, as a hung client would.
    let script = "BEGIN; UPDATE change_epochs SET epoch = epoch WHERE kind = 'apps'; SELECT pg_sleep(20);";
    let (dsn, asked) = (database.dsn.clone(), Instant::now());
    let holder = std::thread::spawn(move || Cluster::shared().query(&dsn, script));
    let locked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid() \
                  AND wait_event = 'PgSleep'";
    while Cluster::shared().query(&database.dsn, locked)? == "0" {
        assert!(asked.elapsed() < Duration::from_secs(10), "nothing was locked");
    }
    let asked = Instant::now();
    let late = database.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await;
    assert!(matches!(late, Err(PortError::Unavailable(_))), "{late:?}");
    assert!(asked.elapsed() < Duration::from_secs(6), "{:?}", asked.elapsed());
    Cluster::shared()
        .query(&database.dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")?;
    assert!(holder.join().expect("psql ran").is_err(), "the holder was not ended");
    database.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await?;
    Ok(())
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced_without_an_error() -> Result<()> {
    let database = backend::postgres()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Cluster::shared().query(&database.dsn, end)?;
    assert!(database.find_app(&AppId::new("a")?).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_database_that_went_away_is_said_so_within_seconds_and_used_again_when_it_is_back() -> Result<()> {
    let (database, cluster) = (backend::postgres()?, Cluster::shared());
    let other = cluster.empty_database()?;
    let name = database.dsn.rsplit('=').next().unwrap_or_default();
    let allow = |allowed: bool| cluster.query(&other, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"));
    allow(false)?;
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    cluster.query(&other, &end)?;
    for _ in 0..2 {
        let asked = Instant::now();
        let read = database.find_app(&AppId::new("a")?).await;
        assert!(matches!(read, Err(PortError::Unavailable(_))), "{read:?}");
        let written = database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await;
        assert!(matches!(written, Err(PortError::Unavailable(_))), "{written:?}");
        assert!(asked.elapsed() < Duration::from_secs(5), "two calls took {:?}", asked.elapsed());
    }
    allow(true)?;
    let back = Instant::now();
    while let Err(error) = database.ping().await {
        assert!(back.elapsed() < Duration::from_secs(10), "it is still said to be away: {error}");
    }
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    Ok(())
}
