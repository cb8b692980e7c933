//! The database's file: where it may lie, who may open it, and that one server has it at a time.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::fs::{FlockOperation, flock, statfs};

use crate::error::OpenError;

/// File systems whose locks do not hold between machines, by their magic number (Linux `statfs(2)`).
const NETWORK: [(u32, &str); 10] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (0x0102_1997, "9P"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
];

/// A program that a killed server was just starting holds its lock until it is a program of its own: how long that is waited for.
const LEFTOVERS: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A file that this process alone may serve, until it is dropped.
#[derive(Debug)]
pub(crate) struct OwnedFile {
    /// The absolute path, as SQLite takes it.
    pub(crate) path: String,
    lock: File,
}

/// What stands before the numbers in the lock file's second line.
const NOTE: &str = "schema";

impl OwnedFile {
    /// The schema versions that the last server noted; `None` where none did.
    pub(crate) fn noted(&self) -> Option<Vec<u32>> {
        let mut text = String::new();
        let mut lock = &self.lock;
        lock.rewind().and_then(|()| lock.read_to_string(&mut text)).ok()?;
        let note = text.lines().nth(1)?.strip_prefix(NOTE)?;
        Some(note.split_whitespace().filter_map(|it| it.parse().ok()).collect())
    }

    /// Notes schema versions for the next one.
    pub(crate) fn note(&self, versions: &[u32]) -> Result<(), OpenError> {
        let numbers: Vec<_> = versions.iter().map(u32::to_string).collect();
        let text = format!("{}\n{NOTE} {}\n", std::process::id(), numbers.join(" "));
        write(&self.lock, &text)
            .map_err(|error| OpenError::File(format!("the lock file of {} cannot be written: {error}", self.path)))
    }
}

/// Writes the whole file anew.
fn write(mut file: &File, text: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Finds the file (or makes it, for its owner only) and locks it against other servers.
pub(crate) fn take(path: &Path) -> Result<OwnedFile, OpenError> {
    let file = reserve(path)?;
    // Opened for writing, so that a file that cannot be changed is found out here and not at the first change.
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&file.path)
        .map_err(|error| OpenError::File(format!("the database {} cannot be written: {error}", file.path)))?;
    Ok(file)
}

/// Locks the file's name against servers, whether or not there is a file.
pub(crate) fn reserve(path: &Path) -> Result<OwnedFile, OpenError> {
    let path = absolute(path)?;
    refuse_network(path.parent().unwrap_or(&path))?;
    let lock = lock(&path)?;
    let shown = path.display();
    let text = path.to_str().ok_or_else(|| OpenError::File(format!("the path {shown} is not valid UTF-8")))?;
    Ok(OwnedFile { path: text.to_owned(), lock })
}

/// The file itself, through links, so that one file has one lock; the file may be missing, its folder may not.
fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    if let Ok(found) = path.canonicalize() {
        if found.is_file() {
            return Ok(found);
        }
        return Err(OpenError::File(format!("{} is not a file", found.display())));
    }
    let name = path.file_name().ok_or_else(|| OpenError::File(format!("{} does not name a file", path.display())))?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| {
        OpenError::File(format!("the folder {} for the database cannot be used: {error}", folder.display()))
    })?;
    Ok(folder.join(name))
}

fn refuse_network(folder: &Path) -> Result<(), OpenError> {
    let found = statfs(folder).map_err(|error| {
        OpenError::File(format!("the folder {} for the database cannot be used: {error}", folder.display()))
    })?;
    match network_name(found.f_type) {
        Some(name) => Err(OpenError::File(format!(
            "{} is on a network file system ({name}), on which SQLite loses data; use a local disk or PostgreSQL",
            folder.display()
        ))),
        None => Ok(()),
    }
}

/// The kind of network file system; `None` for a local one. The kernel's number has 32 bits in a wider field.
fn network_name(kind: rustix::fs::FsWord) -> Option<&'static str> {
    let kind = u32::try_from(kind & 0xFFFF_FFFF).ok()?;
    NETWORK.iter().find(|(magic, _)| *magic == kind).map(|(_, name)| *name)
}

/// Locks `<file>.lock`. The lock ends with the process, however it ends; the small file stays.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let lock_path = PathBuf::from(lock_path);
    let cannot =
        |error: io::Error| OpenError::File(format!("the lock file {} cannot be written: {error}", lock_path.display()));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&lock_path)
        .map_err(cannot)?;
    let begun = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => break,
            Err(rustix::io::Errno::WOULDBLOCK) if !holder_lives(&file) && begun.elapsed() < LEFTOVERS => {
                std::thread::sleep(LOOK_AGAIN);
            }
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(OpenError::InUse(path.display().to_string())),
            Err(error) => return Err(cannot(error.into())),
        }
    }
    // For people who wonder whose lock it is. What the last server noted behind its number stays.
    let mut before = String::new();
    (&file).read_to_string(&mut before).map_err(cannot)?;
    let noted = before.split_once('\n').map_or("", |(_, it)| it);
    write(&file, &format!("{}\n{noted}", std::process::id())).map_err(cannot)?;
    Ok(file)
}

/// Whether the process that the lock file names is there.
fn holder_lives(file: &File) -> bool {
    let mut noted = [0; 20];
    let length = file.read_at(&mut noted, 0).unwrap_or_default();
    let text = String::from_utf8_lossy(noted.get(..length).unwrap_or_default()).into_owned();
    let pid = text.split('\n').next().and_then(|it| it.parse::<u32>().ok());
    pid.is_some_and(|it| Path::new(&format!("/proc/{it}")).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_file_system_is_known_by_its_number() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xFF53_4D42), Some("CIFS"));
        // ext4, which is local.
        assert_eq!(network_name(0xEF53), None);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = take(Path::new("/no-such-folder/sortie.db")).unwrap_err().to_string();
        assert!(error.contains("/no-such-folder"), "{error}");
    }

    #[test]
    fn what_a_killed_server_was_just_starting_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut killed = std::process::Command::new("true").spawn().unwrap();
        killed.wait().unwrap();
        let held = File::create(folder.path().join("a.db.lock")).unwrap();
        flock(&held, FlockOperation::LockExclusive).unwrap();
        write(&held, &format!("{}\n", killed.id())).unwrap();
        let release = std::thread::spawn(move || {
            std::thread::sleep(LOOK_AGAIN * 5);
            drop(held);
        });
        take(&path).unwrap();
        release.join().unwrap();
    }

    #[test]
    fn a_second_server_on_the_same_file_is_refused_even_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let first = take(&path).unwrap();
        let link = folder.path().join("b.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(take(&link), Err(OpenError::InUse(_))));
        drop(first);
        assert!(take(&link).is_ok());
    }
}
