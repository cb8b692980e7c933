//! Who we are and where we act: the installation, the place, and the lease that says that we look after it.

use sortie_core::port::coordination::{Installation, Place};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{Control, ControlError, lease};

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
    lease::keep(&control, &lease_name(&control), |until| control.reconciler.trust_until(until)).await;
}

/// Gives it back when the server is told to end.
pub(crate) async fn give_lease_back(control: Control, told: CancellationToken) {
    told.cancelled().await;
    lease::give_back(&control, &lease_name(&control)).await;
}

fn lease_name(control: &Control) -> String {
    format!("place:{}", control.ports.runtime.place())
}
