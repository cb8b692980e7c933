//! A transaction pooler in front of the server: nothing of a session may be relied on.

use anyhow::Result;
use sortie_core::{
    audit::AuditAction,
    id::AppId,
    port::{CatalogStore, CoordinationStore, PortError},
};
use sortie_store::Store;
use sortie_testkit::{
    contract::sample::{app, change},
    postgres::{Cluster, pooler::Pooler},
};

use crate::backend::{self, at_dsn};

#[test]
fn replicas_that_start_together_through_a_pooler_apply_every_migration_once() -> Result<()> {
    let direct = Cluster::shared().empty_database()?;
    let dsn = Pooler::shared().dsn(&direct)?;
    std::thread::scope(|scope| {
        let replicas: Vec<_> =
            (0..8).map(|_| scope.spawn(|| Store::open(at_dsn(&dsn, 1)).map(|it| it.close()))).collect();
        replicas.into_iter().try_for_each(|it| it.join().expect("a replica panicked"))
    })?;
    assert_eq!(Store::pending(&at_dsn(&dsn, 1))?, Vec::<String>::new());
    assert_eq!(Cluster::shared().query(&direct, "SELECT count(*) FROM installation")?, "1");
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(Cluster::shared().query(&direct, locks)?, "0", "a lock of a session is left on the pooler's connection");
    Ok(())
}

#[tokio::test]
async fn more_clients_than_the_pooler_has_connections_are_all_served() -> Result<()> {
    let database = backend::pooled()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    let id = AppId::new("a")?;
    for _ in 0..20 {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (store, id) = (std::sync::Arc::clone(&database.store), id.clone());
            tasks.spawn(async move { store.find_app(&id).await.map(|it| it.is_some()) });
        }
        while let Some(found) = tasks.join_next().await {
            assert!(found??);
        }
    }
    Ok(())
}

#[tokio::test]
async fn limits_for_statements_and_locks_hold_in_every_transaction_through_a_pooler() -> Result<()> {
    let database = backend::pooled()?;
    database.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    // Held by a client of the same pooler.
    let script = "BEGIN; UPDATE change_epochs SET epoch = epoch WHERE kind = 'apps'; SELECT pg_sleep(21);";
    let dsn = database.dsn.clone();
    let holder = std::thread::spawn(move || Cluster::shared().query(&dsn, script));
    let held = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    let begun = std::time::Instant::now();
    while Cluster::shared().query(&database.dsn, held)? == "0" {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "nothing was locked");
    }
    let late = database.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await;
    assert!(matches!(late, Err(PortError::Unavailable(_))), "{late:?}");
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event = 'PgSleep'";
    Cluster::shared().query(&database.dsn, end)?;
    assert!(holder.join().expect("psql ran").is_err(), "the holder was not ended");
    database.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await?;
    database.ping().await?;
    Ok(())
}
