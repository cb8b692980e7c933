//! A folder of backups.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use sortie_core::port::{Already, BoxError, Shelf, ShelfError};

use super::{
    BackupError, Draft,
    name::{MANIFEST, SUMS},
    piece,
};

/// How long a turn is waited for, and how often it is asked for: a process that is being forked holds it for a moment, too.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(10);

static WRITERS: AtomicU64 = AtomicU64::new(0);

/// The files of a folder. One that is missing is empty.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Looks at nothing yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    fn failed<E: Into<BoxError>>(&self, what: &str, name: &str) -> impl FnOnce(E) -> ShelfError {
        ShelfError::failed(format!("cannot {what} {}", self.0.join(name).display()))
    }

    fn write(&self, partial: &Path, name: &str, bytes: &mut dyn Read, length: u64) -> Result<(), ShelfError> {
        let mut file = piece::create(partial).map_err(self.failed("write", name))?;
        let written = io::copy(bytes, &mut file).and_then(|it| file.sync_all().map(|()| it));
        if written.map_err(self.failed("write", name))? == length {
            Ok(())
        } else {
            Err(self.failed("write", name)("what is to be written has another length than was said"))
        }
    }
}

impl Shelf for Folder {
    fn address(&self) -> String {
        self.0.display().to_string()
    }

    fn names(&self) -> Result<Vec<String>, ShelfError> {
        let cannot = || self.failed("list", "");
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(cannot())?,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry.map_err(cannot())?.file_name().into_string());
        }
        // The lock, and what is being written.
        names.retain(|it| !it.starts_with('.'));
        Ok(names)
    }

    fn open(&self, name: &str) -> Result<(u64, Box<dyn Read + Send>), ShelfError> {
        let path = self.0.join(name);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ShelfError::Missing(path.display().to_string()));
            }
            file => file.map_err(self.failed("read", name))?,
        };
        let length = file.metadata().map_err(self.failed("read", name))?.len();
        Ok((length, Box::new(file)))
    }

    fn put(&self, name: &str, bytes: &mut (dyn Read + Send), length: u64, already: Already) -> Result<(), ShelfError> {
        make(&self.0).map_err(self.failed("write", name))?;
        // Of nobody else, though several put the same name at once.
        let own = format!("{}-{}", std::process::id(), WRITERS.fetch_add(1, Ordering::Relaxed));
        let (to, partial) = (self.0.join(name), self.0.join(format!(".{name}.{own}.partial")));
        let mut passing = piece::Passing::default();
        passing.add(partial.clone()).map_err(self.failed("write", name))?;
        self.write(&partial, name, bytes, length)?;
        let flags = match already {
            Already::Refuse => RenameFlags::NOREPLACE,
            Already::Replace => RenameFlags::empty(),
        };
        match renameat_with(CWD, &partial, CWD, &to, flags) {
            Err(rustix::io::Errno::EXIST) => return Err(ShelfError::Taken(to.display().to_string())),
            renamed => renamed.map_err(self.failed("write", name))?,
        }
        piece::sync(&self.0).map_err(self.failed("write", name))
    }

    fn remove(&self, name: &str) -> Result<(), ShelfError> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(self.failed("remove", name)),
        }
    }
}

fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() { Ok(()) } else { DirBuilder::new().recursive(true).mode(0o700).create(folder) }
}

/// The right to make and remove backups in a folder; it ends with the process.
pub(super) struct Turn(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Turn {
    /// Makes the folder where it is missing, and takes the turn.
    pub(super) fn take(folder: &Path) -> Result<Self, BackupError> {
        let cannot = || BackupError::file(format!("cannot write to the folder {}", folder.display()));
        make(folder).map_err(cannot())?;
        let path = folder.join(".sortie-backup.lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(cannot())?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(rustix::io::Errno::WOULDBLOCK) if begun.elapsed() < PATIENCE => std::thread::sleep(STEP),
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(BackupError::Busy(folder.display().to_string())),
                Err(error) => return Err(cannot()(error.into())),
            }
        }
    }
}

/// Removes what somebody who was killed was writing; only for who has the turn.
pub(super) fn clear(folder: &Path) -> Result<(), BackupError> {
    let cannot = || BackupError::file(format!("cannot clear {}", folder.display()));
    for entry in fs::read_dir(folder).map_err(cannot())? {
        let path = entry.map_err(cannot())?.path();
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if name.starts_with(".sortie-") && name.contains(".partial") {
            fs::remove_file(&path).map_err(cannot())?;
        }
    }
    Ok(())
}

/// Makes the files of a backup appear under their names, the sums last.
pub(super) fn publish(folder: &Path, draft: &Draft) -> Result<(), BackupError> {
    let manifest = &draft.manifest;
    let text = manifest.to_text()?;
    let mut passing = piece::Passing::default();
    let mut small = |ending: &str, text: &str| -> Result<(PathBuf, String), BackupError> {
        let name = format!("{}.{ending}", manifest.name);
        let path = folder.join(format!(".{name}.partial"));
        passing.add(path.clone())?;
        let mut file = piece::create(&path)?;
        file.write_all(text.as_bytes()).map_err(BackupError::file(format!("cannot write {}", path.display())))?;
        Ok((path, name))
    };
    let (json, sums) = (small(MANIFEST, &text)?, small(SUMS, &manifest.sums(&text))?);
    let all: Vec<_> = draft.pieces.iter().chain([&json, &sums]).collect();
    for (path, _) in &all {
        piece::sync(path)?;
    }
    for (path, name) in all {
        let to = folder.join(name);
        // Before the sums appear everything else must be there, also after a loss of power.
        if *name == sums.1 {
            piece::sync(folder)?;
        }
        fs::rename(path, &to).map_err(BackupError::file(format!("cannot make {}", to.display())))?;
    }
    piece::sync(folder)
}
