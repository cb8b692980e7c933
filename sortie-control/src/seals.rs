//! Sealing the audit, by one replica at a time.

use std::{sync::Arc, time::Duration};

use sortie_core::port::{AuditSeals, Notary};
use tracing::warn;

use crate::{Control, ControlError};

/// The job's lease.
const LEASE: &str = "audit seals";
const TERM: Duration = Duration::from_secs(15);
/// How often it is looked for entries without a seal: so long an entry may be changed unseen.
const INTERVAL: Duration = Duration::from_secs(1);
/// After how many looks the lease is kept.
const LEASE_EVERY: u32 = 5;

impl Control {
    /// Seals the audit for as long as the server runs.
    pub async fn keep_seals(&self, seals: Arc<dyn AuditSeals>, notary: Arc<dyn Notary>) {
        let mut is_ours = false;
        for look in (0..LEASE_EVERY).cycle() {
            if look == 0 {
                is_ours = self.hold_seals().await;
            }
            if is_ours && let Err(error) = self.seal_audit(seals.as_ref(), &notary).await {
                warn!(error = %error, "Audit could not be sealed; the next round tries again");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Seals everything that has no seal yet; answers how many batches that made.
    pub async fn seal_audit(&self, seals: &dyn AuditSeals, notary: &Arc<dyn Notary>) -> Result<u64, ControlError> {
        let mut batches = 0;
        while seals.seal_audit(self.now(), notary).await?.is_some() {
            batches += 1;
        }
        Ok(batches)
    }

    async fn hold_seals(&self) -> bool {
        let held = self.ports.coordination.take_lease(LEASE, &self.replica, TERM).await;
        held.inspect_err(|error| warn!(error = %error, "Lease for sealing the audit could not be kept"))
            .ok()
            .flatten()
            .is_some()
    }
}
