//! What is in a backup, in words; and the sums that cover every byte of it.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sortie_core::time::Timestamp;

use super::BackupError;

/// The one form that this version writes and reads.
const FORMAT: &str = "sortie-backup";
const VERSION: u32 = 1;
/// A manifest is small; what is larger is none.
pub(super) const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    version: u32,
    /// `sortie-YYYYmmdd-HHMMSS`, in UTC.
    pub name: String,
    /// When it was begun (RFC 3339): everything that was acknowledged before is in it.
    pub created_at: String,
    /// Which Sortie made it.
    pub sortie: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Of which installation.
    pub installation: String,
    /// The installation's incarnation.
    pub incarnation: i64,
    /// The schema's migrations, oldest first.
    pub schema: Vec<String>,
    /// How many rows each table has.
    pub tables: BTreeMap<String, u64>,
    /// The files beside the manifest.
    pub pieces: Vec<Piece>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// Its name in the backup's folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What the database says about itself.
pub(super) struct Content {
    pub(super) database: &'static str,
    pub(super) installation: String,
    pub(super) incarnation: i64,
    pub(super) schema: Vec<String>,
    pub(super) tables: BTreeMap<String, u64>,
}

impl Manifest {
    pub(super) fn new(name: String, begun: Timestamp, content: Content, pieces: Vec<Piece>) -> Self {
        let created_at = DateTime::from_timestamp_micros(begun.as_micros()).unwrap_or_default();
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            name,
            created_at: created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            sortie: env!("CARGO_PKG_VERSION").to_owned(),
            database: content.database.to_owned(),
            installation: content.installation,
            incarnation: content.incarnation,
            schema: content.schema,
            tables: content.tables,
            pieces,
        }
    }

    /// When it was begun.
    pub fn begun(&self) -> Option<Timestamp> {
        let parsed = DateTime::parse_from_rfc3339(&self.created_at).ok()?;
        Some(Timestamp::from_micros(parsed.timestamp_micros()))
    }

    /// All bytes of its pieces.
    pub fn bytes(&self) -> u64 {
        self.pieces.iter().map(|it| it.bytes).sum()
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }

    /// The piece that holds the database.
    pub(super) fn main_piece(&self) -> Result<&Piece, BackupError> {
        self.pieces.first().ok_or_else(|| BackupError::Damaged("the manifest names no files".to_owned()))
    }

    /// The manifest's text.
    pub(super) fn to_text(&self) -> Result<String, BackupError> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| BackupError::Unfit(format!("the manifest cannot be written: {error}")))?;
        text.push('\n');
        Ok(text)
    }

    /// The text of the sums: for every piece, and for the manifest itself.
    pub(super) fn sums(&self, manifest_text: &str) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{}  {}", piece.sha256, piece.name);
        }
        let _ = writeln!(text, "{}  {}.json", hex(&Sha256::digest(manifest_text)), self.name);
        text
    }

    /// Reads a manifest that its sums prove, byte by byte.
    pub(super) fn read(name: &str, text: &[u8], sums: &[u8]) -> Result<Self, BackupError> {
        let damaged = BackupError::Damaged;
        let text = std::str::from_utf8(text).map_err(|_| damaged(format!("{name}.json is no text")))?;
        // The sums first: of a manifest that was changed not even the syntax is worth a look.
        let sum = hex(&Sha256::digest(text));
        let own = format!("{sum}  {name}.json\n");
        if !sums.ends_with(own.as_bytes()) {
            return Err(damaged(format!("{name}.json is not what {name}.sha256 says")));
        }
        let manifest: Self = serde_json::from_str(text)
            .map_err(|error| BackupError::Unfit(format!("{name}.json is no manifest: {error}")))?;
        if manifest.format != FORMAT || manifest.version != VERSION {
            return Err(BackupError::Unfit(format!(
                "{name} has the form {} {}, and this version reads {FORMAT} {VERSION}",
                manifest.format, manifest.version
            )));
        }
        if manifest.sums(text).as_bytes() != sums {
            return Err(damaged(format!("{name}.sha256 is not what {name}.json says")));
        }
        let is_plain =
            |it: &Piece| it.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && !rest.contains('/'));
        if manifest.name != name || !manifest.pieces.iter().all(is_plain) {
            return Err(damaged(format!("the files of {name} have other names than when they were made")));
        }
        Ok(manifest)
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
