//! Adoption of a file: first a copy beside it, then the change.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use diesel::{
    RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

use tracing::{info, warn};

use super::{form as form_of, report::Adoption, tell, work};
use crate::{bulk::Engine, error::OpenError};

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// Adopts a file if it is a predecessor's. Nothing is changed before the copy is complete.
pub(crate) fn adopt(connection: &mut SqliteConnection, path: &str) -> Result<(), OpenError> {
    let Some(form) = form_of(connection)? else { return Ok(()) };
    // Foreign keys are off meanwhile: the old rows break some. Inside a transaction the setting is ignored.
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF;")?;
    let before = version(connection)?;
    let copy = copy(connection, path)?;
    let done = connection.exclusive_transaction(|connection| {
        if version(connection)? != before {
            return Err(OpenError::Adoption("another program writes to it; stop the old server first".to_owned()));
        }
        work::perform(connection, form)
    });
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    match done {
        Ok(adoption) => {
            tell(&Adoption { copy: Some(copy), ..adoption });
            compact(connection, Path::new(path));
            Ok(())
        }
        Err(error) => {
            // The file is as it was, so its copy serves nobody.
            drop(fs::remove_file(&copy));
            Err(error)
        }
    }
}

/// Gives back what the old tables took. A file that cannot be made smaller serves as well.
fn compact(connection: &mut SqliteConnection, path: &Path) {
    let size = || fs::metadata(path).map_or(0, |it| it.len());
    let before = size();
    if !has_room(path.parent().unwrap_or(path), before) {
        warn!(
            bytes = before,
            "Too little room on the disk to compact the database; run VACUUM with sqlite3 when there is, while no server runs"
        );
        return;
    }
    // What was written to a log goes to the file at once, so that its size is the one to tell.
    match connection.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);") {
        Ok(()) => info!(before, after = size(), "The database was compacted"),
        Err(error) => warn!(%error, "The database could not be compacted, and stays as large as it is"),
    }
}

/// Whether a folder's disk takes as much again, by which the file may grow on the way.
fn has_room(folder: &Path, bytes: u64) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|it| it.f_bavail.saturating_mul(it.f_frsize) >= bytes)
}

/// Changes when another connection has written.
fn version(connection: &mut SqliteConnection) -> Result<i64, OpenError> {
    Ok(sql_query("PRAGMA data_version").get_result::<Version>(connection)?.data_version)
}

/// Writes a consistent copy beside the file, for its owner only.
fn copy(connection: &mut SqliteConnection, path: &str) -> Result<PathBuf, OpenError> {
    let time: String = connection.now()?.chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, hour) = time.split_at(time.len().min(8));
    let copy = PathBuf::from(format!("{path}.before-adoption-{day}-{hour}"));
    let failed = |error: &dyn std::fmt::Display| {
        OpenError::Adoption(format!("its copy {} cannot be written: {error}", copy.display()))
    };
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy).map_err(|error| failed(&error))?;
    let name = copy.to_str().ok_or_else(|| failed(&"the path is not valid UTF-8"))?;
    let written = sql_query("VACUUM INTO ?").bind::<Text, _>(name).execute(connection);
    if let Err(error) = written {
        drop(fs::remove_file(&copy));
        return Err(failed(&error));
    }
    synced(&copy).map_err(|error| failed(&error))?;
    Ok(copy)
}

/// Waits until the copy is on the disk, with its name.
fn synced(copy: &Path) -> std::io::Result<()> {
    fs::File::open(copy)?.sync_all()?;
    fs::File::open(copy.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_has_no_room() {
        let folder = tempfile::tempdir().unwrap();
        assert!(has_room(folder.path(), 1));
        assert!(!has_room(folder.path(), u64::MAX));
        assert!(!has_room(Path::new("/proc"), 1));
        assert!(!has_room(Path::new("/no/such/folder"), 1));
    }
}
