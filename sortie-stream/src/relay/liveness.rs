//! What time does to a stream: pings, lost viewers, and sides that take nothing. Pure: the time is an argument.

use tokio::time::Instant;

use crate::close::{CloseCode, CloseReason};

use super::{End, Limits};

/// The moments that matter.
#[derive(Debug)]
pub(super) struct Liveness {
    limits: Limits,
    /// When the viewer's handshake must be over; `None` when it is.
    handshake_until: Option<Instant>,
    /// When the viewer last took a byte.
    last_sent: Instant,
    /// When the viewer last sent a byte, or was last not listened to.
    last_received: Instant,
    last_ping: Instant,
    client_blocked: Option<Instant>,
    upstream_blocked: Option<Instant>,
}

/// What has to be done now.
#[derive(Debug)]
pub(super) enum Due {
    Nothing,
    Ping,
    End(End),
}

impl Liveness {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            handshake_until: Some(now + limits.handshake),
            last_sent: now,
            last_received: now,
            last_ping: now,
            client_blocked: None,
            upstream_blocked: None,
        }
    }

    pub(super) fn handshake_done(&mut self) {
        self.handshake_until = None;
    }

    pub(super) fn received(&mut self, now: Instant) {
        self.last_received = now;
    }

    pub(super) fn client_took(&mut self, now: Instant) {
        self.last_sent = now;
        self.client_blocked = None;
    }

    pub(super) fn client_blocks(&mut self) {
        self.client_blocked.get_or_insert_with(Instant::now);
    }

    pub(super) fn upstream_took(&mut self) {
        // While the workload took nothing the viewer was not read, so its silence was ours.
        if self.upstream_blocked.take().is_some() {
            self.last_received = Instant::now();
        }
    }

    pub(super) fn upstream_blocks(&mut self) {
        self.upstream_blocked.get_or_insert_with(Instant::now);
    }

    /// The earliest moment at which [`Self::check`] could find something.
    pub(super) fn next(&self) -> Instant {
        let stalls = [
            self.handshake_until,
            self.client_blocked.map(|it| it + self.limits.client_stall),
            self.upstream_blocked.map(|it| it + self.limits.upstream_stall),
            self.upstream_blocked.is_none().then(|| self.lost_at()),
        ];
        stalls.into_iter().flatten().fold(self.ping_at(), Instant::min)
    }

    /// What is due at `now`. Afterwards [`Self::next`] is later than `now`, unless the stream ends.
    pub(super) fn check(&mut self, now: Instant) -> Due {
        let refused = |code, text| Due::End(End::ViewerRefused(CloseReason::new(code, text)));
        let has_passed = |begin: Option<Instant>, limit| begin.is_some_and(|begin| now >= begin + limit);
        if self.handshake_until.is_some_and(|until| now >= until) {
            return refused(CloseCode::Policy, "the viewer did not finish the handshake");
        }
        if has_passed(self.client_blocked, self.limits.client_stall) {
            return refused(CloseCode::TooSlow, CloseCode::TooSlow.text());
        }
        if has_passed(self.upstream_blocked, self.limits.upstream_stall) {
            return Due::End(End::UpstreamStuck);
        }
        if self.upstream_blocked.is_none() && now >= self.lost_at() {
            return refused(CloseCode::TooSlow, "the viewer stopped answering");
        }
        if now >= self.ping_at() {
            self.last_ping = now;
            return Due::Ping;
        }
        Due::Nothing
    }

    /// A ping keeps idle connections open on the way, and asks a viewer that only takes whether it is still there.
    fn ping_at(&self) -> Instant {
        self.last_sent.min(self.last_received).max(self.last_ping) + self.limits.ping
    }

    fn lost_at(&self) -> Instant {
        self.last_received + 2 * self.limits.ping
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn open(now: Instant) -> Liveness {
        let mut liveness = Liveness::new(Limits::STANDARD, now);
        liveness.handshake_done();
        liveness
    }

    #[test]
    fn a_silent_stream_is_pinged_once_per_interval_and_then_lost() {
        let begin = Instant::now();
        let mut liveness = open(begin);
        assert_eq!(liveness.next(), begin + 25 * SECOND);
        assert!(matches!(liveness.check(begin + 24 * SECOND), Due::Nothing));
        assert!(matches!(liveness.check(begin + 25 * SECOND), Due::Ping));
        liveness.client_took(begin + 25 * SECOND);
        assert!(matches!(liveness.check(begin + 49 * SECOND), Due::Nothing));
        assert!(matches!(liveness.check(begin + 50 * SECOND), Due::End(End::ViewerRefused(_))));
    }

    #[test]
    fn a_viewer_that_only_takes_is_asked_whether_it_is_there() {
        let begin = Instant::now();
        let mut liveness = open(begin);
        liveness.client_took(begin + 24 * SECOND);
        assert!(matches!(liveness.check(begin + 25 * SECOND), Due::Ping));
        liveness.received(begin + 26 * SECOND);
        liveness.client_took(begin + 60 * SECOND);
        assert!(matches!(liveness.check(begin + 75 * SECOND), Due::Ping));
    }

    #[test]
    fn a_viewer_that_is_not_read_is_not_lost() {
        let begin = Instant::now();
        let mut liveness = open(begin);
        liveness.upstream_blocked = Some(begin + 30 * SECOND);
        assert!(matches!(liveness.check(begin + 55 * SECOND), Due::Ping));
        assert!(matches!(liveness.check(begin + 90 * SECOND), Due::End(End::UpstreamStuck)));
    }

    #[test]
    fn what_is_next_is_never_now_after_a_check() {
        let begin = Instant::now();
        let mut liveness = open(begin);
        liveness.upstream_blocked = Some(begin);
        for seconds in 0..60 {
            let now = begin + seconds * SECOND;
            assert!(!matches!(liveness.check(now), Due::End(_)));
            assert!(liveness.next() > now);
        }
    }
}
