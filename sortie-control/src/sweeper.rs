//! Expiry: looks for running sessions without input, and for those whose whole time is up. Only records; never deletes.

use std::time::Duration;

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    port::{PortError, sessions::Guard},
    session::{Session, SessionEvent, Status, apply, lifetime},
    time::Timestamp,
};
use tracing::{info, warn};

use crate::{Control, ControlError};

/// A wall clock that moved this much more or less than the monotonic one is not believed for one sweep.
const CLOCK_JUMP: Duration = Duration::from_mins(1);
/// Before anything expires, so many flushes of activity must have succeeded in a row: after a start or an outage somebody
/// may have typed without it being written down.
const FLUSHES_FIRST: u64 = 2;

/// Sweeps at an interval.
pub(crate) async fn run(control: Control) {
    let mut last = (control.now(), control.monotonic());
    loop {
        tokio::time::sleep(control.settings.cleanup_interval).await;
        let now = (control.now(), control.monotonic());
        let jumped = clock_jumped(last, now);
        last = now;
        if jumped {
            warn!("Wall clock jumped; skipping one sweep");
            continue;
        }
        if let Err(error) = control.sweep().await {
            warn!(error = %error, "Sweep failed; the next one tries again");
        }
    }
}

fn clock_jumped(before: (Timestamp, Duration), after: (Timestamp, Duration)) -> bool {
    let monotonic = after.1.saturating_sub(before.1);
    let wall = after.0.since(before.0);
    wall.abs_diff(monotonic) > CLOCK_JUMP || (after.0 < before.0 && before.0.since(after.0) > CLOCK_JUMP)
}

impl Control {
    /// Expires what is to be expired now; answers how many sessions that were.
    pub async fn sweep(&self) -> Result<usize, ControlError> {
        self.flush_activity().await?;
        if self.activity.flushes() < FLUSHES_FIRST {
            return Ok(0);
        }
        let mut expired = 0;
        for session in self.ports.sessions.unreleased(self.ports.runtime.place()).await? {
            if session.status == Status::Running && self.expire(&session).await {
                expired += 1;
            }
        }
        Ok(expired)
    }

    /// Expires one session if its time is up; one bad row never stops the sweep.
    async fn expire(&self, session: &Session) -> bool {
        let at = self.now();
        let Some(reason) = lifetime::expiry(session, at) else { return false };
        let Ok(transition) = apply(session.status, SessionEvent::Expire(reason)) else { return false };
        let after = session.after(&transition, at);
        let change = self.session_change(
            Actor::system(),
            AuditAction::ExpireSession,
            &after,
            SessionEventKind::Expired,
            Vec::new(),
            at,
        );
        match self.ports.sessions.replace_session(session, &after, Guard::RowAndActivity, change).await {
            Ok(()) => {
                info!(session.id = %session.id, reason = reason.code(), "Session expired");
                self.reconciler.wake(&session.id);
                self.committed().await;
                true
            }
            // Somebody typed or stopped it in the meantime.
            Err(PortError::Conflict) => false,
            Err(error) => {
                warn!(session.id = %session.id, error = %error, "Session could not be expired");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_machine_or_a_corrected_clock_skips_a_sweep() {
        let start = Timestamp::from_micros(1_000_000_000);
        let after = |wall: u64, mono: u64| (start.plus(Duration::from_secs(wall)), Duration::from_secs(mono));
        let before = (start, Duration::ZERO);
        assert!(!clock_jumped(before, after(300, 300)));
        assert!(!clock_jumped(before, after(330, 300)));
        assert!(clock_jumped(before, after(3_600, 300)));
        assert!(clock_jumped((start.plus(Duration::from_hours(1)), Duration::ZERO), after(0, 300)));
    }
}
