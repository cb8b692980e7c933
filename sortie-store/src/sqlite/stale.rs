//! A write-ahead log that belongs to another file than the one beside which it lies.
//!
//! Whoever copies a backup over the file of a killed server leaves that server's log behind, and SQLite would play it onto the
//! copy. So each server gives the file a schema version (four bytes of its header that every copying tool of SQLite's
//! changes: `VACUUM INTO` and `.backup` both) that was never used before, and notes it beside the server's number in the lock
//! file. A file with another one is not the file that the log was written for.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use diesel::{
    QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Integer},
};
use tracing::warn;

use super::file::{self, OwnedFile};
use crate::error::OpenError;

/// What a file of SQLite begins with, and where in it the schema's version stands.
const MAGIC: &[u8] = b"SQLite format 3\0";
const VERSION_AT: usize = 40;

/// Does so before a file is looked at beside which no server runs: looking would play the log onto it, too.
pub(crate) fn look(path: &Path) -> Result<(), OpenError> {
    // Without both there is nothing to put aside, and looking leaves nothing behind either.
    if ["-wal", ".lock"].iter().any(|it| !beside(path, it).exists()) {
        return Ok(());
    }
    match file::reserve(path) {
        Ok(file) => put_aside(&file).map(drop),
        // Whoever uses it has looked.
        Err(OpenError::InUse(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Puts a log aside that does not belong to the file; answers where it lies now.
pub(crate) fn put_aside(file: &OwnedFile) -> Result<Option<PathBuf>, OpenError> {
    let path = Path::new(&file.path);
    let log = beside(path, "-wal");
    let has_log = fs::metadata(&log).is_ok_and(|it| it.len() > 0);
    // A server that did not note anything was an older version: its log is believed.
    let (true, Some(known)) = (has_log, file.noted()) else { return Ok(None) };
    if version(path).is_none_or(|it| known.contains(&it)) {
        return Ok(None);
    }
    let cannot = |error: io::Error| {
        OpenError::File(format!("the log {} of another file cannot be put aside: {error}", log.display()))
    };
    let aside = (1..1_000).map(|number| beside(path, &format!("-wal.stale-{number}"))).find(|it| !it.exists());
    let aside = aside.unwrap_or_else(|| beside(path, "-wal.stale"));
    fs::rename(&log, &aside).map_err(cannot)?;
    match fs::remove_file(beside(path, "-shm")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot(error)),
        _ => {}
    }
    warn!(
        log = %aside.display(),
        "The database was replaced while no server ran; the log of the one before was put aside"
    );
    Ok(Some(aside))
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(diesel::QueryableByName)]
struct Busy {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

/// Gives the file a schema version of this server's own, and notes it. The log is empty afterwards.
pub(crate) fn mark(connection: &mut SqliteConnection, file: &OwnedFile) -> Result<(), OpenError> {
    let number = |connection: &mut SqliteConnection, text: &str| -> QueryResult<u32> {
        let found: Number = sql_query(text).get_result(connection)?;
        Ok(u32::try_from(found.number).unwrap_or(0))
    };
    let before = number(connection, "SELECT schema_version AS number FROM pragma_schema_version")?;
    // Far from those that schemas reach by themselves, and from the one before.
    let fresh = number(connection, "SELECT abs(random()) % 2000000000 + 100000 AS number")?;
    // Both, until the new one is in the file itself: this may end at any point.
    file.note(&[before, fresh])?;
    connection.batch_execute(&format!("PRAGMA schema_version = {fresh};"))?;
    let copied: Busy = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection)?;
    if copied.busy == 0 {
        file.note(&[fresh])?;
    }
    Ok(())
}

/// The schema's version in the file alone, whatever the log says; `None` where there is no such file.
///
/// Only while this process has no connection to it: closing any handle of a file takes all of the process's locks on it away
/// (fcntl(2)), those of SQLite as well.
fn version(path: &Path) -> Option<u32> {
    let mut header = [0; VERSION_AT + 4];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    let (start, end) = header.split_at(VERSION_AT);
    start.starts_with(MAGIC).then_some(())?;
    Some(u32::from_be_bytes(end.try_into().ok()?))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}
