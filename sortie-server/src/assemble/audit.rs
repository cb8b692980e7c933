//! The audit's loops: seals over it, and its way to a collector.

use std::sync::Arc;

use sortie_control::{Control, seals::AuditKeeping, tasks::Tasks};
use sortie_core::port::{AuditOutbox, AuditSeals, Collector, Notary};
use sortie_store::Store;

use crate::{collector::HttpCollector, config::Settings, notary::FileNotary};

/// Has the audit sealed with the key of all servers or of the data folder, and handed on where somebody collects it.
pub(super) fn start(control: &Control, store: &Store, settings: &Settings, tasks: &Tasks) -> anyhow::Result<()> {
    seal(control, store, settings, tasks)?;
    forward(control, store, settings, tasks)
}

fn seal(control: &Control, store: &Store, settings: &Settings, tasks: &Tasks) -> anyhow::Result<()> {
    let notary: Arc<dyn Notary> = Arc::new(FileNotary::open(settings.audit.key.as_ref(), &settings.data_dir)?);
    let seals: Arc<dyn AuditSeals> = Arc::new(store.clone());
    let is_forwarded = settings.audit.forward.is_some();
    let keeping = settings.audit.keep.map(|keep| AuditKeeping { keep, is_forwarded });
    let control = control.clone();
    tasks.spawn_loop("audit seals", move || {
        let (control, seals, notary) = (control.clone(), seals.clone(), notary.clone());
        async move { control.keep_seals(seals, notary, keeping).await }
    });
    Ok(())
}

fn forward(control: &Control, store: &Store, settings: &Settings, tasks: &Tasks) -> anyhow::Result<()> {
    let Some(forward) = &settings.audit.forward else { return Ok(()) };
    let collector: Arc<dyn Collector> = Arc::new(HttpCollector::new(forward)?);
    let outbox: Arc<dyn AuditOutbox> = Arc::new(store.clone());
    let control = control.clone();
    tasks.spawn_loop("audit forward", move || {
        let (control, outbox, collector) = (control.clone(), outbox.clone(), collector.clone());
        async move { control.forward_audit(outbox, collector).await }
    });
    Ok(())
}
