//! The state of every connection to a file, and the least version of the library.

use diesel::{QueryResult, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query, sql_types::Text};

use crate::error::OpenError;

/// The first release without the WAL-reset bug, in which a checkpoint beside a write could damage the file.
const LEAST_VERSION: (u32, u32, u32) = (3, 51, 3);
const LEAST_VERSION_TEXT: &str = "3.51.3";

/// What holds on every connection. The busy timeout (milliseconds) is for other programs that open the file: our own
/// writers never meet. Write-ahead logging stays in the file; `FULL` syncs the log before a commit is acknowledged.
const COMMON: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;";

/// Makes a connection the writer's.
pub(crate) fn prepare_writer(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute(COMMON)
}

/// Makes a connection a reader's: it refuses to write.
pub(crate) fn prepare_reader(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute(COMMON)?;
    connection.batch_execute("PRAGMA query_only = ON;")
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Refuses a library that is older than the least version.
pub(crate) fn check_version(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let found = sql_query("SELECT sqlite_version() AS version").get_result::<Version>(connection)?.version;
    if is_recent(&found) { Ok(()) } else { Err(OpenError::TooOld { found, needed: LEAST_VERSION_TEXT }) }
}

fn is_recent(version: &str) -> bool {
    let mut parts = version.split('.').map(|it| it.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= LEAST_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_recent(LEAST_VERSION_TEXT));
        assert!(is_recent("3.100.0"));
        assert!(!is_recent("3.51.2"));
        assert!(!is_recent("3.9.9"));
    }
}
