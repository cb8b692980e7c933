//! Handing the audit on to a collector outside, by one replica at a time: in order, at least once, and in nobody's way.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use sortie_core::{
    port::{
        AuditOutbox, Collector, PortError,
        forward::{Backlog, NotTaken},
    },
    time::Timestamp,
};
use tracing::{debug, info, warn};

use crate::{Control, ControlError};

/// The job's lease.
const LEASE: &str = "audit forward";
/// How long it is good: longer than a collector may take for an answer, and the mark after it.
const TERM: Duration = Duration::from_secs(20);
/// How often it is looked for entries that were sealed since.
const INTERVAL: Duration = Duration::from_secs(1);
/// After how many looks the lease is kept and the backlog measured.
const MEASURE_EVERY: u32 = 5;
/// How many entries go at once.
const MOST: u32 = 500;
/// The first pause after a failure; each further one takes twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// And at most so long, also where the collector asks for more.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What became of the audit's forwarding, as far as this server knows.
#[derive(Debug, Default)]
pub struct ForwardReport {
    taken: AtomicU64,
    failures: AtomicU64,
    waiting: AtomicI64,
    oldest: Mutex<Option<Timestamp>>,
}

impl ForwardReport {
    /// How many entries this server handed on.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many attempts of this server failed.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// How many sealed entries wait.
    pub fn waiting(&self) -> i64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How long the oldest entry has been waiting that was not handed on.
    pub fn lag(&self, now: Timestamp) -> Duration {
        let oldest = *self.oldest.lock().unwrap_or_else(PoisonError::into_inner);
        oldest.map_or(Duration::ZERO, |it| now.since(it))
    }

    fn measured(&self, backlog: Backlog) {
        self.waiting.store(backlog.entries, Ordering::Relaxed);
        *self.oldest.lock().unwrap_or_else(PoisonError::into_inner) = backlog.oldest;
    }
}

/// How much is sent next, and after which pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pace {
    at_once: u32,
    failures: u32,
}

impl Pace {
    const FULL: Self = Self { at_once: MOST, failures: 0 };

    /// What a failure makes of it.
    fn after(self, failure: &NotTaken) -> Self {
        match failure {
            NotTaken::Away { .. } => Self { failures: self.failures.saturating_add(1), ..self },
            // One entry that is too much is no smaller the next time.
            NotTaken::TooMuch(_) if self.at_once <= 1 => Self { failures: self.failures.saturating_add(1), ..self },
            NotTaken::TooMuch(_) => Self { at_once: self.at_once / 2, failures: 0 },
        }
    }

    fn pause(self, failure: &NotTaken) -> Duration {
        let own = match self.failures {
            0 => Duration::ZERO,
            failures => FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(6)),
        };
        let asked = match failure {
            NotTaken::Away { retry_after, .. } => retry_after.unwrap_or_default(),
            NotTaken::TooMuch(_) => Duration::ZERO,
        };
        own.max(asked).min(LONGEST_PAUSE)
    }
}

impl Control {
    /// What became of the audit's forwarding; `None` where nobody asked for it.
    pub fn forward_report(&self) -> Option<&ForwardReport> {
        self.forwarding.get()
    }

    /// Hands the audit on for as long as the server runs. Nobody waits for it.
    pub async fn forward_audit(&self, outbox: Arc<dyn AuditOutbox>, collector: Arc<dyn Collector>) {
        let report = self.forwarding.get_or_init(ForwardReport::default);
        let (mut pace, mut is_ours) = (Pace::FULL, false);
        for look in (0..MEASURE_EVERY).cycle() {
            if look == 0 {
                is_ours = self.hold_forwarding().await;
                match outbox.audit_backlog(self.now()).await {
                    Ok(backlog) => report.measured(backlog),
                    Err(error) => debug!(error = %error, "Audit that waits for its collector could not be counted"),
                }
            }
            let pause = if is_ours {
                self.forward_what_is_there(outbox.as_ref(), collector.as_ref(), report, &mut pace).await
            } else {
                Duration::ZERO
            };
            tokio::time::sleep(INTERVAL.max(pause)).await;
        }
    }

    /// Hands on until nothing is left or something fails; answers how long to wait before the next time.
    async fn forward_what_is_there(
        &self,
        outbox: &dyn AuditOutbox,
        collector: &dyn Collector,
        report: &ForwardReport,
        pace: &mut Pace,
    ) -> Duration {
        loop {
            match self.forward_once(outbox, collector, pace.at_once).await {
                Ok(Sent::Nothing) => return Duration::ZERO,
                Ok(Sent::Entries(count)) => {
                    if pace.failures > 0 {
                        info!("Audit's collector takes entries again");
                    }
                    pace.failures = 0;
                    report.taken.fetch_add(count, Ordering::Relaxed);
                }
                Ok(Sent::Refused(failure)) => {
                    *pace = pace.after(&failure);
                    report.failures.fetch_add(1, Ordering::Relaxed);
                    let pause = pace.pause(&failure);
                    if pace.failures == 1 || pause == LONGEST_PAUSE {
                        warn!(error = %failure, pause = ?pause, "Audit's collector takes no entries; they are kept for it");
                    }
                    return pause;
                }
                Err(error) => {
                    warn!(error = %error, "Audit could not be handed on; the next round tries again");
                    return FIRST_PAUSE;
                }
            }
        }
    }

    /// Hands on one consignment, at most so many entries. The mark is written after the collector took them: a server that dies
    /// between the two sends them twice, and none is lost.
    pub async fn forward_once(
        &self,
        outbox: &dyn AuditOutbox,
        collector: &dyn Collector,
        at_once: u32,
    ) -> Result<Sent, ControlError> {
        let Some(consignment) = outbox.next_audit(at_once).await? else { return Ok(Sent::Nothing) };
        // A long backlog takes longer than a lease's term.
        if !self.hold_forwarding().await {
            return Ok(Sent::Nothing);
        }
        if let Err(failure) = collector.take(&consignment).await {
            return Ok(Sent::Refused(failure));
        }
        match outbox.mark_audit(&consignment, self.now()).await {
            Ok(()) => Ok(Sent::Entries(u64::try_from(consignment.lines.len()).unwrap_or(u64::MAX))),
            // Another replica handed the same on meanwhile.
            Err(PortError::Conflict) => Ok(Sent::Entries(0)),
            Err(error) => Err(error.into()),
        }
    }

    async fn hold_forwarding(&self) -> bool {
        let held = self.ports.coordination.take_lease(LEASE, &self.replica, TERM).await;
        held.inspect_err(|error| warn!(error = %error, "Lease for handing on the audit could not be kept"))
            .ok()
            .flatten()
            .is_some()
    }
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// All was handed on before, or is another replica's to hand on.
    Nothing,
    /// So many entries were taken.
    Entries(u64),
    /// The collector took none.
    Refused(NotTaken),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away(seconds: Option<u64>) -> NotTaken {
        NotTaken::Away { why: "away".to_owned(), retry_after: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_heed_what_the_collector_asks_for() {
        let mut pace = Pace::FULL;
        let mut pauses = Vec::new();
        for _ in 0..9 {
            pace = pace.after(&away(None));
            pauses.push(pace.pause(&away(None)).as_secs());
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        let first = Pace::FULL.after(&away(Some(20)));
        assert_eq!(first.pause(&away(Some(20))), Duration::from_secs(20));
        assert_eq!(first.pause(&away(Some(86_400))), LONGEST_PAUSE);
    }

    #[test]
    fn a_collector_to_whom_it_is_too_much_gets_half_at_once_until_it_is_one() {
        let (mut pace, much) = (Pace::FULL, NotTaken::TooMuch("413".to_owned()));
        let mut sizes = Vec::new();
        for _ in 0..10 {
            pace = pace.after(&much);
            sizes.push(pace.at_once);
        }
        assert_eq!(sizes, [250, 125, 62, 31, 15, 7, 3, 1, 1, 1]);
        assert_eq!(pace.pause(&much), Duration::from_secs(2), "the one that is too much is not sent without end");
    }
}
