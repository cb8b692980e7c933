//! Whether the server answers at all, found out on a connection of its own: a query that waits for a lock on a server that
//! lives is something else than a server that is gone, and only the second one is worth giving up soon.
//!
//! Nothing is asked while answers come; the first job that waits longer than usual has the server asked.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};

use super::complete;
use crate::error::OpenError;

/// How long the smallest question may stay without an answer.
const PATIENCE: Duration = Duration::from_millis(600);
/// How often a server that is gone is looked for.
const AGAIN: Duration = Duration::from_millis(250);

/// What is known about the server. Clones share it; the last one to go ends the asking.
pub(crate) struct Beat(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// Somebody waits for an answer from the server.
    is_wanted: bool,
    /// When the question that is under way was asked.
    asked: Option<Instant>,
    /// The last question failed.
    is_gone: bool,
    is_closed: bool,
}

impl Beat {
    /// Connects, and has a thread ready to ask.
    pub(crate) fn start(dsn: &str) -> Result<Self, OpenError> {
        let dsn = complete(dsn);
        let connection = PgConnection::establish(&dsn).map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let shared = Arc::new(Shared { state: Mutex::default(), wake: Condvar::new() });
        let asking = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("database-beat".to_owned())
            .spawn(move || asking.ask(&dsn, Some(connection)))
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(Self(shared))
    }

    /// Has the server asked.
    pub(crate) fn want(&self) {
        self.0.state().is_wanted = true;
        self.0.wake.notify_all();
    }

    /// Whether the server is known not to answer.
    pub(crate) fn is_gone(&self) -> bool {
        let state = self.0.state();
        state.is_gone || state.asked.is_some_and(|it| it.elapsed() > PATIENCE)
    }

    /// Ends the asking.
    pub(crate) fn close(&self) {
        self.0.state().is_closed = true;
        self.0.wake.notify_all();
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks whenever somebody wants to know, and again and again while there is no answer.
    fn ask(&self, dsn: &str, mut connection: Option<PgConnection>) {
        while self.is_asked_for() {
            let mut answers = connection.as_mut().is_some_and(answers);
            if !answers {
                // It may have been this connection only.
                connection = PgConnection::establish(dsn).ok();
                answers = connection.is_some();
            }
            let mut state = self.state();
            state.asked = None;
            state.is_gone = !answers;
            state.is_wanted = false;
        }
    }

    /// Waits until the server is to be asked; false once it is over.
    fn is_asked_for(&self) -> bool {
        let state = self.state();
        let mut state = if state.is_gone {
            let waited = self.wake.wait_timeout_while(state, AGAIN, |it| !it.is_closed);
            waited.unwrap_or_else(PoisonError::into_inner).0
        } else {
            let waited = self.wake.wait_while(state, |it| !it.is_wanted && !it.is_closed);
            waited.unwrap_or_else(PoisonError::into_inner)
        };
        state.asked = Some(Instant::now());
        !state.is_closed
    }
}

/// A question without a statement to prepare: any pooler passes it on.
fn answers(connection: &mut PgConnection) -> bool {
    connection.batch_execute("SELECT 1").is_ok()
}
