//! The chain of hashes over the audit: how an entry's hash is made, and how a whole chain is checked.
//!
//! Each entry's hash covers every column; each link covers the entry's hash and the link before; the first link covers the
//! installation, so that no chain fits another database. What is signed names the installation, the batch, its last position,
//! the chain's hash there and the time.

mod archive;
mod entry;
mod export;
mod verify;

use std::time::Duration;

use sha2::{Digest, Sha256};
use sortie_core::time::Timestamp;

pub use archive::{Archive, ArchiveError, prove_archives};
pub use entry::Entry;
pub use export::{ExportError, export};
pub use verify::{Anchor, ChainProof, verify};
pub(crate) use verify::{check, walk};

use crate::{backup::hex, row::audit::AuditRow};

/// What stands before everything that is hashed here, so that a hash of another form is never taken for one of these.
const FORM: &[u8] = b"sortie-audit-1";
/// Transactions end sooner than this: an entry with a number below that of one that was sealed so long ago was not there then.
pub(crate) const SETTLED: Duration = Duration::from_mins(10);

/// The link before the first.
pub(crate) fn beginning(installation: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(FORM);
    part(&mut hash, Some(installation.as_bytes()));
    hex(&hash.finalize())
}

/// The hash of an entry.
pub(crate) fn row_hash(row: &AuditRow) -> String {
    entry_hash(row.id, row.timestamp.into(), row.texts())
}

/// The same of its values.
fn entry_hash(id: i64, at: Timestamp, texts: [Option<&str>; 9]) -> String {
    let mut hash = Sha256::new();
    hash.update(FORM);
    part(&mut hash, Some(&id.to_be_bytes()));
    part(&mut hash, Some(&at.as_micros().to_be_bytes()));
    for text in texts {
        part(&mut hash, text.map(str::as_bytes));
    }
    hex(&hash.finalize())
}

/// The next link.
pub(crate) fn link(before: &str, row_hash: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(FORM);
    part(&mut hash, Some(before.as_bytes()));
    part(&mut hash, Some(row_hash.as_bytes()));
    hex(&hash.finalize())
}

/// What is signed for a batch.
pub(crate) fn statement(
    installation: &str,
    batch: i64,
    position: i64,
    chain_hash: &str,
    sealed_at: Timestamp,
) -> Vec<u8> {
    let micros = sealed_at.as_micros();
    format!("sortie audit seal 1\n{installation}\n{batch}\n{position}\n{chain_hash}\n{micros}\n").into_bytes()
}

/// What is signed where the chain's beginning was taken away.
pub(crate) fn cut_statement(
    installation: &str,
    batch: i64,
    position: i64,
    chain_hash: &str,
    cut_at: Timestamp,
) -> Vec<u8> {
    let micros = cut_at.as_micros();
    format!("sortie audit cut 1\n{installation}\n{batch}\n{position}\n{chain_hash}\n{micros}\n").into_bytes()
}

/// A value with its length before it, so that no two rows have the same bytes; absence differs from the empty text.
fn part(hash: &mut Sha256, bytes: Option<&[u8]>) {
    match bytes {
        None => hash.update([0]),
        Some(bytes) => {
            hash.update([1]);
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
    }
}
