//! Handing the audit on: in the chain's order, again until it is marked, and never past what is there.

use std::sync::Arc;

use anyhow::Result;
use serde_json::Value;
use sortie_core::{
    audit::AuditAction,
    port::{
        AuditOutbox, AuditSeals, CatalogStore, Notary, PortError,
        forward::{Backlog, Consignment},
        seals::CutRule,
    },
};
use sortie_store::Store;
use sortie_testkit::contract::sample::{app, at, change};

use crate::{
    backend,
    seals::{ToyNotary, sealed},
};

fn positions(consignment: &Consignment) -> Result<Vec<i64>> {
    let lines = consignment.lines.iter();
    lines.map(|it| Ok(serde_json::from_str::<Value>(it)?["position"].as_i64().unwrap_or_default())).collect()
}

async fn marked(store: &Store, limit: u32) -> Result<Vec<Consignment>> {
    let mut all = Vec::new();
    while let Some(next) = store.next_audit(limit).await? {
        store.mark_audit(&next, at(1_000)).await?;
        all.push(next);
    }
    Ok(all)
}

async fn in_order_and_again_until_marked(store: &Store) -> Result<()> {
    assert_eq!((store.next_audit(5).await?, store.audit_backlog(at(0)).await?), (None, Backlog::default()));
    let notary = Arc::<ToyNotary>::default();
    sealed(store, &notary).await?;
    assert_eq!(store.audit_backlog(at(200)).await?, Backlog { entries: 12, oldest: Some(at(0)) });

    let first = store.next_audit(5).await?.unwrap();
    assert_eq!((first.after, first.through, positions(&first)?), (0, 5, vec![1, 2, 3, 4, 5]));
    assert_eq!(store.next_audit(5).await?.as_ref(), Some(&first), "what was not marked comes again, the same");
    store.mark_audit(&first, at(300)).await?;
    let again = store.mark_audit(&first, at(301)).await;
    assert!(matches!(again, Err(PortError::Conflict)), "another one was quicker: {again:?}");
    assert_eq!(store.audit_backlog(at(300)).await?, Backlog { entries: 7, oldest: Some(at(5)) });

    let rest = marked(store, 5).await?;
    let seen: Vec<_> = rest.iter().map(positions).collect::<Result<_>>()?;
    assert_eq!(seen, [vec![6, 7, 8, 9, 10], vec![11, 12]]);
    assert_eq!(store.audit_backlog(at(300)).await?, Backlog::default());
    // Each follows from the one before, over the borders of consignments.
    let mut before = None;
    for line in [first].iter().chain(&rest).flat_map(|it| &it.lines) {
        let entry: Value = serde_json::from_str(line)?;
        assert!(before.is_none_or(|it| it == entry["previous_hash"]), "{entry}");
        before = Some(entry["chain_hash"].clone());
    }

    store.insert_app(&app("later")?, change(AuditAction::CreateApp, 400)).await?;
    assert_eq!(store.next_audit(5).await?, None, "what is not sealed has no place yet");
    let waits = store.audit_backlog(at(500)).await?;
    assert_eq!(waits, Backlog { entries: 0, oldest: Some(at(400)) }, "and it is seen that it waits");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_of_a_file_is_handed_on_in_order_and_again_until_it_is_marked() -> Result<()> {
    in_order_and_again_until_marked(&backend::sqlite()?.store).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_of_a_server_is_handed_on_in_order_and_again_until_it_is_marked() -> Result<()> {
    in_order_and_again_until_marked(&backend::postgres()?.store).await
}

async fn retention_waits(store: &Store) -> Result<()> {
    let notary = Arc::<ToyNotary>::default();
    sealed(store, &notary).await?;
    let signing: Arc<dyn Notary> = notary;
    let prune = |seconds| change(AuditAction::PruneAudit, seconds);
    let rule = CutRule { before: at(9), is_forwarded: true };
    assert_eq!(store.cut_audit(rule, &signing, prune(200)).await?, None, "nobody has them yet");
    let first = store.next_audit(6).await?.unwrap();
    store.mark_audit(&first, at(200)).await?;
    // Two batches of four are old enough; the collector has the first, and half of the second.
    let gone = store.cut_audit(rule, &signing, prune(201)).await?.unwrap();
    assert_eq!((gone.batch, gone.position), (1, 4));
    let next = store.next_audit(2).await?.unwrap();
    assert_eq!(positions(&next)?, [7, 8]);

    // Where nobody waited for the collector, it goes on behind what is gone.
    let forgotten = CutRule { before: at(9), is_forwarded: false };
    assert_eq!(store.cut_audit(forgotten, &signing, prune(202)).await?.map(|it| it.position), Some(8));
    let next = store.next_audit(50).await?.unwrap();
    assert_eq!((next.after, next.through, positions(&next)?), (6, 12, vec![9, 10, 11, 12]));
    assert_eq!(store.audit_backlog(at(300)).await?, Backlog { entries: 4, oldest: Some(at(8)) });
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_in_a_file_waits_for_the_collector() -> Result<()> {
    retention_waits(&backend::sqlite()?.store).await
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_on_a_server_waits_for_the_collector() -> Result<()> {
    retention_waits(&backend::postgres()?.store).await
}

#[tokio::test(flavor = "multi_thread")]
async fn large_entries_go_few_at_once_and_a_very_large_one_alone() -> Result<()> {
    let file = backend::sqlite()?;
    for (number, size) in [(0, 600_000), (1, 600_000), (2, 3_000_000), (3, 1)] {
        let mut change = change(AuditAction::CreateApp, number);
        change.audit.details = vec![("what", "x".repeat(size))];
        file.store.insert_app(&app(&format!("app-{number}"))?, change).await?;
    }
    let notary: Arc<dyn Notary> = Arc::<ToyNotary>::default();
    file.store.seal_audit(at(10), &notary).await?;
    let sent: Vec<_> = marked(&file.store, 50).await?.iter().map(positions).collect::<Result<_>>()?;
    assert_eq!(sent, [vec![1], vec![2], vec![3], vec![4]]);
    Ok(())
}
