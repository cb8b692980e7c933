//! What runs a session, seen from outside: what is ordered, what is observed, where it answers.

pub mod screen;

use std::{error::Error, fmt, path::PathBuf};

use crate::{
    id::{InstallationId, PlaceId, SessionId, UserId, WorkspaceId},
    invalid::Invalid,
    secret::Secret,
    session::Reason,
    spec::Spec,
    time::Timestamp,
};

/// Whose a workload is. Carried by the workload and by everything beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The installation that made it.
    pub installation: InstallationId,
    /// The installation's incarnation at that time; `restore` raises it.
    pub incarnation: i64,
    /// Where it lives.
    pub place: PlaceId,
    /// The session that it runs.
    pub session: SessionId,
    /// The person whose session it is.
    pub owner: UserId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The size of a screen in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    width: u16,
    height: u16,
}

impl Viewport {
    /// The size where nobody asked for one.
    pub const DEFAULT: Self = Self { width: 1280, height: 800 };

    /// Takes a size between 200 × 150 and 8192 × 8192.
    pub fn new(width: u32, height: u32) -> Result<Self, Invalid> {
        let side = |field: &str, value: u32, least: u32| {
            u16::try_from(value)
                .ok()
                .filter(|it| (least..=8192).contains(&u32::from(*it)))
                .ok_or_else(|| Invalid::new(field, format!("must be between {least} and 8192")))
        };
        Ok(Self { width: side("screen_width", width, 200)?, height: side("screen_height", height, 150)? })
    }

    /// Pixels from left to right.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(self) -> u16 {
        self.height
    }
}

/// Which files a workload gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceClaim {
    /// Made with the workload, removed with it.
    Ephemeral,
    /// Kept after the workload is gone; one session holds it at a time.
    Persistent(WorkspaceId),
}

/// Everything a runtime needs to make a workload. It reads nothing else.
#[derive(Clone, Debug)]
pub struct WorkloadOrder {
    /// Whose it is.
    pub labels: Labels,
    /// The app as it was resolved at launch.
    pub spec: Spec,
    /// The screen's first size.
    pub viewport: Viewport,
    /// The files it gets.
    pub workspace: WorkspaceClaim,
    /// Whether it is made before anybody asked: nobody's time runs yet.
    pub is_warm: bool,
}

/// What a workload looks like now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Nothing of it exists.
    Absent,
    /// What stands beside it exists, it itself does not: making it was interrupted, or only the rest is left to remove.
    Partial,
    /// It exists and is not ready; `detail` says in plain words what it waits for.
    Starting {
        /// What is going on, for people.
        detail: String,
        /// Why it failed, should it never get further; `None` where nothing is wrong so far.
        cause: Option<Reason>,
    },
    /// It answers.
    Ready {
        /// Its name in its place (a pod's, a folder's).
        name: String,
        /// Its network address, where it has one.
        address: Option<String>,
    },
    /// It will not work again.
    Broken(Breakage),
    /// It is going away.
    Ending,
}

/// Why a workload is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// The machine-readable reason.
    pub reason: Reason,
    /// A sentence for people.
    pub detail: String,
    /// The last lines of the app's output, oldest first; sanitised.
    pub output: Vec<String>,
}

/// One workload as it was listed.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Whose it is.
    pub labels: Labels,
    /// What it looks like.
    pub observed: Observed,
}

/// What keeps a runtime from making a workload, though that may pass: the source of a
/// [`PortError::Unavailable`](crate::port::PortError::Unavailable) that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Why the session fails, should it never pass.
    pub reason: Reason,
    /// What is wrong, for people.
    pub detail: String,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Error for Held {}

/// Why a runtime will never make a workload of this spec here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code, e.g. `command_missing`.
    pub code: String,
    /// What is wrong and what to do about it, for people.
    pub message: String,
}

/// What one kind of resource limit does in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitReport {
    /// `memory`, `cpu`, `pids` or `disk`.
    pub name: &'static str,
    /// Whether the place enforces it.
    pub enforced: bool,
}

/// What a runtime found out about its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `local`, `kubernetes`, `docker`.
    pub kind: &'static str,
    /// What keeps every workload from starting; empty when all is well.
    pub problems: Vec<Refusal>,
    /// Which limits hold.
    pub limits: Vec<LimitReport>,
}

/// Where a workload's screen answers, and the secrets it asks for.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The address.
    pub address: Address,
    /// The RFB password for full access; `None` when the display asks for none.
    pub password: Option<Secret>,
    /// The RFB password with which the display itself ignores input.
    pub view_only_password: Option<Secret>,
}

/// An address that speaks RFB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP host and port.
    Tcp(String, u16),
    /// A WebSocket (without TLS) that carries RFB, as websockify serves it.
    WebSocket {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// The path, from its slash on.
        path: String,
    },
    /// The same over a Unix socket.
    UnixWebSocket {
        /// The socket.
        socket: PathBuf,
        /// The path, from its slash on.
        path: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_smaller_than_a_window_or_larger_than_any_display_is_refused() {
        assert!(Viewport::new(1280, 800).is_ok());
        assert_eq!(Viewport::new(10, 800).unwrap_err().field, "screen_width");
        assert_eq!(Viewport::new(1280, 9000).unwrap_err().field, "screen_height");
    }
}
