//! The loop that makes the world match the rows. It only compares, asks [`next_step`](sortie_core::session::next_step) and
//! performs; a crash between any two lines is repaired by asking again.

mod attention;
mod egress;
mod pass;
mod perform;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sortie_core::id::SessionId;
use tokio::task::JoinSet;
use tracing::{Span, error, info_span};

use crate::{
    Control,
    controller::{Desk, Next, Role, Subject},
};
use attention::Attention;

/// Shared with everybody who may wake the loop.
#[derive(Debug, Default)]
pub struct Reconciler {
    desk: Desk<SessionId>,
    attention: Mutex<HashMap<SessionId, Attention>>,
    orphans_kept: AtomicU64,
    passes: AtomicU64,
}

impl Reconciler {
    /// Look at this session soon.
    pub fn wake(&self, session: &SessionId) {
        self.desk.wake(session.clone());
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
        self.desk.trust_until(until);
    }

    /// Whether the place is surely ours now.
    pub(crate) fn is_trusted(&self, monotonic: Duration) -> bool {
        self.desk.role(monotonic) == Role::Worker
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

/// The sessions of this place.
#[derive(Clone)]
pub(crate) struct Sessions(pub(crate) Control);

impl Subject for Sessions {
    type Key = SessionId;

    const AT_ONCE: usize = 16;

    fn desk(&self) -> &Desk<SessionId> {
        &self.0.reconciler.desk
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    async fn compare(&self, role: Role, _: &mut JoinSet<()>) -> Duration {
        if role == Role::Worker
            && let Err(error) = self.0.compare_all().await
        {
            error!(error = %error, "Comparison failed; the next pass tries again");
        }
        self.0.settings.relist_interval
    }

    async fn work(&self, session: SessionId) -> Next {
        self.0.reconcile(&session).await
    }

    fn span(session: &SessionId) -> Span {
        info_span!("reconcile", session.id = %session)
    }
}
