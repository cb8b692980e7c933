//! The store: opened, used through the ports, closed.

use std::{sync::Arc, time::Duration};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query, sql_types::Bool};
use sortie_core::port::PortResult;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::{
    adopt::{self, Adoption},
    connection::AnyConnection,
    error::{Failure, OpenError},
    migrate,
    pool::{Pool, Target},
    postgres::{self, beat::Beat, bell::Bell},
    settings::{Database, Settings},
    sqlite::{self, file::OwnedFile, pragmas, writer::Writer},
};

/// How long closing waits for reads that are under way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);
/// How long starting waits for another replica that is migrating, and how often it looks.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(2);
const MIGRATION_STEP: Duration = Duration::from_millis(200);
/// The key of the advisory lock around migrations on PostgreSQL: "sortie" as bytes.
pub(crate) const MIGRATION_LOCK: i64 = 0x736F_7274_6965;

/// An open database. A cheap handle: clones share it.
///
/// Implements the stores among the ports of `sortie-core`.
/// Their futures need a tokio runtime; opening and closing block and need none.
#[derive(Clone)]
pub struct Store(Arc<Access>);

enum Access {
    /// The pool goes first when this is dropped, so that the writer is the last to close the file.
    Sqlite { readers: Pool, writer: Writer, _file: OwnedFile },
    Postgres {
        pool: Pool,
        /// Where connections live as long as we want them to.
        bell: Option<Bell>,
    },
}

impl Store {
    /// Opens the database and brings its schema up to date. Blocks.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let access = match settings.database {
            Database::Sqlite { path } => {
                let file = sqlite::file::take(&path)?;
                sqlite::stale::put_aside(&file)?;
                let mut connection = sqlite::connect(&file.path)?;
                pragmas::check_version(&mut connection).map_err(|error| named(error, &file.path))?;
                // Looked at before anything is set: a foreign file stays as it is, down to its journal mode.
                migrate::pending_sqlite(&mut connection).map_err(|error| named(error, &file.path))?;
                adopt::adopt_file(&mut connection, &file.path).map_err(|error| named(error, &file.path))?;
                pragmas::prepare_writer(&mut connection)?;
                migrate::sqlite(&mut connection)?;
                sqlite::stale::mark(&mut connection, &file)?;
                let readers = Pool::open(Target::Sqlite(file.path.clone()), sqlite::READERS, sqlite::READERS, None)
                    .map_err(OpenError::File)?;
                let writer = Writer::start(file.path.clone(), connection)?;
                Access::Sqlite { readers, writer, _file: file }
            }
            Database::Postgres { dsn, direct_dsn, max_connections } => {
                let direct = direct_dsn.as_deref().unwrap_or(&dsn);
                let mut connection = postgres::connect(direct)?;
                postgres::warn_if_open(&mut connection)?;
                migrate_postgres(&mut connection)?;
                drop(connection);
                let is_pooled = postgres::pooler::is_between(&dsn)?;
                if is_pooled {
                    info!(
                        "A transaction pooler is in front of PostgreSQL: settings and locks belong to single transactions"
                    );
                }
                // Not through a pooler where there is another way: its queue is no sign of the server's health.
                let beat = Beat::start(direct)?;
                let target = Target::Postgres { dsn: postgres::complete(&dsn), is_pooled };
                let pool = Pool::open(target, max_connections, 1, Some(beat)).map_err(OpenError::Unreachable)?;
                let bell = if is_pooled && direct_dsn.is_none() {
                    warn!(
                        "Without SORTIE_DB_DIRECT_DSN replicas behind a pooler hear of each other's changes a moment later"
                    );
                    None
                } else {
                    Some(Bell::start(direct)?)
                };
                Access::Postgres { pool, bell }
            }
        };
        Ok(Self(Arc::new(access)))
    }

    /// The migrations that opening would apply, oldest first, by version. Changes nothing; makes no file. Blocks.
    pub fn pending(settings: &Settings) -> Result<Vec<String>, OpenError> {
        match &settings.database {
            Database::Sqlite { path } if !path.exists() => {
                let mut nothing = sqlite::connect(":memory:")?;
                migrate::pending_sqlite(&mut nothing)
            }
            Database::Sqlite { path } => {
                sqlite::stale::look(path)?;
                let path = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
                migrate::pending_sqlite(&mut sqlite::connect(path)?).map_err(|error| named(error, path))
            }
            Database::Postgres { dsn, direct_dsn, .. } => {
                let mut connection = postgres::connect(direct_dsn.as_deref().unwrap_or(dsn))?;
                connection.transaction(migrate::pending_postgres)
            }
        }
    }

    /// What opening would do to a database of an older system; `None` for every other one. Changes nothing; makes no file.
    /// Blocks.
    pub fn adoption(settings: &Settings) -> Result<Option<Adoption>, OpenError> {
        match &settings.database {
            Database::Sqlite { path } if !path.exists() => Ok(None),
            Database::Sqlite { path } => {
                sqlite::stale::look(path)?;
                let path = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
                adopt::survey(&mut sqlite::connect(path)?).map_err(|error| named(error, path))
            }
            Database::Postgres { dsn, direct_dsn, .. } => {
                adopt::survey(&mut postgres::connect(direct_dsn.as_deref().unwrap_or(dsn))?)
            }
        }
    }

    /// Brings the schema up to date and closes the database again; answers what was applied, by version. With `check_only`
    /// it changes nothing and answers what would be applied. Blocks.
    pub fn migrate(settings: &Settings, check_only: bool) -> Result<Vec<String>, OpenError> {
        let pending = Self::pending(settings)?;
        if !check_only && !pending.is_empty() {
            Self::open(settings.clone())?.close();
        }
        Ok(pending)
    }

    /// Finishes what was begun and closes the database; every later call answers `Unavailable`. A SQLite file is left
    /// without `-wal` and `-shm` beside it. Blocks, at most a few seconds. Closing twice is fine.
    pub fn close(&self) {
        match &*self.0 {
            Access::Sqlite { readers, writer, .. } => {
                readers.close(CLOSE_PATIENCE);
                writer.close();
            }
            Access::Postgres { pool, bell } => {
                pool.close(CLOSE_PATIENCE);
                if let Some(bell) = bell {
                    bell.close();
                }
            }
        }
    }

    /// Runs a query.
    pub(crate) fn read<T, F>(&self, query: F) -> PortResult<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        Box::pin(async move {
            let (Access::Sqlite { readers: pool, .. } | Access::Postgres { pool, .. }) = &*self.0;
            Ok(pool.run(query).await?)
        })
    }

    /// Runs a change in a transaction; its answer comes after the commit.
    pub(crate) fn write<T, F>(&self, change: F) -> PortResult<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        Box::pin(async move { Ok(self.commit(change).await?) })
    }

    /// The same for changes that nobody waits for elsewhere: leases, activity, what is forgotten.
    pub(crate) fn write_quietly<T, F>(&self, change: F) -> PortResult<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        Box::pin(async move { Ok(self.transact(change).await?) })
    }

    /// Counts the hints of other servers; `None` where there are none.
    pub(crate) fn hints(&self) -> Option<watch::Receiver<u64>> {
        match &*self.0 {
            Access::Sqlite { .. } => None,
            Access::Postgres { bell, .. } => bell.as_ref().map(Bell::heard),
        }
    }

    /// A change with our own error, for answers that a port error cannot give.
    pub(crate) async fn commit<T, F>(&self, change: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        let done = self.transact(change).await?;
        if let Access::Postgres { bell: Some(bell), .. } = &*self.0 {
            bell.ring();
        }
        Ok(done)
    }

    async fn transact<T, F>(&self, change: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T, Failure> + Send + 'static,
    {
        match &*self.0 {
            Access::Sqlite { writer, .. } => writer.run(change).await,
            Access::Postgres { pool, .. } => pool.commit(change).await,
        }
    }
}

/// Puts the database's name into an error that is about a whole database.
fn named(error: OpenError, name: &str) -> OpenError {
    if let OpenError::Foreign { table, .. } = error {
        OpenError::Foreign { database: name.to_owned(), table }
    } else if let OpenError::Odd { why, .. } = error {
        OpenError::Odd { database: name.to_owned(), why }
    } else if let OpenError::Unreachable(error) = error {
        OpenError::File(format!("{name} cannot be read: {error}"))
    } else {
        error
    }
}

#[derive(diesel::QueryableByName)]
struct Got {
    #[diesel(sql_type = Bool)]
    got: bool,
}

/// Migrates under a lock, so that replicas that start together apply everything once. All migrations and the lock are one
/// transaction: through a pooler nothing else would keep them together, and what fails leaves the schema as it was.
fn migrate_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    let text = format!("SELECT pg_try_advisory_xact_lock({MIGRATION_LOCK}) AS got");
    let mut waited = Duration::ZERO;
    loop {
        let is_done = connection.transaction::<_, OpenError, _>(|connection| {
            let got = sql_query(&text).get_result::<Got>(connection)?.got;
            if got {
                adopt::adopt_server(connection)?;
                migrate::postgres(connection)?;
            }
            Ok(got)
        })?;
        if is_done {
            return Ok(());
        }
        if waited >= MIGRATION_PATIENCE {
            return Err(OpenError::Unreachable("another server has been migrating it for too long".to_owned()));
        }
        std::thread::sleep(MIGRATION_STEP);
        waited += MIGRATION_STEP;
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::BigInt;

    use super::*;

    #[derive(diesel::QueryableByName)]
    struct State {
        #[diesel(sql_type = BigInt)]
        timeout: i64,
        #[diesel(sql_type = BigInt)]
        synchronous: i64,
        #[diesel(sql_type = BigInt)]
        foreign_keys: i64,
        #[diesel(sql_type = BigInt)]
        trusted_schema: i64,
    }

    #[tokio::test]
    async fn the_writer_has_the_state_that_the_rules_ask_for() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { database: Database::Sqlite { path: folder.path().join("a.db") } };
        let text = "SELECT * FROM pragma_busy_timeout, pragma_synchronous, pragma_foreign_keys, pragma_trusted_schema";
        let store = Store::open(settings).unwrap();
        let state = store.commit(move |connection| Ok(sql_query(text).get_result::<State>(connection)?)).await.unwrap();
        assert_eq!((state.timeout, state.synchronous, state.foreign_keys, state.trusted_schema), (5_000, 2, 1, 0));
    }
}
