//! Backups by the server itself: on time, by one replica, proved, counted and audited.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Outcome},
    port::{Backups, PortError, backups::MadeBackup},
    retention::Retention,
    time::Timestamp,
};
use tracing::{info, warn};

use crate::{Control, ControlError};

/// The job's lease.
const LEASE: &str = "backup";
/// How often it is looked whether a backup is due, and the lease kept.
const LOOK: Duration = Duration::from_secs(20);
/// How long after its start a server waits before the first backup of all, at most: a fresh installation is busy.
const FIRST: Duration = Duration::from_mins(5);
/// How long the lease is good: a few looks.
const TERM: Duration = Duration::from_secs(90);

/// When backups are made, and which are kept.
#[derive(Clone, Copy, Debug)]
pub struct BackupPlan {
    /// How long after the newest one began the next one is due.
    pub interval: Duration,
    /// Which are kept.
    pub retention: Retention,
}

/// What became of this server's backups.
#[derive(Debug, Default)]
pub struct BackupReport {
    /// Microseconds since the Unix epoch; 0 for never.
    newest: AtomicI64,
    bytes: AtomicU64,
    failures: AtomicU64,
    drill: Mutex<Option<DrillReport>>,
}

/// What the last drill found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrillReport {
    /// When it was begun.
    pub at: Timestamp,
    /// How old the backup was.
    pub lost: Duration,
    /// How long it took from the beginning until a server answered.
    pub restore: Duration,
    /// How many things were wrong.
    pub issues: usize,
}

impl BackupReport {
    /// What the last drill found out, where one is known.
    pub fn drill(&self) -> Option<DrillReport> {
        *self.drill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a drill.
    pub fn note_drill(&self, drill: DrillReport) {
        *self.drill.lock().unwrap_or_else(PoisonError::into_inner) = Some(drill);
    }

    /// When the newest backup that this server knows of was begun.
    pub fn newest(&self) -> Option<Timestamp> {
        Some(self.newest.load(Ordering::Relaxed)).filter(|it| *it != 0).map(Timestamp::from_micros)
    }

    /// The size of the last one that this server made.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How many attempts failed.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

impl Control {
    /// Makes backups when they are due, for as long as the server runs. One replica at a time does it.
    pub async fn keep_backups(&self, backups: Arc<dyn Backups>, plan: BackupPlan) {
        let first = self.now().plus(FIRST.min(plan.interval));
        loop {
            if let Err(error) = self.back_up_when_due(backups.as_ref(), plan, first).await {
                warn!(error = %error, "Backup schedule could not be kept; the next round tries again");
            }
            tokio::time::sleep(LOOK.min(plan.interval)).await;
        }
    }

    /// What became of this server's backups.
    pub fn backup_report(&self) -> &BackupReport {
        &self.backups
    }

    /// One look: makes a backup if one is due and this replica has the job; where there is none yet, from `first` on.
    pub async fn back_up_when_due(
        &self,
        backups: &dyn Backups,
        plan: BackupPlan,
        first: Timestamp,
    ) -> Result<(), ControlError> {
        if self.ports.coordination.take_lease(LEASE, &self.replica, TERM).await?.is_none() {
            return Ok(());
        }
        let now = self.now();
        let newest = backups.newest().await?;
        if let Some(newest) = newest {
            self.backups.newest.store(newest.as_micros(), Ordering::Relaxed);
        }
        if now < newest.map_or(first, |it| it.plus(plan.interval)) {
            return Ok(());
        }
        let begun = self.monotonic();
        let made = self.make_holding_the_lease(backups, now).await;
        let took = self.monotonic().saturating_sub(begun);
        match made {
            Ok(made) => {
                self.backups.newest.store(now.as_micros(), Ordering::Relaxed);
                self.backups.bytes.store(made.bytes, Ordering::Relaxed);
                info!(backup = made.name, bytes = made.bytes, rows = made.rows, took = ?took, "Backup made and proved");
                self.note(AuditAction::CreateBackup, details(&made, took), Outcome::Success).await?;
                self.prune_backups(backups, plan.retention).await
            }
            Err(error) => {
                self.backups.failures.fetch_add(1, Ordering::Relaxed);
                tracing::error!(error = %error, "Backup failed");
                self.note(AuditAction::CreateBackup, vec![("error", error.to_string())], Outcome::Failure).await
            }
        }
    }

    /// A large database takes longer than a lease's term.
    async fn make_holding_the_lease(&self, backups: &dyn Backups, now: Timestamp) -> Result<MadeBackup, PortError> {
        let mut made = backups.make(now);
        loop {
            tokio::select! {
                made = &mut made => return made,
                () = tokio::time::sleep(LOOK) => {}
            }
            if let Err(error) = self.ports.coordination.take_lease(LEASE, &self.replica, TERM).await {
                warn!(error = %error, "Backup's lease could not be kept; a second backup does no harm");
            }
        }
    }

    /// Only after a fresh one was proved.
    async fn prune_backups(&self, backups: &dyn Backups, rule: Retention) -> Result<(), ControlError> {
        let removed = backups.prune(rule).await?;
        if removed.is_empty() {
            return Ok(());
        }
        self.note(AuditAction::PruneBackups, vec![("removed", removed.join(", "))], Outcome::Success).await
    }

    async fn note(
        &self,
        action: AuditAction,
        details: Vec<(&'static str, String)>,
        outcome: Outcome,
    ) -> Result<(), ControlError> {
        let entry = AuditEntry::new(Actor::system(), action, details).with_outcome(outcome);
        Ok(self.ports.records.record_access(&entry, self.now()).await?)
    }
}

fn details(made: &MadeBackup, took: Duration) -> Vec<(&'static str, String)> {
    vec![
        ("backup", made.name.clone()),
        ("bytes", made.bytes.to_string()),
        ("rows", made.rows.to_string()),
        ("milliseconds", took.as_millis().to_string()),
    ]
}
