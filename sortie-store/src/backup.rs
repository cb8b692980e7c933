//! Backups that prove themselves.
//!
//! A backup is a few files of one name in one folder, or behind one prefix of an object store: `sortie-YYYYmmdd-HHMMSS.db` (an ordinary SQLite database) or `….jsonl`
//! (what a PostgreSQL database of ours holds, as lines of JSON), `….json` (the manifest: what is in it) and `….sha256` (the sums of both, as `sha256sum -c` reads them). The sums appear
//! last, so a backup is there exactly when its sums are.
//!
//! **Always holds:** nothing of a backup is believed before its sums are checked, and nothing of a target is touched before
//! the whole backup was proved on a copy of it.

mod apply;
mod check;
mod drill;
mod enclosed;
mod folder;
mod keeper;
mod manifest;
mod name;
mod piece;
mod postgres;
mod shelf;
mod sqlite;
mod upload;

use std::path::{Path, PathBuf};

use sortie_core::{audit::Change, port::ShelfError, time::Timestamp};

pub use check::Proof;
pub use drill::{Drilled, Scratch, keep_record, last_record};
pub use enclosed::enclosure;
pub use folder::Folder;
pub use keeper::Keeper;
pub(crate) use manifest::hex;
pub use manifest::{Manifest, Piece};
pub use name::{backup_of, stamp};
pub use shelf::{Destination, Found, Listed, find, find_on, list, prune, split};

use crate::{
    error::OpenError,
    settings::{Database, Settings},
};

/// Why a backup was not made, not believed or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database, or the restore's target, does not allow it.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A file or folder does not allow it.
    #[error("{what}: {source}")]
    File {
        /// What was tried with which file.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Where backups lie does not allow it.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// There is no such backup.
    #[error("no backup at {0}: name its .db, .json or .sha256 file, or a folder or prefix that holds one")]
    Missing(String),
    /// A backup is not what was written when it was made.
    #[error("the backup is damaged: {0}; nothing was changed")]
    Damaged(String),
    /// The backup is whole, and does not fit.
    #[error("{0}")]
    Unfit(String),
    /// Another process is making or removing backups there.
    #[error("another backup is being made in {0}")]
    Busy(String),
}

impl BackupError {
    /// For `map_err` on what the system answers.
    fn file(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::File { what, source }
    }
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: &'static str,
    /// Bytes that are done.
    pub done: u64,
    /// Bytes in all, as far as is known.
    pub total: u64,
}

/// Hears how far it is. Called a few times a second at most by waiting, and once for each piece of work.
pub type Listener<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its manifest's address.
    pub address: String,
    /// What is in it.
    pub manifest: Manifest,
}

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What was restored.
    pub manifest: Manifest,
    /// Where the database of before is now, a file or a schema; `None` where there was none.
    pub kept: Option<String>,
    /// The database's incarnation from now on.
    pub incarnation: i64,
}

/// A backup whose files are made and do not have their names yet.
struct Draft {
    manifest: Manifest,
    /// The files, and the names that they will have.
    pieces: Vec<(PathBuf, String)>,
    /// What is not renamed goes again.
    passing: piece::Passing,
}

/// What a backup is called and where it is made.
#[derive(Clone, Copy)]
struct Plan<'a> {
    folder: &'a Path,
    name: &'a str,
    now: Timestamp,
}

/// Makes a backup of the database, online, and proves it by reading it back; in the folder, or in `scratch` to put it on the
/// shelf whole or not at all. What is enclosed, which is encrypted already, lies beside the database. Blocks.
pub fn make(
    settings: &Settings,
    to: &Destination,
    scratch: &Path,
    enclosed: Option<&[u8]>,
    now: Timestamp,
    listener: Listener<'_>,
) -> Result<Made, BackupError> {
    if let Database::Sqlite { path } = &settings.database {
        sqlite::look(path)?;
    }
    let bench = scratch.join(".sortie-backup");
    let folder = match to {
        Destination::Folder(path) => path,
        Destination::Shelf(_) => &bench,
    };
    let _turn = folder::Turn::take(folder)?;
    folder::clear(folder)?;
    let shelf = to.shelf();
    let name = name::free(&shelf.names()?, now);
    let plan = Plan { folder, name: &name, now };
    let mut draft = match &settings.database {
        Database::Sqlite { path } => sqlite::make(path, plan, listener)?,
        Database::Postgres { dsn, direct_dsn, .. } => {
            postgres::make(direct_dsn.as_deref().unwrap_or(dsn), plan, listener)?
        }
    };
    if let Some(bytes) = enclosed {
        enclosed::add(&mut draft, folder, bytes)?;
    }
    match to {
        Destination::Folder(_) => folder::publish(folder, &draft)?,
        Destination::Shelf(_) => upload::publish(shelf.as_ref(), &draft, listener)?,
    }
    let address = format!("{}/{name}.{}", shelf.address(), name::MANIFEST);
    Ok(Made { address, manifest: draft.manifest })
}

/// Restores a backup to scratch and checks everything about it. Touches neither the backup nor what any database holds: one of
/// PostgreSQL is proved on the server of the settings, in a transaction that is rolled back. Blocks.
pub fn verify(
    settings: &Settings,
    found: &Found,
    scratch: &Path,
    listener: Listener<'_>,
) -> Result<Proof, BackupError> {
    enclosed::check(found, listener)?;
    match &settings.database {
        _ if found.manifest.database == "sqlite" => sqlite::verify(found, scratch, listener),
        Database::Postgres { dsn, direct_dsn, .. } => {
            postgres::verify(direct_dsn.as_deref().unwrap_or(dsn), found, scratch, listener)
        }
        Database::Sqlite { .. } => Err(no_server(found)),
    }
}

/// Puts a backup in the place of the database. The backup is proved first, a copy of it beside the file or in `scratch`; a live
/// target is refused. Blocks.
pub fn restore(
    settings: &Settings,
    found: &Found,
    change: &Change,
    scratch: &Path,
    listener: Listener<'_>,
) -> Result<Restored, BackupError> {
    enclosed::check(found, listener)?;
    match &settings.database {
        Database::Sqlite { path } => sqlite::restore(path, found, change, listener),
        Database::Postgres { dsn, direct_dsn, .. } => {
            postgres::restore(direct_dsn.as_deref().unwrap_or(dsn), found, change, scratch, listener)
        }
    }
}

/// Writes an audit entry into the database beside the server that may be running on it. Blocks.
pub fn record(settings: &Settings, change: &Change) -> Result<(), BackupError> {
    apply::record(settings, change)
}

fn no_server(found: &Found) -> BackupError {
    let name = &found.manifest.name;
    BackupError::Unfit(format!("{name} is a backup of PostgreSQL: name a server to try it on with SORTIE_DB_DSN"))
}
