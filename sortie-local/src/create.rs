//! Making a workload: its folder first, then what lies beside it, then one process that starts everything else.
//!
//! The folder is prepared under a draft's name and appears whole. Its lock is taken while it is a draft and handed to the
//! keeper, so at no time does a workload look unclaimed: a server that dies in between leaves a folder whose lock is free and
//! that never started, which is no workload.

use std::{
    fs::{self, File},
    os::unix::{
        ffi::OsStrExt,
        fs::{PermissionsExt, lchown},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rustix::fs::FlockOperation;
use sortie_core::workload::{WorkloadOrder, WorkspaceClaim};

use crate::{
    error::{FileContext, LocalError, Outcome},
    folder::{Folder, Phase},
    home,
    limits::{Cgroups, Limits},
    names,
    place::{self, Place},
    record::{Parts, Record},
    removal,
    sandbox::{self, AppLimits, Sandbox},
    secrets,
    settings::Settings,
    uid,
};

/// What runs outside the sandboxes.
const KEEPER: &str = include_str!("keeper.sh");

/// Where the host's own tools are.
pub(crate) const HOST_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Becomes the keeper without the descriptors that the server may have inherited: no app is to have them.
/// (The small shell that keeps cannot close descriptors above 9.)
const START_KEEPER: &str = r#"
for it in /proc/self/fd/*; do
    it=${it##*/}
    [ "$it" -gt 2 ] && eval "exec $it>&-"
done
exec sh keeper "$@"
"#;

/// The prefix of a folder that is not a workload yet.
pub(crate) const DRAFT: &str = ".new-";

/// Makes workloads in one place.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub(crate) place: Place,
    pub(crate) settings: Settings,
    pub(crate) cgroups: Cgroups,
}

impl Maker {
    /// Makes the workload that was ordered and starts it. One that exists is left as it is. Blocks for some milliseconds.
    pub(crate) fn create(&self, order: &WorkloadOrder) -> Outcome<()> {
        let folder = Folder::new(self.place.workload(&order.labels.session));
        match folder.phase()? {
            Phase::Ending => return Err(LocalError::Ending),
            Phase::Absent => removal::clear_remains(&folder)?,
            Phase::Starting | Phase::Shown | Phase::Ended | Phase::Blind | Phase::Lost => return Ok(()),
        }
        let draft = Draft::begin(&self.place.workloads())?;
        let claim =
            if rustix::process::getuid().is_root() { Some(uid::claim(&self.settings, folder.path())?) } else { None };
        let record = self.record(order, &draft.mark, claim.as_ref().map(|it| it.uid));
        self.fill(&draft, order, &record, folder.path())?;
        let Some(lock) = draft.publish(folder.path())? else { return Ok(()) };
        drop(claim);
        self.prepare_surroundings(order, &record)?;
        start_keeper(&folder, &record, order, lock)
    }

    fn record(&self, order: &WorkloadOrder, mark: &str, uid: Option<u32>) -> Record {
        let (home, home_is_kept) = match &order.workspace {
            WorkspaceClaim::Ephemeral => (self.place.session_home(&order.labels.session), false),
            WorkspaceClaim::Persistent(id) => (self.place.kept_home(id.as_str()), true),
        };
        Record::new(
            &order.labels,
            Parts {
                mark: mark.to_owned(),
                uid,
                sockets: self.place.sockets().join(names::hash(mark, 8)),
                home,
                home_is_kept,
                cgroups: self.cgroups.folders(mark),
                password: secrets::password(),
                view_only_password: secrets::password(),
            },
        )
    }

    /// Writes everything that the keeper and the sandboxes read. Paths in it are those of the published folder.
    fn fill(&self, draft: &Draft, order: &WorkloadOrder, record: &Record, published: &Path) -> Outcome<()> {
        let cookie = secrets::xauthority();
        let limits = AppLimits {
            max_pids: self.settings.max_pids,
            data_bytes: self.limits(order).resources.memory_limit_bytes.filter(|_| !self.cgroups.limits("memory")),
        };
        let (display_files, app_files) = (published.join("display"), published.join("app"));
        let display = sandbox::display(order, record, &display_files, &cookie);
        let app = sandbox::app(order, record, &app_files, &cookie, limits);
        for (name, sandbox) in [("display", display), ("app", app)] {
            write_sandbox(&draft.path, name, &sandbox, record.uid)?;
        }
        let groups: Vec<u8> =
            record.cgroups.iter().flat_map(|it| [it.as_os_str().as_bytes(), b"\n"].concat()).collect();
        let write = |name: &str, content: &[u8]| {
            let path = draft.path.join(name);
            fs::write(&path, content).on("write", path)
        };
        write("keeper", KEEPER.as_bytes())?;
        write("cgroups", &groups)?;
        write("seccomp", &sandbox::seccomp_filter().unwrap_or_default())?;
        place::private_folder(&draft.path.join("log"))?;
        // Bubblewrap mounts the display's socket over this one.
        place::private_folder(&draft.path.join("display/rfb"))?;
        record.write(&draft.path)
    }

    fn limits(&self, order: &WorkloadOrder) -> Limits {
        Limits { resources: order.spec.resources.or(self.settings.default_limits), max_pids: self.settings.max_pids }
    }

    fn prepare_surroundings(&self, order: &WorkloadOrder, record: &Record) -> Outcome<()> {
        home::prepare(&record.home, record.uid)?;
        place::private_folder(&record.sockets)?;
        for name in ["rfb", "x"] {
            let path = record.sockets.join(name);
            place::private_folder(&path)?;
            give(&path, record.uid)?;
        }
        self.cgroups.make(&record.mark, &self.limits(order))
    }
}

/// A workload's folder before anybody can see it. Dropping it removes it.
struct Draft {
    mark: String,
    path: PathBuf,
    lock: Option<File>,
}

impl Draft {
    fn begin(workloads: &Path) -> Outcome<Self> {
        let mark = names::mark();
        let path = workloads.join(format!("{DRAFT}{mark}"));
        // Whoever clears away drafts waits until this one has its lock.
        let _making = place::lock(&workloads.join(".making"), FlockOperation::LockShared)?;
        place::private_folder(&path)?;
        let mut draft = Self { mark, path, lock: None };
        draft.lock = Some(place::lock(&draft.path.join("lock"), FlockOperation::LockExclusive)?);
        Ok(draft)
    }

    /// Gives the folder its name; `None` when a folder of that name came first. Answers with the lock.
    fn publish(mut self, folder: &Path) -> Outcome<Option<File>> {
        match fs::rename(&self.path, folder) {
            Ok(()) => Ok(self.lock.take()),
            Err(_) if folder.exists() => Ok(None),
            Err(error) => Err(error).on("create", folder),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.lock.is_some() {
            // What stays is cleared away at the next start.
            let _ = home::remove(&self.path);
        }
    }
}

fn write_sandbox(draft: &Path, name: &str, sandbox: &Sandbox, uid: Option<u32>) -> Outcome<()> {
    let arguments = draft.join(format!("{name}.args"));
    fs::write(&arguments, sandbox.arguments.bytes()).on("write", arguments)?;
    let files = draft.join(name);
    fs::create_dir(&files).on("create", &files)?;
    for file in &sandbox.files {
        let path = files.join(file.name);
        fs::write(&path, &file.content).on("write", &path)?;
        let mode = if file.is_secret { 0o400 } else { 0o444 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).on("protect", &path)?;
        if file.is_secret {
            give(&path, uid)?;
        }
    }
    // The folders above it are for the server's user alone.
    fs::set_permissions(&files, fs::Permissions::from_mode(0o755)).on("open", &files)
}

fn give(path: &Path, uid: Option<u32>) -> Outcome<()> {
    uid.map_or(Ok(()), |uid| lchown(path, Some(uid), Some(uid)).on("give away", path))
}

/// Starts the keeper as a process that belongs to nobody: neither a signal to our group nor our end reaches it.
fn start_keeper(folder: &Folder, record: &Record, order: &WorkloadOrder, lock: File) -> Outcome<()> {
    let failed = |detail: String| LocalError::Tool { tool: "setsid", detail };
    let log_path = folder.file("keeper.log");
    let log = File::create(&log_path).on("create", &log_path)?;
    let errors = log.try_clone().on("open", &log_path)?;
    let status = Command::new("setsid")
        .args(["--fork", "bash", "-c", START_KEEPER, "keeper", &record.mark])
        .args(&order.spec.command)
        .args(&order.spec.args)
        .env_clear()
        .env("PATH", HOST_PATH)
        .current_dir(folder.path())
        .stdin(Stdio::from(lock))
        .stdout(log)
        .stderr(errors)
        .status()
        .map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}
