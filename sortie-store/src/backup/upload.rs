//! Putting a backup that was made in a scratch folder where it belongs: the manifest takes the name, the pieces follow and are
//! read back, and the sums come last.

use std::{
    fs::File,
    io::{self, Read},
};

use sortie_core::port::{Already, Shelf, ShelfError};

use super::{
    BackupError, Draft, Listener, Progress,
    name::{MANIFEST, SUMS},
    piece,
};

/// Puts all of it there, or nothing that counts as a backup.
pub(super) fn publish(shelf: &dyn Shelf, draft: &Draft, listener: Listener<'_>) -> Result<(), BackupError> {
    let manifest = &draft.manifest;
    let text = manifest.to_text()?;
    let name = |ending: &str| format!("{}.{ending}", manifest.name);
    match text_to(shelf, &name(MANIFEST), &text) {
        Err(ShelfError::Taken(_)) => return Err(BackupError::Busy(shelf.address())),
        put => put?,
    }
    let done = pieces(shelf, draft, listener)
        .and_then(|()| Ok(text_to(shelf, &name(SUMS), &manifest.sums(&text))?))
        // All that a restore will believe, read once more from where it will be.
        .and_then(|()| super::shelf::manifest(shelf, &manifest.name));
    if done.is_err() {
        // Best effort: without the sums nobody takes it for a backup, and pruning finds it.
        for file in
            std::iter::once(name(SUMS)).chain(manifest.pieces.iter().map(|it| it.name.clone())).chain([name(MANIFEST)])
        {
            let _ = shelf.remove(&file);
        }
    }
    done.map(drop)
}

fn text_to(shelf: &dyn Shelf, name: &str, text: &str) -> Result<(), ShelfError> {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    shelf.put(name, &mut text.as_bytes(), length, Already::Refuse)
}

fn pieces(shelf: &dyn Shelf, draft: &Draft, listener: Listener<'_>) -> Result<(), BackupError> {
    for (path, name) in &draft.pieces {
        let cannot = || BackupError::file(format!("cannot read {}", path.display()));
        let file = File::open(path).map_err(cannot())?;
        let total = file.metadata().map_err(cannot())?.len();
        let mut heard = Heard { file, done: 0, total, listener: &mut *listener };
        shelf.put(name, &mut heard, total, Already::Replace)?;
    }
    for it in &draft.manifest.pieces {
        piece::check(shelf, it, listener)?;
    }
    Ok(())
}

/// Tells how much of a file was read.
struct Heard<'a, 'b> {
    file: File,
    done: u64,
    total: u64,
    listener: &'a mut (dyn FnMut(Progress) + Send + 'b),
}

impl Read for Heard<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.done += u64::try_from(count).unwrap_or(0);
        (self.listener)(Progress { step: "uploading", done: self.done, total: self.total });
        Ok(count)
    }
}
