//! Idle means no input; age is not idleness.

use super::{Reason, Session, Status};
use crate::time::Timestamp;

/// The point from which time without input counts: the last input, else when it became usable.
pub fn idle_since(session: &Session) -> Timestamp {
    let started = session.started_at.unwrap_or(session.created_at);
    session.last_input_at.map_or(started, |input| input.max(started))
}

/// When the session would expire if no input came from now on; `None` when it never does or is not running.
pub fn expires_at(session: &Session) -> Option<Timestamp> {
    if session.status != Status::Running {
        return None;
    }
    let idle = session.idle_timeout.map(|it| idle_since(session).plus(it));
    let hard = session.max_lifetime.map(|it| session.started_at.unwrap_or(session.created_at).plus(it));
    match (idle, hard) {
        (Some(idle), Some(hard)) => Some(idle.min(hard)),
        (one, other) => one.or(other),
    }
}

/// Whether a running session is to be expired now, and why. The hard limit wins.
pub fn expiry(session: &Session, now: Timestamp) -> Option<Reason> {
    if session.status != Status::Running {
        return None;
    }
    let started = session.started_at.unwrap_or(session.created_at);
    if session.max_lifetime.is_some_and(|it| now.since(started) >= it) {
        return Some(Reason::LifetimeExceeded);
    }
    if session.idle_timeout.is_some_and(|it| now.since(idle_since(session)) >= it) {
        return Some(Reason::IdleTimeout);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::session::fixture;

    const MINUTE: Duration = Duration::from_mins(1);

    fn running(minutes_ago_started: u32, minutes_ago_input: Option<u32>) -> (Session, Timestamp) {
        let now = Timestamp::from_micros(1_000_000_000_000);
        let mut session = fixture::session(Status::Running);
        session.started_at = Some(now.minus(MINUTE * minutes_ago_started));
        session.last_input_at = minutes_ago_input.map(|it| now.minus(MINUTE * it));
        session.idle_timeout = Some(MINUTE * 120);
        (session, now)
    }

    #[test]
    fn a_session_in_use_outlives_its_idle_timeout() {
        let (session, now) = running(600, Some(1));
        assert_eq!(expiry(&session, now), None);
    }

    #[test]
    fn a_silent_session_expires_after_its_idle_timeout_and_not_before() {
        let (session, now) = running(600, Some(120));
        assert_eq!(expiry(&session, now), Some(Reason::IdleTimeout));
        assert_eq!(expiry(&session, now.minus(Duration::from_secs(1))), None);
    }

    #[test]
    fn the_hard_limit_ends_even_a_session_in_use() {
        let (mut session, now) = running(60, Some(0));
        session.max_lifetime = Some(MINUTE * 60);
        assert_eq!(expiry(&session, now), Some(Reason::LifetimeExceeded));
        assert_eq!(expires_at(&session), Some(now));
    }

    #[test]
    fn a_session_that_is_still_creating_never_expires() {
        let (mut session, now) = running(600, None);
        session.status = Status::Creating;
        assert_eq!(expiry(&session, now), None);
    }
}
