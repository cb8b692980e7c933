//! Sealing the audit, and removing what is older than it is kept, by one replica at a time.

use std::{sync::Arc, time::Duration};

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Change},
    port::{AuditSeals, Notary, seals::CutRule},
};
use tracing::{info, warn};

use crate::{Control, ControlError};

/// The job's lease.
const LEASE: &str = "audit seals";
const TERM: Duration = Duration::from_secs(15);
/// Which entries are removed.
#[derive(Clone, Copy, Debug)]
pub struct AuditKeeping {
    /// Those that are older.
    pub keep: Duration,
    /// Only those that a collector took.
    pub is_forwarded: bool,
}

/// How often it is looked for entries without a seal: so long an entry may be changed unseen.
const INTERVAL: Duration = Duration::from_secs(1);
/// After how many looks the lease is kept.
const LEASE_EVERY: u32 = 5;
/// After how many looks it is looked for entries that are too old.
const PRUNE_EVERY: u32 = 600;

impl Control {
    /// Seals the audit for as long as the server runs; with `keeping`, old entries are removed.
    pub async fn keep_seals(&self, seals: Arc<dyn AuditSeals>, notary: Arc<dyn Notary>, keeping: Option<AuditKeeping>) {
        self.say_whose_key(seals.as_ref(), notary.as_ref()).await;
        let mut is_ours = false;
        for look in (0..PRUNE_EVERY).cycle() {
            if look % LEASE_EVERY == 0 {
                is_ours = self.hold_seals().await;
            }
            if is_ours && let Err(error) = self.seal_audit(seals.as_ref(), &notary).await {
                warn!(error = %error, "Audit could not be sealed; the next round tries again");
            }
            if let Some(keeping) = keeping.filter(|_| is_ours && look == LEASE_EVERY)
                && let Err(error) = self.prune_audit(seals.as_ref(), &notary, keeping).await
            {
                warn!(error = %error, "Old audit entries could not be removed; a later round tries again");
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

    /// Removes sealed entries that are older than they are kept, so that the rest still proves itself; answers how many.
    pub async fn prune_audit(
        &self,
        seals: &dyn AuditSeals,
        notary: &Arc<dyn Notary>,
        keeping: AuditKeeping,
    ) -> Result<i64, ControlError> {
        let mut entries = 0;
        loop {
            let at = self.now();
            let audit = AuditEntry::new(Actor::system(), AuditAction::PruneAudit, Vec::new());
            let change = Change { at, audit, events: Vec::new() };
            let rule = CutRule { before: at.minus(keeping.keep), is_forwarded: keeping.is_forwarded };
            let Some(cut) = seals.cut_audit(rule, notary, change).await? else { break };
            entries += cut.entries;
        }
        if entries > 0 {
            info!(entries, "Old audit entries removed");
        }
        Ok(entries)
    }

    /// Where each server signs with a key of its own, none of them can check the whole audit: it is said at the start, while
    /// somebody looks.
    async fn say_whose_key(&self, seals: &dyn AuditSeals, notary: &dyn Notary) {
        match seals.last_audit_key().await {
            Ok(Some(key)) if key != notary.public_key() => warn!(
                last = %key, own = notary.public_key(),
                "Audit was sealed with another key; give every server of this database the same SORTIE_AUDIT_KEY"
            ),
            Ok(_) => {}
            Err(error) => warn!(error = %error, "Key of the audit's last seal could not be read"),
        }
    }

    async fn hold_seals(&self) -> bool {
        let held = self.ports.coordination.take_lease(LEASE, &self.replica, TERM).await;
        held.inspect_err(|error| warn!(error = %error, "Lease for sealing the audit could not be kept"))
            .ok()
            .flatten()
            .is_some()
    }
}
