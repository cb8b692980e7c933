//! A folder of backups: their names, what is there, and what goes.

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder, File, OpenOptions},
    io::Read,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDateTime};
use rustix::fs::{FlockOperation, flock};
use sortie_core::{retention::Retention, time::Timestamp};

use super::{
    BackupError,
    manifest::{MOST_BYTES, Manifest},
    piece,
};

const PREFIX: &str = "sortie-";
const STAMP: &str = "%Y%m%d-%H%M%S";
const SUMS: &str = "sha256";
const SECOND: i64 = 1_000_000;
/// How long a turn is waited for, and how often it is asked for: a process that is being forked holds it for a moment, too.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(10);

/// A backup whose manifest is what was written. Its pieces are not read yet.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it lies.
    pub folder: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
}

/// A backup by its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `sortie-YYYYmmdd-HHMMSS`.
    pub name: String,
    /// The time in its name.
    pub at: Timestamp,
}

/// The backups in a folder that are complete by their names, oldest first. A folder that is missing has none.
pub fn list(folder: &Path) -> Result<Vec<Listed>, BackupError> {
    let cannot = || BackupError::file(format!("cannot list {}", folder.display()));
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(cannot())?,
    };
    let mut listed = Vec::new();
    for entry in entries {
        let name = entry.map_err(cannot())?.file_name();
        let stem = name.to_str().and_then(|it| it.strip_suffix(SUMS)?.strip_suffix('.'));
        listed.extend(stem.and_then(|stem| Some(Listed { at: time_of(stem)?, name: stem.to_owned() })));
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listed)
}

/// Finds the backup that a path means: one of its files, their common name, or the newest in a folder.
pub fn find(path: &Path) -> Result<Found, BackupError> {
    let (folder, name) = if path.is_dir() {
        let newest = list(path)?.pop().ok_or_else(|| BackupError::Missing(path.to_owned()))?;
        (path.to_owned(), newest.name)
    } else {
        let missing = || BackupError::Missing(path.to_owned());
        let name = path.file_name().and_then(OsStr::to_str).ok_or_else(missing)?;
        let stem = name.split('.').next().filter(|it| time_of(it).is_some()).ok_or_else(missing)?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (folder.to_owned(), stem.to_owned())
    };
    let file = |ending: &str| folder.join(format!("{name}.{ending}"));
    if ["json", SUMS].iter().all(|it| !file(it).exists()) {
        return Err(BackupError::Missing(path.to_owned()));
    }
    let manifest = Manifest::read(&name, &small(&file("json"))?, &small(&file(SUMS))?)?;
    Ok(Found { folder, manifest })
}

/// Removes the backups that no rule keeps, the sums first, so that none is ever half there; answers their names.
pub fn prune(folder: &Path, rule: Retention) -> Result<Vec<String>, BackupError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let _turn = Turn::take(folder)?;
    let listed = list(folder)?;
    let times: Vec<_> = listed.iter().map(|it| it.at).collect();
    let mut removed = Vec::new();
    for (it, keep) in listed.into_iter().zip(rule.keep(&times)) {
        if !keep {
            remove(folder, &it.name)?;
            removed.push(it.name);
        }
    }
    Ok(removed)
}

fn remove(folder: &Path, name: &str) -> Result<(), BackupError> {
    let gone =
        |path: &Path| fs::remove_file(path).map_err(BackupError::file(format!("cannot remove {}", path.display())));
    gone(&folder.join(format!("{name}.{SUMS}")))?;
    for entry in fs::read_dir(folder).map_err(BackupError::file(format!("cannot list {}", folder.display())))?.flatten()
    {
        let file = entry.file_name();
        if file.to_str().is_some_and(|it| it.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))) {
            gone(&entry.path())?;
        }
    }
    Ok(())
}

/// The time in a backup's name.
fn time_of(name: &str) -> Option<Timestamp> {
    let stamp = NaiveDateTime::parse_from_str(name.strip_prefix(PREFIX)?, STAMP).ok()?;
    Some(Timestamp::from_micros(stamp.and_utc().timestamp_micros()))
}

/// A point in time as the names of files have it.
pub(super) fn stamp(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default().format(STAMP).to_string()
}

/// The right to make and remove backups in a folder; it ends with the process.
pub(super) struct Turn(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Turn {
    /// Makes the folder where it is missing, and takes the turn.
    pub(super) fn take(folder: &Path) -> Result<Self, BackupError> {
        let cannot = || BackupError::file(format!("cannot write to the folder {}", folder.display()));
        if !folder.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(cannot())?;
        }
        let path = folder.join(".sortie-backup.lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(cannot())?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(rustix::io::Errno::WOULDBLOCK) if begun.elapsed() < PATIENCE => std::thread::sleep(STEP),
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(BackupError::Busy(folder.to_owned())),
                Err(error) => return Err(cannot()(error.into())),
            }
        }
    }
}

/// A name that no backup in the folder has: of this second, or of the next free one.
pub(super) fn free_name(folder: &Path, now: Timestamp) -> String {
    let names =
        (0..).map(|later| format!("{PREFIX}{}", stamp(Timestamp::from_micros(now.as_micros() + later * SECOND))));
    let is_free =
        |name: &String| !["db", "jsonl", "json", SUMS].iter().any(|it| folder.join(format!("{name}.{it}")).exists());
    names.into_iter().find(is_free).unwrap_or_default()
}

/// Makes the files of a backup appear under their names, the sums last.
pub(super) fn publish(
    folder: &Path,
    pieces: &[(PathBuf, String)],
    manifest: &Manifest,
) -> Result<PathBuf, BackupError> {
    let text = manifest.to_text()?;
    let mut passing = piece::Passing::default();
    let mut small = |ending: &str, text: &str| -> Result<(PathBuf, String), BackupError> {
        let name = format!("{}.{ending}", manifest.name);
        let path = folder.join(format!(".{name}.partial"));
        passing.add(path.clone())?;
        let mut file = piece::create(&path)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
            .map_err(BackupError::file(format!("cannot write {}", path.display())))?;
        Ok((path, name))
    };
    let (json, sums) = (small("json", &text)?, small(SUMS, &manifest.sums(&text))?);
    let all: Vec<_> = pieces.iter().chain([&json, &sums]).collect();
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
    piece::sync(folder)?;
    Ok(folder.join(json.1))
}

/// A small file's bytes; a large one is no manifest.
fn small(path: &Path) -> Result<Vec<u8>, BackupError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupError::Damaged(format!("{} is missing", path.display())));
        }
        file => file.map_err(BackupError::file(format!("cannot read {}", path.display())))?,
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(BackupError::file(format!("cannot read {}", path.display())))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(BackupError::Damaged(format!("{} is too long", path.display())));
    }
    Ok(bytes)
}
