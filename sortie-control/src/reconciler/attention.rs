//! How long a session has been watched: time that nobody watched does not count towards a deadline.

use std::time::Duration;

use sortie_core::{
    app::EgressPolicy,
    session::{Session, Status, Watch},
    workload::{Held, Observed, Refusal},
};

/// The longest gap between two looks that still counts as watching.
const LONGEST_GAP: Duration = Duration::from_secs(15);
/// The first pause after a failure that may pass, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(15));

/// What the loop remembers of one session between two looks. Losing it (a crash) only gives more time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attention {
    last_look: Option<Duration>,
    creating_for: Duration,
    starting_for: Duration,
    looks: u32,
    failures: u32,
    /// What the runtime said when it refused for good.
    pub(crate) refused: Option<Refusal>,
    /// What kept the runtime from making the workload.
    pub(crate) held: Option<Held>,
    /// The egress policy that the workload surely obeys.
    obeyed: Option<Obeyed>,
    /// Whether the workload surely is the session's own: a warm one was taken over, or there was none.
    pub(crate) is_own: bool,
    /// Somebody else holds the workspace.
    pub(crate) workspace_taken: bool,
}

/// What the runtime was last told of an egress policy, with success.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Obeyed(Option<EgressPolicy>);

impl Obeyed {
    fn of(row: &Session) -> Self {
        Self(row.spec.as_ref().and_then(|it| it.egress.clone()))
    }
}

impl Attention {
    /// Whether the workload surely obeys the egress policy of its row.
    pub(crate) fn is_guarded(&self, row: &Session) -> bool {
        self.obeyed == Some(Obeyed::of(row))
    }

    /// It does now.
    pub(crate) fn guarded(&mut self, row: &Session) {
        self.obeyed = Some(Obeyed::of(row));
    }

    /// Counts the time since the last look, and answers what [`next_step`](sortie_core::session::next_step) wants to know.
    pub(crate) fn look(&mut self, now: Duration, row: &Session, observed: &Observed, ready_timeout: Duration) -> Watch {
        let gap = self.last_look.map_or(Duration::ZERO, |last| counted(now.saturating_sub(last)));
        self.last_look = Some(now);
        self.looks = self.looks.saturating_add(1);
        if row.status == Status::Creating && !self.workspace_taken {
            self.creating_for += gap;
        }
        let restarting = row.status == Status::Running && matches!(observed, Observed::Starting { .. });
        self.starting_for = if restarting { self.starting_for + gap } else { Duration::ZERO };
        Watch {
            creating_for: self.creating_for,
            starting_for: self.starting_for,
            refused: self.refused.clone(),
            held: self.held.clone(),
            workspace_taken: self.workspace_taken,
            ready_timeout,
        }
    }

    /// How soon to look again while something is going on: often at first, then once a second. The runtime's hints come
    /// earlier; this is for those that get lost.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_millis(25 << self.looks.min(6)).min(Duration::from_secs(1))
    }

    /// How long to pause after one more failure that may pass.
    pub(crate) fn back_off(&mut self) -> Duration {
        let pause = BACK_OFF.0.saturating_mul(1 << self.failures.min(10)).min(BACK_OFF.1);
        self.failures = self.failures.saturating_add(1);
        pause
    }

    /// Something worked.
    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
        self.held = None;
    }
}

/// How much of a gap between two looks was watched.
fn counted(gap: Duration) -> Duration {
    gap.min(LONGEST_GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_which_nobody_watched_counts_as_its_longest_look_only() {
        assert_eq!(counted(Duration::from_hours(24)), LONGEST_GAP);
        assert_eq!(counted(Duration::from_secs(3)), Duration::from_secs(3));
        assert_eq!(counted(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn a_pause_doubles_up_to_its_bound_and_starts_over_after_a_success() {
        let mut attention = Attention::default();
        assert_eq!(attention.back_off(), BACK_OFF.0);
        assert_eq!(attention.back_off(), BACK_OFF.0 * 2);
        for _ in 0..20 {
            attention.back_off();
        }
        assert_eq!(attention.back_off(), BACK_OFF.1);
        attention.succeeded();
        assert_eq!(attention.back_off(), BACK_OFF.0);
    }
}
