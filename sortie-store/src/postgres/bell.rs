//! Telling other replicas that something was committed, and hearing it from them: a hint that saves them waiting for their
//! next look, and nothing more. Whatever is lost here is found by that look.
//!
//! One thread has one connection that no transaction pooler may share. Many commits become one NOTIFY; what comes from
//! ourselves is not heard.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Integer,
};
use tokio::sync::watch;
use tracing::{debug, info};

use super::{complete, prepare};
use crate::error::OpenError;

/// How long a notice from others may lie unread: reading is a look at the socket and asks the server nothing.
const LOOK: Duration = Duration::from_millis(20);
/// The least time between two notices of ours.
const GAP: Duration = Duration::from_millis(10);
/// How long after a failure the connection is made again.
const AGAIN: Duration = Duration::from_secs(1);

/// The bell of one store.
pub(crate) struct Bell {
    shared: Arc<Shared>,
    heard: watch::Receiver<u64>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    is_rung: bool,
    is_closed: bool,
}

impl Bell {
    /// Starts the thread; it connects by itself, as often as it must.
    pub(crate) fn start(dsn: &str) -> Result<Self, OpenError> {
        let shared = Arc::new(Shared { state: Mutex::default(), wake: Condvar::new() });
        let (sender, heard) = watch::channel(0);
        let (listening, dsn) = (Arc::clone(&shared), complete(dsn));
        std::thread::Builder::new()
            .name("database-bell".to_owned())
            .spawn(move || listening.run(&dsn, &sender))
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(Self { shared, heard })
    }

    /// Something was committed. Returns at once.
    pub(crate) fn ring(&self) {
        self.shared.state().is_rung = true;
        self.shared.wake.notify_all();
    }

    /// Counts what was heard.
    pub(crate) fn heard(&self) -> watch::Receiver<u64> {
        self.heard.clone()
    }

    /// Ends the thread, without waiting for it.
    pub(crate) fn close(&self) {
        self.shared.state().is_closed = true;
        self.shared.wake.notify_all();
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.close();
    }
}

#[derive(diesel::QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, dsn: &str, heard: &watch::Sender<u64>) {
        let mut is_known = false;
        loop {
            let served = PgConnection::establish(dsn)
                .map_err(|error| error.to_string())
                .and_then(|mut it| self.serve(&mut it, heard).map_err(|error| error.to_string()));
            match served {
                Ok(()) => return,
                Err(error) if is_known => debug!(error, "Hints are still not heard"),
                Err(error) => info!(error, "Hints from other replicas are not heard; they are found a moment later"),
            }
            is_known = true;
            let (state, _) = self
                .wake
                .wait_timeout_while(self.state(), AGAIN, |it| !it.is_closed)
                .unwrap_or_else(PoisonError::into_inner);
            if state.is_closed {
                return;
            }
        }
    }

    /// Until the bell is closed, or the connection fails.
    fn serve(&self, connection: &mut PgConnection, heard: &watch::Sender<u64>) -> QueryResult<()> {
        prepare(connection)?;
        let own = sql_query("SELECT pg_backend_pid() AS pid").get_result::<Process>(connection)?.pid;
        connection.batch_execute("LISTEN sortie_changes")?;
        // What was said while nobody listened.
        heard.send_modify(|count| *count += 1);
        loop {
            let waited = self.wake.wait_timeout_while(self.state(), LOOK, |it| !it.is_rung && !it.is_closed);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.is_closed {
                return Ok(());
            }
            let is_rung = std::mem::take(&mut state.is_rung);
            drop(state);
            if is_rung {
                connection.batch_execute("NOTIFY sortie_changes")?;
                std::thread::sleep(GAP);
            }
            let mut is_heard = false;
            for notice in connection.notifications_iter() {
                is_heard |= notice?.process_id != own;
            }
            if is_heard {
                heard.send_modify(|count| *count += 1);
            }
        }
    }
}
