//! One engine has one lease: of two servers at the same database one changes it, and the other one looks.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{SOON, Services, failed};
use crate::{Control, ControlError, lease};

/// Learns which engine it is, then takes and keeps its lease.
pub(super) async fn keep(control: Control, services: Arc<Services>) {
    while let Err(error) = learn(&services).await {
        failed(&services, &error);
        tokio::time::sleep(SOON).await;
    }
    if let Some(name) = name(&services) {
        lease::keep(&control, &name, |until| services.desk.trust_until(until)).await;
    }
}

/// Gives it back when the server is told to end.
pub(super) async fn give_back(control: Control, services: Arc<Services>, told: CancellationToken) {
    told.cancelled().await;
    if let Some(name) = name(&services) {
        lease::give_back(&control, &name).await;
    }
}

async fn learn(services: &Services) -> Result<(), ControlError> {
    if services.inner().identity.is_some() {
        return Ok(());
    }
    let identity = services.ports.engine.identify().await?;
    let (id, kind, version) = (&identity.id, identity.kind, &identity.version);
    info!(engine.id = id, engine.kind = kind, engine.version = version, "Engine of services answers");
    if identity.kind == "simulated" {
        warn!("Services are simulated: no container runs; USE_REAL_DOCKER=true uses a real engine");
    }
    services.inner().identity = Some(identity);
    Ok(())
}

fn name(services: &Services) -> Option<String> {
    services.inner().identity.as_ref().map(|it| format!("services:{}", it.id))
}
