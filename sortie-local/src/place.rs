//! The place: one data directory on one machine. Its folders and its id.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::{fs::FlockOperation, process::getuid};
use serde::{Deserialize, Serialize};
use sortie_core::id::{PlaceId, SessionId};
use tracing::warn;

use crate::{
    error::{FileContext, LocalError, Outcome},
    names,
};

/// The longest path that a Unix socket may have (unix(7): 108 bytes with the closing zero).
const MAX_SOCKET_PATH_BYTES: usize = 107;

/// What is added to the folder of all sockets: a folder for each workload, and the name of its socket.
const SOCKET_TAIL: &str = "/0123456789abcdef/rfb/s";

/// The folders of one place, and its id.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) id: PlaceId,
    root: PathBuf,
    /// The folder of the workloads' folders, below the root.
    workloads: &'static str,
    sockets: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct PlaceFile {
    id: String,
    machine: String,
}

impl Place {
    /// Opens the place in a data directory, and makes what is missing of it.
    ///
    /// A data directory that came from another machine is another place: it gets a new id.
    pub(crate) fn open(data_dir: &Path) -> Outcome<Self> {
        let root = make_root(data_dir)?;
        let id = read_or_make_id(&root.join("place"))?;
        Self::below(root, "workloads", id)
    }

    /// The place of a container engine, whose id it has, in the same data directory: a person's kept files are the same.
    pub(crate) fn of_engine(data_dir: &Path, id: PlaceId) -> Outcome<Self> {
        Self::below(make_root(data_dir)?, "containers", id)
    }

    fn below(root: PathBuf, workloads: &'static str, id: PlaceId) -> Outcome<Self> {
        for name in [workloads, "homes", "homes/sessions", "homes/workspaces"] {
            private_folder(&root.join(name))?;
        }
        let sockets = socket_folder(&root, &id)?;
        Ok(Self { id, root, workloads, sockets })
    }

    /// A second place below this one, with the same id: for a workload that nobody may list.
    pub(crate) fn apart(&self, name: &str) -> Outcome<Self> {
        let root = self.root.join(name);
        for folder in ["", "workloads", "homes", "homes/sessions", "homes/workspaces"] {
            private_folder(&root.join(folder))?;
        }
        Ok(Self { id: self.id.clone(), root, workloads: self.workloads, sockets: self.sockets.clone() })
    }

    /// Where the workloads' folders are.
    pub(crate) fn workloads(&self) -> PathBuf {
        self.root.join(self.workloads)
    }

    /// The folder of a session's workload.
    pub(crate) fn workload(&self, session: &SessionId) -> PathBuf {
        self.workloads().join(names::folder(session.as_str()))
    }

    /// The home that is made and removed with a session.
    pub(crate) fn session_home(&self, session: &SessionId) -> PathBuf {
        self.root.join("homes/sessions").join(names::folder(session.as_str()))
    }

    /// The home that is kept under a workspace's id.
    pub(crate) fn kept_home(&self, workspace: &str) -> PathBuf {
        self.root.join("homes/workspaces").join(names::folder(workspace))
    }

    /// Where the folders with sockets are; short enough for a Unix address.
    pub(crate) fn sockets(&self) -> &Path {
        &self.sockets
    }
}

fn make_root(data_dir: &Path) -> Outcome<PathBuf> {
    let root = std::path::absolute(data_dir).on("find", data_dir)?;
    fs::create_dir_all(&root).on("create", &root)?;
    Ok(root)
}

/// Makes a folder that only this user may enter. One that exists is taken as it is, if it really is ours.
pub(crate) fn private_folder(path: &Path) -> Outcome<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path).on("look at", path)?;
            if !found.is_dir() || found.uid() != getuid().as_raw() {
                let taken = std::io::Error::new(ErrorKind::PermissionDenied, "it belongs to somebody else");
                return Err(taken).on("use", path);
            }
            if found.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o700)).on("make private", path)?;
            }
            Ok(())
        }
        other => other.on("create", path),
    }
}

/// Opens a lock file, which it makes where it is missing, and waits for the lock. Dropping the file gives it back.
pub(crate) fn lock(path: &Path, operation: FlockOperation) -> Outcome<File> {
    let file = lock_file(path)?;
    rustix::fs::flock(&file, operation).on("lock", path)?;
    Ok(file)
}

/// Opens a lock file, which it makes where it is missing.
pub(crate) fn lock_file(path: &Path) -> Outcome<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).on("open", path)
}

/// Writes a file under another name and moves it into place, so that nobody ever reads half of it.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Outcome<()> {
    let draft = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).on("create", &draft)?;
    file.write_all(content).on("write", &draft)?;
    fs::rename(&draft, path).on("write", path)
}

fn read_or_make_id(path: &Path) -> Outcome<PlaceId> {
    let machine = this_machine();
    match fs::read(path) {
        Ok(content) => {
            let found: PlaceFile = serde_json::from_slice(&content)
                .map_err(|error| LocalError::Record { path: path.to_owned(), detail: error.to_string() })?;
            if found.machine == machine {
                return place_id(path, found.id);
            }
            warn!(place.id = %found.id, "Data directory came from another machine, it is a new place here");
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).on("read", path),
    }
    let file = PlaceFile { id: format!("local-{}", names::random_text(20).to_lowercase()), machine };
    let content = serde_json::to_vec(&file)
        .map_err(|error| LocalError::Record { path: path.to_owned(), detail: error.to_string() })?;
    write_whole(path, &content)?;
    // The sessions' rows name this id: it must not be lost with the power.
    File::open(path).and_then(|it| it.sync_all()).on("keep", path)?;
    place_id(path, file.id)
}

fn place_id(path: &Path, id: String) -> Outcome<PlaceId> {
    PlaceId::new(id).map_err(|error| LocalError::Record { path: path.to_owned(), detail: error.to_string() })
}

/// The machine's id (machine-id(5)); empty where it has none, and then moves between such machines are not noticed.
fn this_machine() -> String {
    fs::read_to_string("/etc/machine-id").map(|it| it.trim().to_owned()).unwrap_or_default()
}

/// `<root>/run` where sockets in it have addresses; else a private folder of the system for things that run.
fn socket_folder(root: &Path, id: &PlaceId) -> Outcome<PathBuf> {
    let inside = root.join("run");
    if inside.as_os_str().len() + SOCKET_TAIL.len() <= MAX_SOCKET_PATH_BYTES {
        private_folder(&inside)?;
        return Ok(inside);
    }
    let name = format!("sortie-{}", names::hash(id.as_str(), 6));
    let uid = getuid();
    let bases = if uid.is_root() {
        vec![PathBuf::from("/run"), PathBuf::from("/tmp")]
    } else {
        vec![PathBuf::from(format!("/run/user/{}", uid.as_raw())), PathBuf::from("/tmp")]
    };
    let mut failure = None;
    for base in bases {
        let folder = base.join(&name);
        match private_folder(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or(LocalError::Slow("finding a folder for sockets")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_keeps_its_id() {
        let dir = tempfile::tempdir().unwrap();
        let first = Place::open(dir.path()).unwrap();
        assert_eq!(Place::open(dir.path()).unwrap().id, first.id);
    }

    #[test]
    fn a_data_directory_from_another_machine_is_another_place() {
        let dir = tempfile::tempdir().unwrap();
        let first = Place::open(dir.path()).unwrap();
        let moved = PlaceFile { id: first.id.to_string(), machine: "elsewhere".to_owned() };
        fs::write(dir.path().join("place"), serde_json::to_vec(&moved).unwrap()).unwrap();
        assert_ne!(Place::open(dir.path()).unwrap().id, first.id);
    }

    #[test]
    fn sockets_of_a_deep_data_directory_lie_in_a_short_private_folder() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::open(&dir.path().join("d".repeat(90))).unwrap();
        let folder = place.sockets().to_owned();
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        fs::remove_dir(&folder).unwrap();
        assert!(folder.as_os_str().len() + SOCKET_TAIL.len() <= MAX_SOCKET_PATH_BYTES);
        assert_eq!(mode & 0o077, 0);
    }

    #[test]
    fn only_new_folders_become_private() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Place::open(dir.path()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(dir.path()), 0o755);
        assert_eq!(mode(&dir.path().join("workloads")), 0o700);
    }
}
