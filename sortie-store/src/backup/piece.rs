//! Files of a backup: copied with their sums, made to appear at once, kept on the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use sortie_core::port::{Shelf, ShelfError};

use super::{
    BackupError, Listener, Progress,
    manifest::{Piece, hex},
};

const CHUNK: usize = 1 << 20;

/// Reads a file to its end and answers its length and sum.
pub(super) fn sum(path: &Path, step: &'static str, listener: Listener<'_>) -> Result<(u64, String), BackupError> {
    let cannot_read = || BackupError::file(format!("cannot read {}", path.display()));
    let file = File::open(path).map_err(cannot_read())?;
    let total = file.metadata().map_err(cannot_read())?.len();
    let source = Source { name: path.display().to_string(), bytes: Box::new(file), total };
    stream(source, &mut std::io::sink(), step, listener)
}

/// Reads a piece where it lies, and fails unless every byte is as it was written.
pub(super) fn check(shelf: &dyn Shelf, piece: &Piece, listener: Listener<'_>) -> Result<(), BackupError> {
    checked(shelf, piece, &mut std::io::sink(), "reading back", listener)
}

/// Copies a piece to a new file of its owner alone, and fails unless every byte is as it was written.
pub(super) fn copy(
    shelf: &dyn Shelf,
    piece: &Piece,
    to: &Path,
    step: &'static str,
    listener: Listener<'_>,
) -> Result<(), BackupError> {
    let mut target = create(to)?;
    checked(shelf, piece, &mut target, step, listener)?;
    target.sync_all().map_err(BackupError::file(format!("cannot write {}", to.display())))
}

/// Passes on a piece's bytes, and fails unless every one is as it was written.
pub(super) fn checked(
    shelf: &dyn Shelf,
    piece: &Piece,
    to: &mut dyn Write,
    step: &'static str,
    listener: Listener<'_>,
) -> Result<(), BackupError> {
    let (total, bytes) = match shelf.open(&piece.name) {
        Err(ShelfError::Missing(name)) => return Err(BackupError::Damaged(format!("{name} is missing"))),
        opened => opened?,
    };
    // Of what has another length nothing needs to be read.
    if total != piece.bytes {
        return Err(BackupError::Damaged(format!("{} has {total} bytes instead of {}", piece.name, piece.bytes)));
    }
    let name = format!("{} in {}", piece.name, shelf.address());
    let (bytes, sha256) = stream(Source { name, bytes, total }, to, step, listener)?;
    if (bytes, &sha256) != (piece.bytes, &piece.sha256) {
        return Err(BackupError::Damaged(format!("{} is not what was written: its sum differs", piece.name)));
    }
    Ok(())
}

/// What is read, by the name that errors say.
struct Source {
    name: String,
    bytes: Box<dyn Read + Send>,
    total: u64,
}

fn stream(
    from: Source,
    to: &mut dyn Write,
    step: &'static str,
    listener: Listener<'_>,
) -> Result<(u64, String), BackupError> {
    let Source { name, bytes: mut source, total } = from;
    let cannot_read = || BackupError::file(format!("cannot read {name}"));
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut done = 0_u64;
    loop {
        let count = source.read(&mut buffer).map_err(cannot_read())?;
        let Some(read) = buffer.get(..count).filter(|it| !it.is_empty()) else { break };
        hash.update(read);
        to.write_all(read).map_err(BackupError::file(format!("cannot copy {name}")))?;
        done += u64::try_from(count).unwrap_or(0);
        listener(Progress { step, done, total: total.max(done) });
    }
    Ok((done, hex(&hash.finalize())))
}

/// A new file for its owner alone; one that exists is an error.
pub(super) fn create(path: &Path) -> Result<File, BackupError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(BackupError::file(format!("cannot make {}", path.display())))
}

/// What was written to a file is on the disk.
pub(super) fn sync(path: &Path) -> Result<(), BackupError> {
    let cannot = || BackupError::file(format!("cannot write {}", path.display()));
    File::open(path).map_err(cannot())?.sync_all().map_err(cannot())
}

/// Files that go away again unless they are kept: what fails leaves nothing behind.
#[derive(Default)]
pub(super) struct Passing(Vec<PathBuf>);

impl Passing {
    /// Removes what an earlier attempt left under this name, and this one's file when it is dropped; a database brings its
    /// log and its index with it.
    pub(super) fn add(&mut self, path: PathBuf) -> Result<(), BackupError> {
        for it in with_companions(&path) {
            match fs::remove_file(&it) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(BackupError::File { what: format!("cannot remove {}", it.display()), source: error });
                }
                _ => {}
            }
        }
        self.0.push(path);
        Ok(())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        for path in self.0.iter().flat_map(|it| with_companions(it)) {
            // Gone already, or renamed to what it was made for.
            let _ = fs::remove_file(path);
        }
    }
}

/// A database's file, its write-ahead log, the log's index, and its rollback journal.
fn with_companions(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|suffix| beside(path, suffix))
}

/// The path with something behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}
