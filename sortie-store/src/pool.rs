//! Connections for jobs that run beside each other: SQLite's readers, and everything on PostgreSQL.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::{Connection, ConnectionError, connection::SimpleConnection, r2d2::R2D2Connection};
use tokio::sync::Semaphore;

use crate::{
    connection::AnyConnection,
    error::Failure,
    postgres::{self, beat::Beat},
    sqlite,
};

/// How long a job waits for its turn, and then for a connection, before the database counts as away.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a server that lives may take for a whole job: a little more than its own limit for a lock, and far more than any
/// query of ours needs.
const ANSWER: Duration = Duration::from_millis(2_500);
/// When a job takes so long that the server is asked whether it lives. One that does not is given up for everybody, so that
/// callers get their answer within a second; the threads follow when the connections' own limits (`postgres::DEFAULTS`) notice.
const UNUSUAL: Duration = Duration::from_millis(100);

/// Where connections lead.
#[derive(Clone)]
pub(crate) enum Target {
    /// A SQLite file, read only.
    Sqlite(String),
    /// A PostgreSQL server, by its completed connection string.
    Postgres {
        /// The completed connection string.
        dsn: String,
        /// Whether a pooler in between gives each transaction another connection.
        is_pooled: bool,
    },
}

/// Makes connections and tells whether they still work.
pub(crate) struct Manager(Target);

impl r2d2::ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<AnyConnection, Self::Error> {
        let connection: Result<_, ConnectionError> = match &self.0 {
            Target::Sqlite(path) => diesel::SqliteConnection::establish(path).map(AnyConnection::Sqlite),
            Target::Postgres { dsn, .. } => diesel::PgConnection::establish(dsn).map(AnyConnection::Postgres),
        };
        connection.map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Self::Error> {
        match connection {
            // A file does not go away between two reads, and asking would cost a read of its own.
            AnyConnection::Sqlite(_) => Ok(()),
            // In one message: a pooler may give the second one to another connection.
            AnyConnection::Postgres(it) => it.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// Puts every fresh connection into the state that the rules ask for.
#[derive(Debug)]
struct Prepare {
    is_pooled: bool,
}

impl r2d2::CustomizeConnection<AnyConnection, diesel::r2d2::Error> for Prepare {
    fn on_acquire(&self, connection: &mut AnyConnection) -> Result<(), diesel::r2d2::Error> {
        let prepared = match connection {
            AnyConnection::Sqlite(it) => sqlite::pragmas::prepare_reader(it),
            AnyConnection::Postgres(it) if self.is_pooled => {
                postgres::pooler::forget_statements(it);
                Ok(())
            }
            AnyConnection::Postgres(it) => postgres::prepare(it),
        };
        prepared.map_err(diesel::r2d2::Error::QueryError)
    }
}

/// A bounded set of connections.
pub(crate) struct Pool {
    /// Gone once the pool is closed.
    connections: Mutex<Option<r2d2::Pool<Manager>>>,
    turns: Arc<Semaphore>,
    size: u32,
    /// Whether the server answers; a file always does.
    beat: Option<Beat>,
    is_pooled: bool,
}

impl Pool {
    /// Opens the pool with at least one working connection. The error is the database's own words.
    pub(crate) fn open(target: Target, size: u32, least: u32, beat: Option<Beat>) -> Result<Self, String> {
        let size = size.max(1);
        let is_pooled = matches!(target, Target::Postgres { is_pooled: true, .. });
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(least.min(size)))
            .connection_timeout(postgres::CONNECT_TIMEOUT + PATIENCE)
            .connection_customizer(Box::new(Prepare { is_pooled }))
            // Failures reach whoever asked for a connection; r2d2's own log line would say them twice.
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build(Manager(target))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            connections: Mutex::new(Some(connections)),
            turns: Arc::new(Semaphore::new(size as usize)),
            size,
            beat,
            is_pooled,
        })
    }

    /// Runs a query on a connection, on a thread that may wait. Waiters queue without a thread.
    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        if self.is_pooled { self.commit(job).await } else { self.queue(job).await }
    }

    /// The same in a transaction; the answer comes after the commit.
    pub(crate) async fn commit<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        let is_pooled = self.is_pooled;
        self.queue(move |connection| {
            connection.transaction(|connection| {
                if is_pooled {
                    postgres::pooler::begin(connection)?;
                }
                job(connection)
            })
        })
        .await
    }

    async fn queue<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        let Some(beat) = &self.beat else { return self.execute(job).await };
        let mut job = std::pin::pin!(tokio::time::timeout(ANSWER, self.execute(job)));
        while !beat.is_gone() {
            match tokio::time::timeout(UNUSUAL, &mut job).await {
                Ok(done) => return done.unwrap_or_else(|_| Err(silent())),
                Err(_) => beat.want(),
            }
        }
        Err(silent())
    }

    async fn execute<T, F>(&self, job: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| Failure::Unavailable("every database connection is busy".to_owned()))?
            .map_err(|_| closed())?;
        let connections = self.connections().ok_or_else(closed)?;
        let job = tokio::task::spawn_blocking(move || {
            let result = match connections.get_timeout(PATIENCE) {
                Ok(mut connection) => job(&mut connection),
                Err(error) => Err(Failure::Unavailable(format!("no database connection: {error}"))),
            };
            drop((connections, turn));
            result
        });
        job.await.unwrap_or(Err(Failure::Panicked))
    }

    /// Lets nobody in any more, waits for running jobs (at most `patience`) and closes the connections.
    pub(crate) fn close(&self, patience: Duration) {
        let step = Duration::from_millis(5);
        let mut waited = Duration::ZERO;
        while self.turns.available_permits() < self.size as usize && waited < patience {
            std::thread::sleep(step);
            waited += step;
        }
        self.turns.close();
        if let Some(beat) = &self.beat {
            beat.close();
        }
        drop(self.connections.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn connections(&self) -> Option<r2d2::Pool<Manager>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every connection in turn, for tests that look at the state of each.
    #[cfg(test)]
    pub(crate) fn each(&self, mut look: impl FnMut(&mut AnyConnection)) {
        let mut held: Vec<_> = (0..self.size).map(|_| self.connections().unwrap().get().unwrap()).collect();
        for connection in &mut held {
            look(connection);
        }
    }
}

fn silent() -> Failure {
    Failure::Unavailable("the database does not answer".to_owned())
}

fn closed() -> Failure {
    Failure::Unavailable("the store is closed".to_owned())
}

#[cfg(test)]
mod tests;
