//! Who we are and where we act: the installation, the place, and the lease that says that we look after it.

use std::time::Duration;

use sortie_core::port::coordination::{Installation, Place};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{Control, ControlError};

/// How long a lease lasts. A holder stops trusting it at half of that, by its own monotonic clock.
pub(crate) const LEASE_TERM: Duration = Duration::from_secs(20);

/// What was learned at start and does not change.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// Which installation the database belongs to.
    pub installation: Installation,
}

/// Reads the installation and registers the place.
pub(crate) async fn identify(control: &Control) -> Result<Identity, ControlError> {
    let coordination = &control.ports.coordination;
    let place = Place {
        id: control.ports.runtime.place().clone(),
        kind: control.condition().kind.to_owned(),
        machine: control.settings.machine.clone(),
    };
    coordination.register_place(&place).await?;
    let installation = coordination.installation().await?;
    let identity = Identity { installation };
    Ok(control.identity.get_or_init(|| async { identity }).await.clone())
}

/// Names places that hold sessions which nobody here can see.
pub(crate) async fn report_elsewhere(control: &Control) -> Result<(), ControlError> {
    for (place, sessions) in control.ports.sessions.elsewhere(control.ports.runtime.place()).await? {
        warn!(place.id = %place, sessions, "Another place still has sessions; they are left alone");
    }
    Ok(())
}

/// Takes and keeps the lease of this place. While it is not ours the reconciler rests.
pub(crate) async fn keep_lease(control: Control) {
    let name = lease_name(&control);
    loop {
        let asked_at = control.monotonic();
        match control.ports.coordination.take_lease(&name, &control.settings.instance, LEASE_TERM).await {
            Ok(Some(_)) => control.reconciler.trust_until(asked_at + LEASE_TERM / 2),
            Ok(None) => warn!(lease = name, "Another server looks after this place; waiting for it to end"),
            Err(error) => error!(lease = name, error = %error, "Lease could not be taken"),
        }
        tokio::time::sleep(LEASE_TERM / 5).await;
    }
}

/// Gives the lease back when the server is told to end, so that the next one need not wait for its term.
pub(crate) async fn give_lease_back(control: Control, told: CancellationToken) {
    told.cancelled().await;
    let name = lease_name(&control);
    if let Err(error) = control.ports.coordination.give_lease_back(&name, &control.settings.instance).await {
        warn!(lease = name, error = %error, "Lease could not be given back; the next server waits for its term");
    }
}

fn lease_name(control: &Control) -> String {
    format!("place:{}", control.ports.runtime.place())
}
