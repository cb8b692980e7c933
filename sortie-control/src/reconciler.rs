//! The loop that makes the world match the rows. It only compares, asks [`next_step`](sortie_core::session::next_step) and
//! performs; a crash between any two lines is repaired by asking again.

mod attention;
mod egress;
mod pass;
mod perform;
mod queue;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sortie_core::id::SessionId;
use tokio::{task::JoinSet, time::Instant};
use tracing::{Instrument, debug, error, info_span};

use crate::Control;
use attention::Attention;
use queue::Queue;

/// How many sessions are worked on at once.
const WORKERS: usize = 16;

/// Shared with everybody who may wake the loop.
#[derive(Debug, Default)]
pub struct Reconciler {
    queue: Queue,
    attention: Mutex<HashMap<SessionId, Attention>>,
    /// Until when the place's lease may be trusted, in microseconds of the monotonic clock.
    trusted_until: AtomicU64,
    orphans_kept: AtomicU64,
    passes: AtomicU64,
}

/// What to do with a session after it was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing until it is woken or the next pass finds something.
    Rest,
    /// Look again after this time, or when woken.
    Again(Duration),
}

impl Reconciler {
    /// Look at this session soon.
    pub fn wake(&self, session: &SessionId) {
        self.queue.wake(session.clone());
    }

    /// Workloads without a row that the last pass left for a person to settle.
    pub fn orphans_kept(&self) -> u64 {
        self.orphans_kept.load(Ordering::Relaxed)
    }

    /// How many full comparisons have been made.
    pub fn passes(&self) -> u64 {
        self.passes.load(Ordering::Relaxed)
    }

    /// The place is ours until then, by the monotonic clock.
    pub(crate) fn trust_until(&self, until: Duration) {
        let micros = u64::try_from(until.as_micros()).unwrap_or(u64::MAX);
        if self.trusted_until.fetch_max(micros, Ordering::AcqRel) < micros {
            self.queue.poke();
        }
    }

    /// Whether the place is surely ours now.
    pub(crate) fn is_trusted(&self, monotonic: Duration) -> bool {
        u128::from(self.trusted_until.load(Ordering::Acquire)) > monotonic.as_micros()
    }

    fn attention(&self) -> MutexGuard<'_, HashMap<SessionId, Attention>> {
        self.attention.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands the runtime's hints to the loop.
pub(crate) async fn watch(control: Control) {
    let waker = control.clone();
    let wake = Arc::new(move |session: SessionId| waker.reconciler.wake(&session));
    control.ports.runtime.watch(wake).await;
    // A runtime without hints: the passes do it alone.
    std::future::pending::<()>().await;
}

/// Works on what is woken, and compares everything at an interval.
pub(crate) async fn run(control: Control) {
    let mut workers: JoinSet<()> = JoinSet::new();
    let busy: Arc<Mutex<HashSet<SessionId>>> = Arc::default();
    let mut next_pass = Instant::now();
    loop {
        if !control.reconciler.is_trusted(control.monotonic()) {
            control.reconciler.queue.wait(Instant::now() + Duration::from_secs(1)).await;
            continue;
        }
        if Instant::now() >= next_pass {
            if let Err(error) = control.compare_all().await {
                error!(error = %error, "Comparison failed; the next pass tries again");
            }
            next_pass = Instant::now() + control.settings.relist_interval;
        }
        for session in control.reconciler.queue.due(|it| !lock(&busy).contains(it)) {
            while workers.len() >= WORKERS {
                workers.join_next().await;
            }
            lock(&busy).insert(session.clone());
            let (control, busy) = (control.clone(), Arc::clone(&busy));
            let span = info_span!("reconcile", session.id = %session);
            workers.spawn(async move { work(&control, session, &busy).await }.instrument(span));
        }
        while workers.try_join_next().is_some() {}
        control.reconciler.queue.wait(next_pass).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a session back to the loop, whatever happens to its worker.
struct Claim<'a> {
    control: &'a Control,
    claimed: &'a Mutex<HashSet<SessionId>>,
    session: SessionId,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        lock(self.claimed).remove(&self.session);
        self.control.reconciler.queue.poke();
    }
}

async fn work(control: &Control, session: SessionId, busy: &Mutex<HashSet<SessionId>>) {
    let held = Claim { control, claimed: busy, session };
    match control.reconcile(&held.session).await {
        Next::Rest => debug!("Session rests"),
        Next::Again(after) => control.reconciler.queue.wake_after(held.session.clone(), after),
    }
}
