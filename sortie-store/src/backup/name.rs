//! The names of backups and of their files.

use chrono::{DateTime, NaiveDateTime};
use sortie_core::time::Timestamp;

const PREFIX: &str = "sortie-";
const STAMP: &str = "%Y%m%d-%H%M%S";
/// The file that makes a backup be there.
pub(super) const SUMS: &str = "sha256";
/// The manifest.
pub(super) const MANIFEST: &str = "json";
const SECOND: i64 = 1_000_000;

/// The time in a backup's name.
pub(super) fn time_of(name: &str) -> Option<Timestamp> {
    let stamp = NaiveDateTime::parse_from_str(name.strip_prefix(PREFIX)?, STAMP).ok()?;
    Some(Timestamp::from_micros(stamp.and_utc().timestamp_micros()))
}

/// The backup that a file's name, or a backup's own, speaks of.
pub fn backup_of(file: &str) -> Option<&str> {
    file.split('.').next().filter(|it| time_of(it).is_some())
}

/// A point in time as the names of files have it.
pub fn stamp(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default().format(STAMP).to_string()
}

/// A name that none of these files has: of this second, or of the next free one.
pub(super) fn free(files: &[String], now: Timestamp) -> String {
    let mut names =
        (0..).map(|later| format!("{PREFIX}{}", stamp(Timestamp::from_micros(now.as_micros() + later * SECOND))));
    names.find(|name| !files.iter().any(|it| backup_of(it) == Some(name))).unwrap_or_default()
}
