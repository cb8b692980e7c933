//! Hints between replicas: what one commits wakes the others, at once and without a flood.

use std::time::Duration;

use anyhow::Result;
use sortie_core::{
    audit::AuditAction,
    port::{CatalogStore, CoordinationStore},
};
use sortie_store::{Database, Settings, Store};
use sortie_testkit::{
    contract::sample::{app, change},
    postgres::{Cluster, pooler::Pooler},
};
use tokio::time::timeout;

use crate::backend::{self, at_dsn};

const SOON: Duration = Duration::from_secs(10);

/// What a listener has heard once it is quiet for a while: connecting counts as one.
async fn settled(store: &Store, mut seen: u64) -> u64 {
    while let Ok(Ok(heard)) = timeout(Duration::from_millis(300), store.hinted(seen)).await {
        seen = heard;
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_one_replica_wakes_the_others_and_not_itself() -> Result<()> {
    let one = backend::postgres()?;
    let other = Store::open(at_dsn(&one.dsn, 2))?;
    let (own, foreign) = (timeout(SOON, one.hinted(0)).await??, timeout(SOON, other.hinted(0)).await??);
    let (own, foreign) = (settled(&one, own).await, settled(&other, foreign).await);
    one.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    assert!(timeout(SOON, other.hinted(foreign)).await?? > foreign);
    assert_eq!(settled(&one, own).await, own, "its own commit is no news");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commits_become_few_hints_and_leases_none() -> Result<()> {
    const COMMITS: u64 = 300;
    let one = backend::postgres()?;
    let other = Store::open(at_dsn(&one.dsn, 2))?;
    let heard = timeout(SOON, other.hinted(0)).await??;
    let before = settled(&other, heard).await;
    for _ in 0..20 {
        one.take_lease("job", "me", SOON).await?;
    }
    assert_eq!(settled(&other, before).await, before, "a lease concerns nobody else");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..COMMITS {
        let store = std::sync::Arc::clone(&one.store);
        tasks.spawn(async move {
            store.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
            anyhow::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let hints = settled(&other, before).await - before;
    assert!((1..COMMITS / 2).contains(&hints), "{hints} hints for {COMMITS} commits");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_go_round_a_pooler_where_there_is_a_direct_way_and_come_back_after_an_interruption() -> Result<()> {
    let direct = Cluster::shared().empty_database()?;
    let open = || {
        let dsn = Pooler::shared().dsn(&direct)?;
        let database = Database::Postgres { dsn, direct_dsn: Some(direct.clone()), max_connections: 2 };
        anyhow::Ok(Store::open(Settings { database })?)
    };
    let (one, other) = (open()?, open()?);
    let heard = timeout(SOON, other.hinted(0)).await??;
    let before = settled(&other, heard).await;
    one.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    assert!(timeout(SOON, other.hinted(before)).await?? > before);
    let before = settled(&other, before).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Cluster::shared().query(&direct, end)?;
    // The listener connects again, and counts that as a hint, for it may have missed some.
    let again = timeout(SOON, other.hinted(before)).await??;
    let before = settled(&other, again).await;
    one.insert_app(&app("b")?, change(AuditAction::CreateApp, 0)).await?;
    assert!(timeout(SOON, other.hinted(before)).await?? > before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_leaves_no_connection_behind() -> Result<()> {
    let database = backend::postgres()?;
    database.ping().await?;
    database.close();
    let left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let begun = std::time::Instant::now();
    while Cluster::shared().query(&database.dsn, left)? != "0" {
        assert!(begun.elapsed() < SOON, "connections are left after closing");
    }
    Ok(())
}
