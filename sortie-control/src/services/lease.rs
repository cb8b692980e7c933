//! One engine has one lease: two servers at the same database do not both change it.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Services;
use crate::{Control, ControlError, place::LEASE_TERM};

/// How often the lease is asked for, or for more of it.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(LEASE_TERM.as_secs() / 5);

/// What a server is to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It holds the lease: it changes the engine and writes back what it sees.
    Worker,
    /// Another one does: it looks, so that it can be asked and knows how things stand when it takes over.
    Standby,
}

#[derive(Default)]
pub(super) struct Lease {
    renewed: Option<Duration>,
}

impl Lease {
    /// What we are now; asks for the lease, or for more of it, when it is time.
    pub(super) async fn hold(&mut self, control: &Control, services: &Services) -> Result<Role, ControlError> {
        let now = control.monotonic();
        if self.renewed.is_some_and(|it| now.saturating_sub(it) < ASK_AGAIN) {
            return Ok(Role::Worker);
        }
        let name = name(services).await?;
        let taken = control.ports.coordination.take_lease(&name, &control.settings.instance, LEASE_TERM).await?;
        self.renewed = taken.map(|_| now);
        Ok(if self.renewed.is_some() { Role::Worker } else { Role::Standby })
    }
}

/// The lease's name; learns which engine it is, the first time.
async fn name(services: &Services) -> Result<String, ControlError> {
    if let Some(identity) = &services.inner().identity {
        return Ok(format!("services:{}", identity.id));
    }
    let identity = services.ports.engine.identify().await?;
    let (id, kind, version) = (&identity.id, identity.kind, &identity.version);
    info!(engine.id = id, engine.kind = kind, engine.version = version, "Engine of services answers");
    if identity.kind == "simulated" {
        warn!("Services are simulated: no container runs; USE_REAL_DOCKER=true uses a real engine");
    }
    let name = format!("services:{id}");
    services.inner().identity = Some(identity);
    Ok(name)
}

pub(super) async fn give_back(control: Control, services: Arc<Services>, told: CancellationToken) {
    told.cancelled().await;
    let Some(id) = services.inner().identity.as_ref().map(|it| it.id.clone()) else { return };
    let name = format!("services:{id}");
    if let Err(error) = control.ports.coordination.give_lease_back(&name, &control.settings.instance).await {
        warn!(lease = name, error = %error, "Lease could not be given back; the next server waits for its term");
    }
}
