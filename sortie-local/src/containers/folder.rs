//! The folder of one session: what is known about it beside its containers. It exists before they do and goes after them.
//!
//! | file | says |
//! |---|---|
//! | `record.json` | whose it is, where its files are, its secrets; written first |
//! | `secrets/`, `x/`, `cookie/`, `tmp/` | mounted into the containers |
//! | `failed.json` | why it will never run |
//! | `ending` | it is to be removed |

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, lchown},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sortie_core::{
    app::DisplayProtocol,
    session::Reason,
    workload::{
        Address, Breakage, Endpoint, Labels, WorkloadOrder, WorkspaceClaim,
        screen::{COOKIE, PASSWORD, VIEW_ONLY_PASSWORD},
    },
};

use super::user::User;
use crate::{
    error::{FileContext, LocalError, Outcome},
    home, names,
    place::{self, Place},
    record::StoredLabels,
    secrets,
};

/// The version of the record's shape.
const FORMAT: u32 = 1;
/// The screen's socket, in the folder that only the server and the screen share.
pub(super) const SOCKET: &str = "s";
/// Stands when a browser shows the app's page.
pub(super) const SHOWS: &str = "shows";
const DRAFT: &str = ".new-";

/// One session's record. It holds passwords, so its file is for the server's user alone.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    #[serde(flatten)]
    labels: StoredLabels,
    /// The private folder around the screen's socket.
    pub(super) sockets: PathBuf,
    /// The person's files.
    pub(super) home: PathBuf,
    home_is_kept: bool,
    /// The file beside the socket that is there when the app is shown.
    shown_by: String,
    /// The path of a screen that speaks WebSocket.
    websocket_path: Option<String>,
    password: Option<String>,
    view_only_password: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Failed {
    reason: String,
    detail: String,
}

/// A session's folder. Nothing is remembered: every question reads the disk.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at this path, whether it exists or not.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// One of its files or folders.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes what an order needs, with a record. One that is there is success if it is the same session's.
    pub(super) fn prepare(&self, place: &Place, order: &WorkloadOrder, user: User) -> Outcome<Record> {
        if !self.path.exists() {
            let draft = Self::new(place.workloads().join(format!("{DRAFT}{}", names::mark())));
            place::private_folder(&draft.path)?;
            draft.fill(place, order, user)?;
            match fs::rename(&draft.path, &self.path) {
                Ok(()) => {}
                // Another one came first: its content counts.
                Err(_) if self.path.exists() => home::remove(&draft.path)?,
                Err(error) => return Err(error).on("create", &self.path),
            }
        }
        let record = self.read()?.ok_or(LocalError::Ending)?;
        if record.labels()? != order.labels {
            return Err(LocalError::Foreign);
        }
        if self.is_ending() {
            return Err(LocalError::Ending);
        }
        record.surroundings(order, user)?;
        Ok(record)
    }

    fn fill(&self, place: &Place, order: &WorkloadOrder, user: User) -> Outcome<()> {
        let spec = &order.spec;
        let own_display = spec.display.as_ref();
        let password = || own_display.is_none().then(secrets::password);
        let (home, home_is_kept) = match &order.workspace {
            WorkspaceClaim::Ephemeral => (place.session_home(&order.labels.session), false),
            WorkspaceClaim::Persistent(id) => (place.kept_home(id.as_str()), true),
        };
        let websocket = own_display.filter(|it| it.protocol == DisplayProtocol::WebSocket);
        let record = Record {
            format: FORMAT,
            labels: (&order.labels).into(),
            sockets: place.sockets().join(names::hash(&names::mark(), 8)),
            home,
            home_is_kept,
            shown_by: if own_display.is_none() && spec.web_port.is_some() { SHOWS } else { SOCKET }.to_owned(),
            websocket_path: websocket.map(|it| if it.path.is_empty() { "/".to_owned() } else { it.path.clone() }),
            password: password(),
            view_only_password: password(),
        };
        for name in ["secrets", "cookie"] {
            let path = self.file(name);
            place::private_folder(&path)?;
            user.give(&path)?;
        }
        self.make_scratch("tmp", user)?;
        let cookie = format!("{:032x}", rand::random::<u128>());
        let passwords = [record.password.as_deref(), record.view_only_password.as_deref()];
        let [full, view_only] = passwords.map(Option::unwrap_or_default);
        for (name, content) in [(PASSWORD, full), (VIEW_ONLY_PASSWORD, view_only), (COOKIE, cookie.as_str())] {
            let path = self.file("secrets").join(name);
            place::write_whole(&path, content.as_bytes())?;
            user.give(&path)?;
        }
        self.write(&record)
    }

    /// Makes what a screen writes anew: what an earlier one left would be taken for a screen that is up, or keep this one from it.
    pub(super) fn renew_screen(&self, record: &Record, user: User) -> Outcome<()> {
        for name in ["x", "display-tmp"] {
            home::remove(&self.file(name))?;
            self.make_scratch(name, user)?;
        }
        home::remove(&record.screen_folder())?;
        place::private_folder(&record.screen_folder())?;
        user.give(&record.screen_folder())
    }

    /// A folder like every `/tmp`: an image may run programs as users of its own.
    fn make_scratch(&self, name: &str, user: User) -> Outcome<()> {
        let path = self.file(name);
        place::private_folder(&path)?;
        user.give(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o1777)).on("open", path)
    }

    /// Reads the record; `None` when the folder or the record is not there.
    pub(super) fn read(&self) -> Outcome<Option<Record>> {
        let path = self.file("record.json");
        let damaged = |detail: String| LocalError::Record { path: path.clone(), detail };
        match fs::read(&path) {
            Ok(content) => {
                let record: Record = serde_json::from_slice(&content).map_err(|error| damaged(error.to_string()))?;
                if record.format != FORMAT {
                    return Err(damaged(format!("its format is {}, this version reads {FORMAT}", record.format)));
                }
                Ok(Some(record))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(LocalError::File { action: "read", path, source }),
        }
    }

    fn write(&self, record: &Record) -> Outcome<()> {
        self.write_json("record.json", record)
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Outcome<()> {
        let path = self.file(name);
        let content = serde_json::to_vec_pretty(value)
            .map_err(|error| LocalError::Record { path: path.clone(), detail: error.to_string() })?;
        place::write_whole(&path, &content)
    }

    /// Hands the session over.
    pub(super) fn relabel(&self, from: &Labels, to: &Labels) -> Outcome<()> {
        let record = self.read()?.filter(|_| !self.is_ending()).ok_or(LocalError::Foreign)?;
        match record.labels()? {
            found if found == *to => Ok(()),
            found if found == *from => self.write(&Record { labels: to.into(), ..record }),
            _ => Err(LocalError::Foreign),
        }
    }

    /// Writes down that the session is to be removed.
    pub(super) fn mark_ending(&self) -> Outcome<()> {
        let path = self.file("ending");
        fs::write(&path, b"").on("write", path)
    }

    /// Whether it is to be removed.
    pub(super) fn is_ending(&self) -> bool {
        self.file("ending").exists()
    }

    /// Writes down why the session will never run.
    pub(super) fn mark_failed(&self, reason: Reason, detail: &str) -> Outcome<()> {
        self.write_json("failed.json", &Failed { reason: reason.code().to_owned(), detail: detail.to_owned() })
    }

    /// What was written down so.
    pub(super) fn failure(&self) -> Option<Breakage> {
        let failed: Failed = serde_json::from_slice(&fs::read(self.file("failed.json")).ok()?).ok()?;
        let reason = Reason::ALL.iter().copied().find(|it| it.code() == failed.reason).unwrap_or(Reason::StartRefused);
        Some(Breakage { reason, detail: failed.detail, output: Vec::new() })
    }

    /// Removes everything that lies on the disk; the record last. The containers are gone by then.
    pub(super) fn remove(&self) -> Outcome<()> {
        if let Some(record) = self.read()? {
            home::remove(&record.sockets)?;
            home::remove_draft(&record.home)?;
            if !record.home_is_kept {
                home::remove(&record.home)?;
            }
        }
        home::remove(&self.path)
    }
}

impl Record {
    /// Whose the session is.
    pub(super) fn labels(&self) -> Outcome<Labels> {
        let damaged = |detail| LocalError::Record { path: self.sockets.clone(), detail };
        self.labels.read().map_err(|invalid| damaged(invalid.to_string()))
    }

    /// What the screen and the server share. It is the screen's; the folder around it is ours.
    pub(super) fn screen_folder(&self) -> PathBuf {
        self.sockets.join("rfb")
    }

    /// Whether the app is shown, as far as files tell.
    pub(super) fn is_shown(&self) -> bool {
        self.screen_folder().join(&self.shown_by).exists()
    }

    /// Whether programs can draw.
    pub(super) fn has_screen(&self) -> bool {
        self.screen_folder().join(SOCKET).exists()
    }

    /// Where the screen answers.
    pub(super) fn endpoint(&self) -> Endpoint {
        let socket = self.screen_folder().join(SOCKET);
        Endpoint {
            address: match &self.websocket_path {
                Some(path) => Address::UnixWebSocket { socket, path: path.clone() },
                None => Address::Unix(socket),
            },
            password: self.password.clone().map(sortie_core::secret::Secret::new),
            view_only_password: self.view_only_password.clone().map(sortie_core::secret::Secret::new),
        }
    }

    fn surroundings(&self, order: &WorkloadOrder, user: User) -> Outcome<()> {
        place::private_folder(&self.sockets)?;
        home::prepare(&self.home, user.to_give())?;
        if order.spec.display.is_some() || order.spec.web_port.is_some() {
            // The image runs as a user of its own, whom we do not know. The folders above are for the server's user alone.
            for path in [self.home.clone(), self.home.join("workspace")] {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).on("open", path)?;
            }
        }
        Ok(())
    }
}

/// Every session's folder in a place, and what is in the way.
pub(super) fn all(place: &Place) -> Outcome<Vec<Folder>> {
    let workloads = place.workloads();
    let mut folders = Vec::new();
    for entry in fs::read_dir(&workloads).on("read", &workloads)? {
        let entry = entry.on("read", &workloads)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            folders.push(Folder::new(entry.path()));
        }
    }
    Ok(folders)
}

/// Removes what a server left that died while it made a folder. One server at a time has the data directory.
pub(super) fn clear_drafts(workloads: &Path) -> Outcome<()> {
    for entry in fs::read_dir(workloads).on("read", workloads)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(DRAFT) {
            home::remove(&entry.path())?;
        }
    }
    Ok(())
}

impl User {
    /// Makes a file or folder the user's, where it is not already.
    fn give(self, path: &Path) -> Outcome<()> {
        self.to_give().map_or(Ok(()), |uid| lchown(path, Some(uid), Some(uid)).on("give away", path))
    }
}
