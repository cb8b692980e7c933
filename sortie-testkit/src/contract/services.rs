//! What every [`ServiceStore`](sortie_core::port::ServiceStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::AuditAction,
    event::{Event, EventBody},
    id::{EventId, TenantId},
    port::PageRequest,
    services::{
        AppNumber, Key, Node, ServiceNumber, Target,
        event::{ServiceChange, ServicesEventKind},
        snapshot::{ImageRecord, ServiceStatus, SnapshotKind},
    },
};

use super::sample::{Stores, at, audited, change, ensure_conflict, ensure_same};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! services_contract {
    ($each:ident) => {
        $each! { services:
            a_target_reads_back_and_is_audited
            of_two_targets_for_the_same_one_before_the_second_conflicts
            a_current_state_is_kept_only_when_it_changed
            settings_are_kept_only_when_they_changed
            snapshots_come_in_pages_and_old_ones_are_forgotten
            what_is_told_of_services_is_heard_as_it_was_told
            downloaded_images_are_known_until_they_are_forgotten
        }
    };
}

fn target(image: &str) -> Result<Target> {
    let service = Node::map([
        ("serviceId", Node::Whole(1)),
        ("serviceName", Node::text("web")),
        ("config", Node::map([("image", Node::text(image))])),
    ]);
    let app = Node::map([("appName", Node::text("Web Server")), ("services", Node::List(vec![service]))]);
    Ok(Target::read(&Node::map([("apps", Node::map([("1001", app)]))]))?)
}

/// What was written as a target is the newest one, with its audit entry.
pub async fn a_target_reads_back_and_is_audited<S: Stores>(store: Arc<S>) -> Result<()> {
    ensure!(store.latest_snapshot(SnapshotKind::Target).await?.is_none());
    let wanted = target("web:1")?;
    let id = store.save_target(None, &wanted, change(AuditAction::SetTarget, 0)).await?;
    let kept = store.latest_snapshot(SnapshotKind::Target).await?.context("no target")?;
    ensure_same(&(kept.id, kept.kind, kept.at), &(id, SnapshotKind::Target, at(0)))?;
    ensure_same(&Target::read(&kept.state)?, &wanted)?;
    ensure_same(&store.find_snapshot(id).await?, &Some(kept))?;
    ensure!(store.find_snapshot(id + 1).await?.is_none());
    ensure_same(&audited(&store).await?, &1)
}

/// Whoever did not see the newest target cannot write over it, and nothing of the attempt stays.
pub async fn of_two_targets_for_the_same_one_before_the_second_conflicts<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = store.save_target(None, &target("web:1")?, change(AuditAction::SetTarget, 0)).await?;
    ensure_conflict(store.save_target(None, &target("web:2")?, change(AuditAction::SetTarget, 1)).await)?;
    let second = store.save_target(Some(first), &target("web:3")?, change(AuditAction::SetTarget, 2)).await?;
    ensure_conflict(store.save_target(Some(first), &target("web:4")?, change(AuditAction::SetTarget, 3)).await)?;
    let kept = store.latest_snapshot(SnapshotKind::Target).await?.context("no target")?;
    ensure_same(&(kept.id, Target::read(&kept.state)?), &(second, target("web:3")?))?;
    ensure_same(&audited(&store).await?, &2)
}

/// The same state seen again adds no snapshot.
pub async fn a_current_state_is_kept_only_when_it_changed<S: Stores>(store: Arc<S>) -> Result<()> {
    let wanted = target("web:1")?;
    store.save_target(None, &wanted, change(AuditAction::SetTarget, 0)).await?;
    let (app, service) = wanted.services().next().context("no service")?;
    let key = Key { app: app.number, service: service.number };
    let state = |status: &'static str| Node::map([("apps", Node::map([("status", Node::text(status))]))]);
    let row = |status| [ServiceStatus { key, status, container: Some("abc".to_owned()) }];
    let first = store.save_current(&state("starting"), &row("starting"), at(1), Vec::new()).await?;
    ensure!(first.is_some());
    ensure!(store.save_current(&state("starting"), &row("starting"), at(2), Vec::new()).await?.is_none());
    ensure!(store.save_current(&state("running"), &row("running"), at(3), Vec::new()).await?.is_some());
    let kept = store.latest_snapshot(SnapshotKind::Current).await?.context("no state")?;
    ensure_same(&(kept.at, kept.state), &(at(3), state("running")))
}

/// They are no state: neither the newest target nor the newest current state changes with them.
pub async fn settings_are_kept_only_when_they_changed<S: Stores>(store: Arc<S>) -> Result<()> {
    let settings = |port: &str| Node::map([("settings", Node::map([("SORTIE_PORT", Node::text(port))]))]);
    let first = store.save_service_settings(&settings("3000"), at(1)).await?;
    ensure!(first.is_some());
    ensure!(store.save_service_settings(&settings("3000"), at(2)).await?.is_none());
    let second =
        store.save_service_settings(&settings("3002"), at(3)).await?.context("changed settings are not kept")?;
    let kept = store.latest_snapshot(SnapshotKind::Settings).await?.context("no settings")?;
    ensure_same(&(kept.id, kept.at, kept.state), &(second, at(3), settings("3002")))?;
    for kind in [SnapshotKind::Current, SnapshotKind::Target] {
        ensure!(store.latest_snapshot(kind).await?.is_none());
    }
    ensure!(store.save_service_settings(&settings("3000"), at(4)).await?.is_some(), "back again is a change, too");
    ensure_same(&store.prune_snapshots(at(100)).await?, &2)?;
    ensure_same(&store.snapshots(Some(SnapshotKind::Settings), PageRequest::default()).await?.items.len(), &1)
}

/// Newest first, of one kind or all; the newest of each kind is never forgotten.
pub async fn snapshots_come_in_pages_and_old_ones_are_forgotten<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut before = None;
    for number in 0..4_u8 {
        let wanted = target(&format!("web:{number}"))?;
        let made = store.save_target(before, &wanted, change(AuditAction::SetTarget, i64::from(number))).await?;
        before = Some(made);
    }
    store.save_current(&Node::map([]), &[], at(1), Vec::new()).await?;
    let page = |cursor| PageRequest { limit: Some(3), cursor };
    let first = store.snapshots(Some(SnapshotKind::Target), page(None)).await?;
    ensure_same(&(first.items.len(), first.items.first().map(|it| it.id)), &(3, before))?;
    let second = store.snapshots(Some(SnapshotKind::Target), page(first.next)).await?;
    ensure_same(&(second.items.len(), second.next), &(1, None))?;
    ensure_same(&store.snapshots(None, PageRequest::default()).await?.items.len(), &5)?;
    ensure_same(&store.prune_snapshots(at(100)).await?, &3)?;
    ensure_same(&store.snapshots(None, PageRequest::default()).await?.items.len(), &2)
}

/// With a new state and without one.
pub async fn what_is_told_of_services_is_heard_as_it_was_told<S: Stores>(store: Arc<S>) -> Result<()> {
    let numbers = AppNumber::new(7).zip(ServiceNumber::new(1)).context("numbers")?;
    let told = |id: &str, cause: Option<&str>| {
        let change = ServiceChange {
            key: Key { app: numbers.0, service: numbers.1 },
            status: "running".to_owned(),
            standing: "applied".to_owned(),
            cause: cause.map(str::to_owned),
        };
        let body = EventBody::Services { kind: ServicesEventKind::Changed, changes: vec![change] };
        anyhow::Ok(Event { id: EventId::new(id)?, tenant: TenantId::default_tenant(), body, at: at(1) })
    };
    let (first, second) = (told("first", None)?, told("second", Some("port_in_use"))?);
    store.save_current(&Node::map([]), &[], at(1), vec![first.clone()]).await?;
    store.save_current(&Node::map([]), &[], at(2), vec![second.clone()]).await?;
    store.number_events().await?;
    let heard: Vec<_> = store.events_after(0, 10).await?.into_iter().map(|it| it.event).collect();
    ensure_same(&heard, &vec![first, second])
}

/// Written twice it is one; forgotten twice it is gone.
pub async fn downloaded_images_are_known_until_they_are_forgotten<S: Stores>(store: Arc<S>) -> Result<()> {
    let image = |name: &str, size| ImageRecord {
        name: name.to_owned(),
        key: None,
        engine_id: format!("sha256:{name}"),
        size,
        pulled_at: at(5),
    };
    for one in [image("b:1", 1), image("a:1", 2), image("b:1", 3)] {
        store.save_image(&one).await?;
    }
    ensure_same(&store.images().await?, &vec![image("a:1", 2), image("b:1", 3)])?;
    store.forget_image("a:1").await?;
    store.forget_image("a:1").await?;
    ensure_same(&store.images().await?, &vec![image("b:1", 3)])
}
