//! The keys of backups.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sortie_core::retention::Retention;

use super::settings::Reader;

/// A year, in minutes.
const LONGEST: u64 = 366 * 24 * 60;

/// Where backups go, how often, and which are kept.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Whether somebody chose it.
    pub(crate) is_named: bool,
    /// Between two backups by the server itself; `None` for none.
    pub(crate) interval: Option<Duration>,
    /// Which are kept.
    pub(crate) retention: Retention,
}

impl Backup {
    /// Reads them.
    pub(super) fn parse(read: &mut Reader<'_>, data_dir: &Path) -> Self {
        let mut count =
            |name: &str, least: u64, most: u64| u32::try_from(read.number(name, least, most)).unwrap_or(u32::MAX);
        let interval = Duration::from_mins(1) * count("SORTIE_BACKUP_INTERVAL", 0, LONGEST);
        let retention = Retention {
            last: count("SORTIE_BACKUP_KEEP_LAST", 1, 100_000),
            daily: count("SORTIE_BACKUP_KEEP_DAILY", 0, 100_000),
            weekly: count("SORTIE_BACKUP_KEEP_WEEKLY", 0, 100_000),
        };
        let named = read.text("SORTIE_BACKUP_DIR").map(PathBuf::from);
        let is_named = named.is_some();
        let folder = named.unwrap_or_else(|| data_dir.join("backups"));
        Self { folder, is_named, interval: Some(interval).filter(|it| !it.is_zero()), retention }
    }
}
