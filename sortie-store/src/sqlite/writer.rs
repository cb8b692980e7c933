//! The one writer: a thread that takes jobs from a queue and commits them in groups.
//!
//! A group is what is queued at the moment, at most [`GROUP`] jobs: nobody waits for company, and under load one sync of the
//! disk serves many. Every job has a savepoint of its own, so a job that fails or panics leaves the others alone, and nobody
//! gets an answer before the commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread::JoinHandle,
    time::Duration,
};

use diesel::{QueryResult, SqliteConnection, connection::SimpleConnection};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::{connect, pragmas};
use crate::{
    connection::AnyConnection,
    error::{Failure, OpenError},
};

/// The most jobs in one transaction.
const GROUP: usize = 64;
/// The most jobs that wait; whoever comes then waits for a place in the queue.
const QUEUE: usize = 1_024;
/// How long to wait for a place in the queue before the database counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A unit of work that knows where its answer goes.
trait Job: Send {
    /// Does the work; answers whether it is to be kept.
    fn run(&mut self, connection: &mut AnyConnection) -> bool;
    /// Sends the answer: the work's own, or that the whole group came to nothing.
    fn answer(self: Box<Self>, group: Result<(), String>);
}

struct Task<T, F> {
    work: Option<F>,
    result: Result<T, Failure>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send,
{
    fn run(&mut self, connection: &mut AnyConnection) -> bool {
        if let Some(work) = self.work.take() {
            self.result =
                catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(Failure::Panicked));
        }
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, group: Result<(), String>) {
        // A failure inside a group that came to nothing may rest on what was undone, so it is not told either.
        let result = group.map_err(Failure::Unavailable).and(self.result);
        // Whoever asked may be gone; the work is committed all the same.
        drop(self.reply.send(result));
    }
}

/// The queue to the writer's thread.
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread on a prepared connection to the file at `path`.
    pub(crate) fn start(path: String, connection: SqliteConnection) -> Result<Self, OpenError> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("sortie-store-writer".to_owned())
            .spawn(move || Thread { path, connection: Some(AnyConnection::Sqlite(connection)) }.serve(jobs))
            .map_err(|error| OpenError::File(format!("the writer's thread cannot be started: {error}")))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Does the work in a transaction and answers after the commit.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        let closed = || Failure::Unavailable("the store is closed".to_owned());
        let queue = lock(&self.queue).clone().ok_or_else(closed)?;
        let (reply, answer) = oneshot::channel();
        let place = tokio::time::timeout(PATIENCE, queue.reserve())
            .await
            .map_err(|_| Failure::Unavailable("too many changes are waiting".to_owned()))?
            .map_err(|_| closed())?;
        place.send(Box::new(Task { work: Some(work), result: Err(Failure::Panicked), reply }));
        // Not to be held while waiting: the thread ends when the last sender is gone.
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Finishes what is queued, writes the log back into the file and closes it.
    pub(crate) fn close(&self) {
        drop(lock(&self.queue).take());
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            error!("The database writer ended by a panic");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// A lock whose holder panicked guards nothing that could be half changed here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What lives on the writer's thread.
struct Thread {
    path: String,
    connection: Option<AnyConnection>,
}

impl Thread {
    fn serve(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut group = Vec::new();
            let result = self.group(first, &mut jobs, &mut group).map_err(|error| error.to_string());
            if let Err(error) = &result {
                warn!(error, jobs = group.len(), "A group of changes came to nothing");
                // The state of its transaction is unknown; closing the connection ends it in any case.
                self.connection = None;
            }
            for job in group {
                job.answer(result.clone());
            }
        }
        if let Some(connection) = &mut self.connection
            && let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")
        {
            warn!(error = %error, "The write-ahead log could not be written back");
        }
    }

    /// Runs a group in one transaction. All its jobs are in `group` afterwards, also when it fails.
    fn group(
        &mut self,
        first: Box<dyn Job>,
        jobs: &mut mpsc::Receiver<Box<dyn Job>>,
        group: &mut Vec<Box<dyn Job>>,
    ) -> QueryResult<()> {
        group.push(first);
        let connection = self.connected()?;
        connection.batch_execute("BEGIN IMMEDIATE")?;
        let mut done = 0;
        while let Some(job) = group.get_mut(done) {
            connection.batch_execute("SAVEPOINT job")?;
            if !job.run(connection) {
                connection.batch_execute("ROLLBACK TO job")?;
            }
            connection.batch_execute("RELEASE job")?;
            done += 1;
            if done < GROUP
                && let Ok(next) = jobs.try_recv()
            {
                group.push(next);
            }
        }
        connection.batch_execute("COMMIT")
    }

    fn connected(&mut self) -> QueryResult<&mut AnyConnection> {
        if self.connection.is_none() {
            let mut fresh = connect(&self.path).map_err(|error| unavailable(error.to_string()))?;
            pragmas::prepare_writer(&mut fresh)?;
            self.connection = Some(AnyConnection::Sqlite(fresh));
        }
        self.connection.as_mut().ok_or_else(|| unavailable("no connection".to_owned()))
    }
}

fn unavailable(message: String) -> diesel::result::Error {
    diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UnableToSendCommand, Box::new(message))
}

#[cfg(test)]
mod tests;
