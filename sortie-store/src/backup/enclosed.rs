//! What lies in a backup beside the database, closed to everybody here: bytes that somebody else encrypted.

use std::{io::Write, path::Path};

use sha2::{Digest, Sha256};

use super::{
    BackupError, Draft, Found, Listener, Piece,
    manifest::{MOST_BYTES, hex},
    piece,
};

/// What its file ends with.
const ENDING: &str = "keys.age";

/// Writes it beside the database's file, and into the manifest.
pub(super) fn add(draft: &mut Draft, folder: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let name = format!("{}.{ENDING}", draft.manifest.name);
    let partial = folder.join(format!(".{name}.partial"));
    draft.passing.add(partial.clone())?;
    let mut file = piece::create(&partial)?;
    file.write_all(bytes).map_err(BackupError::file(format!("cannot write {}", partial.display())))?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    draft.manifest.pieces.push(Piece { name: name.clone(), bytes: length, sha256: hex(&Sha256::digest(bytes)) });
    draft.pieces.push((partial, name));
    Ok(())
}

/// Every byte of what is not the database is as it was written.
pub(super) fn check(found: &Found, listener: Listener<'_>) -> Result<(), BackupError> {
    for it in found.manifest.pieces.iter().skip(1) {
        piece::check(found.shelf.as_ref(), it, listener)?;
    }
    Ok(())
}

/// What was enclosed, as it was written; `None` where nothing was.
pub fn enclosure(found: &Found) -> Result<Option<Vec<u8>>, BackupError> {
    let Some(it) = found.manifest.pieces.iter().find(|it| it.name.ends_with(ENDING)) else { return Ok(None) };
    if it.bytes > MOST_BYTES {
        return Err(BackupError::Damaged(format!("{} is too long", it.name)));
    }
    let mut bytes = Vec::new();
    piece::checked(found.shelf.as_ref(), it, &mut bytes, "checking", &mut |_| {})?;
    Ok(Some(bytes))
}
