//! The loop that keeps something true: a full comparison at an interval and when it is woken, a queue of keys with work to do, one
//! worker for a key at a time, a lease without which nothing is done.
//!
//! What is compared and what a key's work is, is the [`Subject`]'s: sessions of a place, apps of services on an engine. Workers end
//! with the loop; a crash between any two lines is repaired by comparing again.

mod queue;

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinSet, time::Instant};
use tracing::{Instrument, Span};

use self::queue::Queue;

/// Something that a loop keeps true.
pub(crate) trait Subject: Clone + Send + Sync + 'static {
    /// What is worked on by itself.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;

    /// How many keys are worked on at once.
    const AT_ONCE: usize;

    /// What the loop shares with whoever wakes it.
    fn desk(&self) -> &Desk<Self::Key>;

    /// The monotonic clock.
    fn monotonic(&self) -> Duration;

    /// Reads everything afresh and wakes each key that has work to do; answers when to compare again at the latest. What it spawns
    /// into `aside` ends with the loop.
    fn compare(&self, role: Role, aside: &mut JoinSet<()>) -> impl Future<Output = Duration> + Send;

    /// Works on one key.
    fn work(&self, key: Self::Key) -> impl Future<Output = Next> + Send;

    /// Under what a key's work is logged.
    fn span(key: &Self::Key) -> Span;
}

/// What we are to what the lease is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// We hold the lease: we change things and write back what we see.
    Worker,
    /// Another server does, or nobody: we may look, so that we can be asked.
    Standby,
}

/// What to do with a key after it was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing until it is woken or the next comparison finds something.
    Rest,
    /// Work on it again after this time, or when woken.
    Again(Duration),
    /// Compare everything now.
    Compare,
}

/// What the loop shares with everybody who may wake it.
#[derive(Debug)]
pub(crate) struct Desk<K> {
    queue: Queue<K>,
    busy: Mutex<HashSet<K>>,
    compare_now: AtomicBool,
    /// Until when the lease may be trusted, in microseconds of the monotonic clock.
    trusted_until: AtomicU64,
}

impl<K> Default for Desk<K> {
    fn default() -> Self {
        Self {
            queue: Queue::default(),
            busy: Mutex::default(),
            compare_now: AtomicBool::new(false),
            trusted_until: AtomicU64::new(0),
        }
    }
}

impl<K: Clone + Eq + Hash> Desk<K> {
    /// Work on this one soon.
    pub(crate) fn wake(&self, key: K) {
        self.queue.wake(key);
    }

    /// Compare everything soon.
    pub(crate) fn compare_soon(&self) {
        self.compare_now.store(true, Ordering::Release);
        self.queue.poke();
    }

    /// The lease is ours until then, by the monotonic clock.
    pub(crate) fn trust_until(&self, until: Duration) {
        let micros = u64::try_from(until.as_micros()).unwrap_or(u64::MAX);
        if self.trusted_until.fetch_max(micros, Ordering::AcqRel) < micros {
            self.queue.poke();
        }
    }

    /// What we are now.
    pub(crate) fn role(&self, monotonic: Duration) -> Role {
        let is_trusted = u128::from(self.trusted_until.load(Ordering::Acquire)) > monotonic.as_micros();
        if is_trusted { Role::Worker } else { Role::Standby }
    }

    /// Whom somebody works on now.
    pub(crate) fn busy(&self) -> MutexGuard<'_, HashSet<K>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives a key back to the loop, whatever happens to its worker.
struct Claim<'a, S: Subject> {
    subject: &'a S,
    key: S::Key,
}

impl<S: Subject> Drop for Claim<'_, S> {
    fn drop(&mut self) {
        self.subject.desk().busy().remove(&self.key);
        self.subject.desk().queue.poke();
    }
}

/// Runs the loop; never ends by itself.
pub(crate) async fn run<S: Subject>(subject: S) {
    let desk = subject.desk();
    let (mut workers, mut aside) = (JoinSet::new(), JoinSet::new());
    // A loop that was started again has lost its workers with the old one.
    desk.busy().clear();
    let mut next = Instant::now();
    let mut compared_as = None;
    loop {
        let role = desk.role(subject.monotonic());
        let is_told = desk.compare_now.swap(false, Ordering::AcqRel);
        if is_told || compared_as != Some(role) || Instant::now() >= next {
            compared_as = Some(role);
            next = Instant::now() + subject.compare(role, &mut aside).await;
        }
        // Asked again: a comparison may have taken longer than the lease is trusted.
        if desk.role(subject.monotonic()) == Role::Worker {
            let room = S::AT_ONCE.saturating_sub(desk.busy().len());
            let due = desk.queue.due(room, |it| !desk.busy().contains(it));
            for key in due {
                desk.busy().insert(key.clone());
                let (subject, span) = (subject.clone(), S::span(&key));
                workers.spawn(async move { work(&subject, key).await }.instrument(span));
            }
        }
        while workers.try_join_next().is_some() {}
        while aside.try_join_next().is_some() {}
        desk.queue.wait(next).await;
    }
}

async fn work<S: Subject>(subject: &S, key: S::Key) {
    let next = {
        let held = Claim { subject, key: key.clone() };
        subject.work(held.key.clone()).await
    };
    match next {
        Next::Rest => {}
        Next::Again(after) => subject.desk().queue.wake_after(key, after),
        Next::Compare => subject.desk().compare_soon(),
    }
}
