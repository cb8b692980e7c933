//! Which sessions are to be looked at, and when.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sortie_core::id::SessionId;
use tokio::{sync::Notify, time::Instant};

/// Sessions with the time from which they are due. A session stands in it at most once, with its earliest time.
#[derive(Debug, Default)]
pub(super) struct Queue {
    due: Mutex<HashMap<SessionId, Instant>>,
    notify: Notify,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Due now.
    pub(super) fn wake(&self, session: SessionId) {
        self.wake_after(session, Duration::ZERO);
    }

    /// Due after this time, unless it is due earlier already.
    pub(super) fn wake_after(&self, session: SessionId, after: Duration) {
        let at = Instant::now() + after;
        self.lock().entry(session).and_modify(|it| *it = (*it).min(at)).or_insert(at);
        self.notify.notify_one();
    }

    /// Ends a wait.
    pub(super) fn poke(&self) {
        self.notify.notify_one();
    }

    /// Takes the sessions that are due now and free.
    pub(super) fn due(&self, is_free: impl Fn(&SessionId) -> bool) -> Vec<SessionId> {
        let now = Instant::now();
        let mut due = Vec::new();
        self.lock().retain(|session, at| {
            let take = *at <= now && is_free(session);
            if take {
                due.push(session.clone());
            }
            !take
        });
        due
    }

    /// Waits until something is due or was poked, at most until `latest`.
    pub(super) async fn wait(&self, latest: Instant) {
        let now = Instant::now();
        // What is due already was not free: its worker pokes when it ends.
        let next = self.lock().values().copied().filter(|it| *it > now).min();
        let until = next.map_or(latest, |it| it.min(latest));
        tokio::select! {
            () = self.notify.notified() => {}
            () = tokio::time::sleep_until(until) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> SessionId {
        SessionId::new(text).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_taken_once_and_at_its_earliest_time() {
        let queue = Queue::default();
        queue.wake_after(id("a"), Duration::from_secs(9));
        queue.wake_after(id("a"), Duration::from_secs(1));
        assert!(queue.due(|_| true).is_empty());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(queue.due(|_| true), [id("a")]);
        assert!(queue.due(|_| true).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_session_stays_in_the_queue() {
        let queue = Queue::default();
        queue.wake(id("a"));
        assert!(queue.due(|_| false).is_empty());
        assert_eq!(queue.due(|_| true), [id("a")]);
    }
}
