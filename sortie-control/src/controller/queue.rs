//! Which keys are to be worked on, and when.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// Keys with the time from which they are due. A key stands in it at most once, with its earliest time.
#[derive(Debug)]
pub(super) struct Queue<K> {
    due: Mutex<HashMap<K, Instant>>,
    notify: Notify,
}

impl<K> Default for Queue<K> {
    fn default() -> Self {
        Self { due: Mutex::default(), notify: Notify::new() }
    }
}

impl<K: Clone + Eq + Hash> Queue<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Due now.
    pub(super) fn wake(&self, key: K) {
        self.wake_after(key, Duration::ZERO);
    }

    /// Due after this time, unless it is due earlier already.
    pub(super) fn wake_after(&self, key: K, after: Duration) {
        let at = Instant::now() + after;
        self.lock().entry(key).and_modify(|it| *it = (*it).min(at)).or_insert(at);
        self.notify.notify_one();
    }

    /// Ends a wait.
    pub(super) fn poke(&self) {
        self.notify.notify_one();
    }

    /// Takes those that are due now and free, at most so many. Whoever is left over is taken when a worker ends.
    pub(super) fn due(&self, most: usize, is_free: impl Fn(&K) -> bool) -> Vec<K> {
        let now = Instant::now();
        let mut due = Vec::new();
        self.lock().retain(|key, at| {
            let take = due.len() < most && *at <= now && is_free(key);
            if take {
                due.push(key.clone());
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
    use sortie_core::id::SessionId;

    use super::*;

    fn id(text: &str) -> SessionId {
        SessionId::new(text).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_taken_once_and_at_its_earliest_time() {
        let queue = Queue::default();
        queue.wake_after(id("a"), Duration::from_secs(9));
        queue.wake_after(id("a"), Duration::from_secs(1));
        assert!(queue.due(9, |_| true).is_empty());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(queue.due(9, |_| true), [id("a")]);
        assert!(queue.due(9, |_| true).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_session_stays_in_the_queue() {
        let queue = Queue::default();
        queue.wake(id("a"));
        assert!(queue.due(9, |_| false).is_empty());
        assert_eq!(queue.due(9, |_| true), [id("a")]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_taken_than_there_is_room_for() {
        let queue = Queue::default();
        for name in ["a", "b", "c"] {
            queue.wake(id(name));
        }
        assert_eq!(queue.due(2, |_| true).len(), 2);
        assert_eq!(queue.due(2, |_| true).len(), 1);
    }
}
