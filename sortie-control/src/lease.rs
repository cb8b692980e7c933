//! Leases: who looks after what. They save work; safety comes from comparing and from identities.

use std::time::Duration;

use tracing::{error, warn};

use crate::Control;

/// How long a lease lasts. A holder stops trusting it at half of that, by its own monotonic clock.
pub(crate) const LEASE_TERM: Duration = Duration::from_secs(20);

/// Takes and keeps a lease, and says with each success until when it may be trusted.
pub(crate) async fn keep(control: &Control, name: &str, trust_until: impl Fn(Duration) + Send) {
    let mut is_anothers = false;
    loop {
        let asked_at = control.monotonic();
        match control.ports.coordination.take_lease(name, &control.settings.instance, LEASE_TERM).await {
            Ok(Some(_)) => {
                is_anothers = false;
                trust_until(asked_at + LEASE_TERM / 2);
            }
            Ok(None) if is_anothers => {}
            Ok(None) => {
                is_anothers = true;
                warn!(lease = name, "Another server holds the lease; waiting for it to end");
            }
            Err(error) => error!(lease = name, error = %error, "Lease could not be taken"),
        }
        tokio::time::sleep(LEASE_TERM / 5).await;
    }
}

/// Gives a lease back, so that the next server need not wait for its term.
pub(crate) async fn give_back(control: &Control, name: &str) {
    if let Err(error) = control.ports.coordination.give_lease_back(name, &control.settings.instance).await {
        warn!(lease = name, error = %error, "Lease could not be given back; the next server waits for its term");
    }
}
