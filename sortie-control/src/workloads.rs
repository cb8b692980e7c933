//! Workloads as a person sees them: which session each runs, and which run nobody's.

mod adopt;

pub use adopt::Adoption;

use std::time::Duration;

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry},
    id::SessionId,
    port::coordination::Installation,
    session::{Session, Status},
    workload::{Labels, Observed},
};

use crate::{Control, ControlError};

/// How often a removal is asked for and looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Whose a workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belonging {
    /// A session of ours, in this status.
    Session(Status),
    /// A session of ours from before a restore, in this status: it can be adopted, and cannot be ended before.
    Former(Status),
    /// Nobody's yet: made before anybody asked.
    Warm,
    /// Ours, without a session: it can be purged.
    Nobody,
    /// Another installation's, or of another place.
    Others,
}

/// One workload of this place.
#[derive(Clone, Debug)]
pub struct WorkloadReport {
    /// What it carries.
    pub labels: Labels,
    /// What it looks like.
    pub observed: Observed,
    /// Whose it is.
    pub belonging: Belonging,
}

/// What the workload of a row carries. The same for the same row, so that only that workload can be meant.
pub(crate) fn labels_of(row: &Session, installation: &Installation) -> Labels {
    Labels {
        installation: installation.id.clone(),
        incarnation: installation.incarnation,
        place: row.place.clone(),
        session: row.id.clone(),
        owner: row.owner.clone(),
        created_at: row.created_at,
    }
}

impl Control {
    /// Every workload of this place.
    pub async fn workloads(&self) -> Result<Vec<WorkloadReport>, ControlError> {
        let installation = self.ports.coordination.installation().await?;
        let mut reports = Vec::new();
        for workload in self.ports.runtime.list().await? {
            let labels = workload.labels;
            let is_ours = labels.installation == installation.id && labels.place == *self.ports.runtime.place();
            let row = if is_ours { self.ports.sessions.find_session(&labels.session).await? } else { None };
            let belonging = match row {
                Some(row) if labels != labels_of(&row, &installation) => Belonging::Former(row.status),
                Some(row) => Belonging::Session(row.status),
                None if is_ours && self.ports.warm.find_warm(&labels.session).await?.is_some() => Belonging::Warm,
                None if is_ours => Belonging::Nobody,
                None => Belonging::Others,
            };
            reports.push(WorkloadReport { labels, observed: workload.observed, belonging });
        }
        Ok(reports)
    }

    /// Removes the workload of a session that has no row, and waits until it is gone. Whatever has a row, or is not ours, is
    /// refused. The audit entry comes first: nothing is removed without one.
    pub async fn purge_workload(
        &self,
        actor: &Actor,
        session: &SessionId,
        patience: Duration,
    ) -> Result<(), ControlError> {
        let found = self.workloads().await?.into_iter().find(|it| it.labels.session == *session);
        let workload = found.ok_or_else(|| ControlError::not_found("workload", session))?;
        if workload.belonging != Belonging::Nobody {
            let why = "has a session or is not ours: only workloads that are ours and nobody's are purged";
            return Err(ControlError::Conflict(format!("the workload {session} {why}")));
        }
        let details = vec![
            ("session_id", session.to_string()),
            ("user_id", workload.labels.owner.to_string()),
            ("place_id", workload.labels.place.to_string()),
        ];
        let entry = AuditEntry::new(actor.clone(), AuditAction::PurgeWorkload, details);
        self.ports.records.record_access(&entry, self.now()).await?;
        let begun = self.monotonic();
        loop {
            self.ports.runtime.delete(&workload.labels).await?;
            if self.ports.runtime.observe(session).await? == Observed::Absent {
                return Ok(());
            }
            if self.monotonic().saturating_sub(begun) > patience {
                return Err(ControlError::Conflict(format!("the workload {session} is still ending; try again")));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
