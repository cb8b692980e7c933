//! The machine's services, where this server looks after them.

use std::sync::Arc;

use anyhow::Context;
use sortie_api::auth::KeyFile;
use sortie_control::{
    Control,
    services::{ServicePorts, ServiceSettings},
    tasks::Tasks,
};
use sortie_core::{
    port::{CoordinationStore, Engine},
    services::Node,
};
use sortie_local::{DockerEngine, SimulatedEngine};
use sortie_store::Store;
use tracing::warn;

use crate::config::{Settings, in_force::InForce};

/// Sets them up and starts their loops.
pub(super) async fn start(settings: &Settings, store: &Store, control: &Control, tasks: &Tasks) -> anyhow::Result<()> {
    if settings.services.as_ref().is_some_and(|it| it.open) {
        warn!("SORTIE_SUPERVISOR_OPEN is set: whoever reaches this server can change the machine's services");
    }
    set_up(settings, store, control).await?;
    if let Some(services) = &settings.services
        && let Err(error) = control.keep_service_settings(&document(&services.in_force)).await
    {
        warn!(error = %error, "Settings of services could not be kept");
    }
    control.start_services(tasks);
    Ok(())
}

/// Sets them up, where this server looks after any. No loop runs.
pub(super) async fn set_up(settings: &Settings, store: &Store, control: &Control) -> anyhow::Result<()> {
    let Some(services) = &settings.services else { return Ok(()) };
    let installation = store.installation().await.context("the database cannot be read")?.id;
    let engine: Arc<dyn Engine> = if services.real {
        Arc::new(DockerEngine::new(settings.engine.clone(), installation))
    } else {
        Arc::new(SimulatedEngine::new(installation))
    };
    let ports = ServicePorts {
        store: Arc::new(store.clone()),
        engine,
        secrets: Arc::new(store.clone()),
        sealer: Arc::new(KeyFile::new(settings.data_dir.join("services.key"))),
    };
    let chosen = ServiceSettings { open: services.open, manual: services.manual, ..ServiceSettings::default() };
    control.with_services(ports, chosen);
    Ok(())
}

/// The settings as the history keeps them, with the version that read them. Unset ones are not in it.
fn document(in_force: &[InForce]) -> Node {
    let one = |it: &InForce| {
        let (value, origin) = (it.shown.as_deref()?, it.origin.as_deref()?);
        Some((it.key.name, Node::map([("value", Node::text(value)), ("origin", Node::text(origin))])))
    };
    Node::map([
        ("settings", Node::map(in_force.iter().filter_map(one))),
        ("version", Node::text(env!("CARGO_PKG_VERSION"))),
    ])
}
