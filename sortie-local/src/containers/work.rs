//! What this server is doing for sessions right now. None of it needs to survive: it is begun again from what is on the disk.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sortie_core::{id::SessionId, port::runtime::Wake, workload::Held};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Changes that a watcher may be behind.
const BACKLOG: usize = 256;

/// What is being done for a session.
pub(super) enum Doing {
    /// It is made; cancelling it waits for nothing that has not begun.
    Making(CancellationToken),
    /// It is removed.
    Removing,
}

enum Work {
    Under(Doing, JoinHandle<()>),
    /// The last attempt to make it met this.
    Held(Held),
}

/// One piece of work for each session at the most. Clones share it.
#[derive(Clone)]
pub(super) struct Works {
    known: Arc<Mutex<HashMap<SessionId, Work>>>,
    changed: broadcast::Sender<SessionId>,
}

impl Default for Works {
    fn default() -> Self {
        Self { known: Arc::default(), changed: broadcast::Sender::new(BACKLOG) }
    }
}

impl Works {
    /// Begins a piece of work, which answers with what it met. A removal waits for the end of a making, which it cancels; anything
    /// else is not begun beside what is under way.
    pub(super) fn begin(
        &self,
        session: &SessionId,
        doing: Doing,
        work: impl Future<Output = Option<Held>> + Send + 'static,
    ) {
        let mut known = self.known();
        let making = match (known.remove(session), &doing) {
            (Some(Work::Under(Doing::Making(cancel), making)), Doing::Removing) => {
                cancel.cancel();
                Some(making)
            }
            (Some(under @ Work::Under(..)), _) => {
                known.insert(session.clone(), under);
                return;
            }
            (Some(Work::Held(_)) | None, _) => None,
        };
        let (works, of) = (self.clone(), session.clone());
        let task = tokio::spawn(async move {
            if let Some(making) = making {
                // However it ended: it is over.
                let _ = making.await;
            }
            let met = work.await;
            works.end(of, met);
        });
        known.insert(session.clone(), Work::Under(doing, task));
    }

    fn end(&self, session: SessionId, met: Option<Held>) {
        let mut known = self.known();
        // A making that was cancelled has a successor in its place.
        let is_cancelled = matches!(known.get(&session), Some(Work::Under(Doing::Removing, task)) if !is_current(task));
        if !is_cancelled {
            known.remove(&session);
            if let Some(held) = met {
                known.insert(session.clone(), Work::Held(held));
            }
        }
        drop(known);
        // Nobody may be listening.
        let _ = self.changed.send(session);
    }

    /// What the last attempt to make a session met, once.
    pub(super) fn take_trouble(&self, session: &SessionId) -> Option<Held> {
        let mut known = self.known();
        match known.remove(session) {
            Some(Work::Held(held)) => Some(held),
            Some(under) => {
                known.insert(session.clone(), under);
                None
            }
            None => None,
        }
    }

    /// Whether the session is being made.
    pub(super) fn is_making(&self, session: &SessionId) -> bool {
        matches!(self.known().get(session), Some(Work::Under(Doing::Making(_), _)))
    }

    /// Whether it is being removed.
    pub(super) fn is_removing(&self, session: &SessionId) -> bool {
        matches!(self.known().get(session), Some(Work::Under(Doing::Removing, _)))
    }

    /// Calls `wake` at each end of a piece of work. Never ends.
    pub(super) async fn watch(&self, wake: &Wake) {
        let mut changes = self.changed.subscribe();
        loop {
            match changes.recv().await {
                Ok(session) => wake(session),
                // What was missed is found by the next list.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SessionId, Work>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_current(task: &JoinHandle<()>) -> bool {
    tokio::task::try_id() == Some(task.id())
}
