//! Backups that prove themselves.
//!
//! A backup is a few files of one name in one folder: `sortie-YYYYmmdd-HHMMSS.db` (an ordinary SQLite database),
//! `….json` (the manifest: what is in it) and `….sha256` (the sums of both, as `sha256sum -c` reads them). The sums appear
//! last, so a backup is there exactly when its sums are.
//!
//! **Always holds:** nothing of a backup is believed before its sums are checked, and nothing of a target is touched before
//! the whole backup was proved on a copy of it.

mod apply;
mod check;
mod folder;
mod keeper;
mod manifest;
mod piece;
mod sqlite;

use std::path::{Path, PathBuf};

use sortie_core::{audit::Change, time::Timestamp};

pub use check::Proof;
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
    /// Where the database of before lies now; `None` where there was none.
    pub kept: Option<PathBuf>,
    /// The database's incarnation from now on.
    pub incarnation: i64,
}

/// Makes a backup of the database in a folder, online, and proves it by reading it back. Blocks.
pub fn make(settings: &Settings, folder: &Path, now: Timestamp, listener: Listener<'_>) -> Result<Made, BackupError> {
    match &settings.database {
        Database::Sqlite { path } => sqlite::make(path, folder, now, listener),
        Database::Postgres { .. } => Err(not_postgres()),
    }
}

/// Restores a backup to scratch and checks everything about it. Touches neither the backup nor any database. Blocks.
pub fn verify(found: &Found, scratch: &Path, listener: Listener<'_>) -> Result<Proof, BackupError> {
    sqlite::verify(found, scratch, listener)
}

/// Puts a backup in the place of the database. The backup is proved on a copy first; a live target is refused. Blocks.
pub fn restore(
    settings: &Settings,
    found: &Found,
    change: &Change,
    listener: Listener<'_>,
) -> Result<Restored, BackupError> {
    match &settings.database {
        Database::Sqlite { path } => sqlite::restore(path, found, change, listener),
        Database::Postgres { .. } => Err(not_postgres()),
    }
}

/// Writes an audit entry into the database beside the server that may be running on it. Blocks.
pub fn record(settings: &Settings, change: &Change) -> Result<(), BackupError> {
    apply::record(settings, change)
}

fn not_postgres() -> BackupError {
    BackupError::Unfit(
        "this version backs up and restores SQLite files only; for PostgreSQL use pg_dump and pg_restore".to_owned(),
    )
}
