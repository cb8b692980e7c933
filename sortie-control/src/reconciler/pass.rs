//! The full comparison: every workload of the place with every row that is not released.

use std::{collections::HashSet, sync::atomic::Ordering};

use sortie_core::{
    id::SessionId,
    session::{
        Status,
        orphan::{Census, Verdict, verdict},
    },
    workload::{Observed, Workload},
};
use tracing::{info, warn};

use crate::{Control, ControlError};

impl Control {
    /// Lists workloads first and reads rows second, and wakes every session for which the two may differ.
    pub(crate) async fn compare_all(&self) -> Result<(), ControlError> {
        let workloads = self.ports.runtime.list().await?;
        let rows = self.ports.sessions.unreleased(self.ports.runtime.place()).await?;
        self.follow_egress(&rows).await?;
        let mut known: HashSet<SessionId> = rows.iter().map(|it| it.id.clone()).collect();
        // The pool tends these.
        known.extend(self.warm_workloads().await?.into_iter().map(|it| it.id));
        let mut unknown = Vec::new();
        for workload in &workloads {
            let session = &workload.labels.session;
            if known.contains(session) {
                continue;
            }
            // A released row, or a row that was written after the list.
            match self.ports.sessions.find_session(session).await? {
                Some(_) => self.reconciler.wake(session),
                None => unknown.push(workload),
            }
        }
        let ready: HashSet<&SessionId> = workloads
            .iter()
            .filter(|it| matches!(it.observed, Observed::Ready { .. }))
            .map(|it| &it.labels.session)
            .collect();
        for row in &rows {
            let is_guarded = self.reconciler.attention().get(&row.id).is_some_and(|it| it.is_guarded(row));
            if row.status != Status::Running || !ready.contains(&row.id) || !is_guarded {
                self.reconciler.wake(&row.id);
            }
        }
        self.settle_orphans(workloads.len(), &unknown).await?;
        self.reconciler.attention().retain(|session, _| known.contains(session));
        self.reconciler.passes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Removes workloads without a row that are surely ours and surely left over; counts and names the rest.
    async fn settle_orphans(&self, listed: usize, unknown: &[&Workload]) -> Result<(), ControlError> {
        let Some(identity) = self.identity.get() else { return Ok(()) };
        let census = Census {
            installation: &identity.installation.id,
            incarnation: identity.installation.incarnation,
            place: self.ports.runtime.place(),
            listed,
            unknown: unknown.len(),
        };
        let mut kept = 0;
        for workload in unknown {
            let session = &workload.labels.session;
            match verdict(&workload.labels, &census, self.now()) {
                Verdict::Delete => {
                    info!(session.id = %session, "Workload without a row is removed");
                    if let Err(error) = self.ports.runtime.delete(&workload.labels).await {
                        warn!(session.id = %session, error = %error, "Workload without a row could not be removed");
                    }
                }
                Verdict::Keep => {
                    kept += 1;
                    warn!(session.id = %session, "Workload without a row is kept; a person must settle it");
                }
                Verdict::NotOurs | Verdict::TooYoung => {}
            }
        }
        self.reconciler.orphans_kept.store(kept, Ordering::Relaxed);
        Ok(())
    }
}
