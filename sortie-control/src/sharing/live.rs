//! That this process lives: while it does, so do its streams in everybody's lists.

use sortie_core::port::sharing::replica_lease;
use tracing::warn;

use crate::{Control, lease::LEASE_TERM};

/// Keeps this process's lease.
pub(crate) async fn keep_lease(control: Control) {
    let name = replica_lease(&control.replica);
    loop {
        if let Err(error) = control.ports.coordination.take_lease(&name, &control.replica, LEASE_TERM).await {
            warn!(lease = name, error = %error, "Lease could not be taken");
        }
        tokio::time::sleep(LEASE_TERM / 4).await;
    }
}
