//! Backups that prove themselves.
//!
//! A backup is a few files of one name in one folder: `sortie-YYYYmmdd-HHMMSS.db` (an ordinary SQLite database) or `….jsonl`
//! (what a PostgreSQL database of ours holds, as lines of JSON), `….json` (the manifest: what is in it) and `….sha256` (the sums of both, as `sha256sum -c` reads them). The sums appear
//! last, so a backup is there exactly when its sums are.
//!
//! **Always holds:** nothing of a backup is believed before its sums are checked, and nothing of a target is touched before
//! the whole backup was proved on a copy of it.

mod apply;
mod check;
mod drill;
mod folder;
mod keeper;
mod manifest;
mod piece;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};

use sortie_core::{audit::Change, time::Timestamp};

pub use check::Proof;
pub use drill::{Drilled, Scratch, keep_record, last_record};
pub use folder::{Found, Listed, find, list, prune};
pub use keeper::Keeper;
pub(crate) use manifest::hex;
pub use manifest::{Manifest, Piece};

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
    /// There is no such backup.
    #[error("no backup at {0}: name its .db, .json or .sha256 file, or a folder that holds one")]
    Missing(PathBuf),
    /// A backup is not what was written when it was made.
    #[error("the backup is damaged: {0}; nothing was changed")]
    Damaged(String),
    /// The backup is whole, and does not fit.
    #[error("{0}")]
    Unfit(String),
    /// Another process is making or removing backups in this folder.
    #[error("another backup is being made in {0}")]
    Busy(PathBuf),
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
    /// Its manifest's file.
    pub path: PathBuf,
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

/// Makes a backup of the database in a folder, online, and proves it by reading it back. Blocks.
pub fn make(settings: &Settings, folder: &Path, now: Timestamp, listener: Listener<'_>) -> Result<Made, BackupError> {
    match &settings.database {
        Database::Sqlite { path } => sqlite::make(path, folder, now, listener),
        Database::Postgres { dsn, direct_dsn, .. } => {
            postgres::make(direct_dsn.as_deref().unwrap_or(dsn), folder, now, listener)
        }
    }
}

/// Restores a backup to scratch and checks everything about it. Touches neither the backup nor what any database holds: one of
/// PostgreSQL is proved on the server of the settings, in a transaction that is rolled back. Blocks.
pub fn verify(
    settings: &Settings,
    found: &Found,
    scratch: &Path,
    listener: Listener<'_>,
) -> Result<Proof, BackupError> {
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
