//! SQLite: one file, one writer, several readers.

pub(crate) mod file;
pub(crate) mod pragmas;
pub(crate) mod stale;
pub(crate) mod writer;

use diesel::{Connection, SqliteConnection};

use crate::error::OpenError;

/// How many connections read beside the writer.
pub(crate) const READERS: u32 = 4;

/// Opens a plain connection; nothing is set and nothing is written yet.
pub(crate) fn connect(path: &str) -> Result<SqliteConnection, OpenError> {
    SqliteConnection::establish(path).map_err(|error| OpenError::File(format!("{path} cannot be opened: {error}")))
}
