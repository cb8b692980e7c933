//! One person's run of one app.

mod advance;
#[cfg(test)]
pub(crate) mod fixture;
pub mod lifetime;
pub mod orphan;
pub mod reason;
pub mod reconcile;
pub mod status;

pub use reason::Reason;
pub use reconcile::{Step, Watch, next_step};
pub use status::{Illegal, SessionEvent, Status, Transition, apply};

use std::time::Duration;

use crate::{
    id::{AppId, PlaceId, SessionId, TenantId, UserId, WorkspaceId},
    spec::Spec,
    time::Timestamp,
    workload::{Viewport, WorkspaceClaim},
};

/// What a session waits for before it is ready. Shown to the person who launched it; no rule depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Which phase.
    pub kind: PhaseKind,
    /// More about it in plain words; may be empty.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
}

/// The phases of a session's life, as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    /// The intent is written down; nothing exists yet.
    Queued,
    /// Another session still holds the persistent workspace.
    WaitingForWorkspace,
    /// The workload exists and is not ready.
    Starting,
    /// The workload answers.
    Ready,
    /// The session has a final status.
    Ended,
}

impl PhaseKind {
    /// Every phase.
    pub const ALL: [Self; 5] = [Self::Queued, Self::WaitingForWorkspace, Self::Starting, Self::Ready, Self::Ended];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::WaitingForWorkspace => "waiting_for_workspace",
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Ended => "ended",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The machine-readable reason.
    pub reason: Reason,
    /// A sentence for people, more exact than [`Reason::sentence`]; may be empty.
    pub detail: String,
    /// The last lines of the app's output, where it died by itself.
    pub output: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// One session, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub owner: UserId,
    /// The owner's sign-in name at launch: kept after the user is gone.
    pub owner_name: String,
    /// The app, which may be gone by now.
    pub app: AppId,
    /// The app's name at launch.
    pub app_name: String,
    /// The status: exactly one of five.
    pub status: Status,
    /// How it ended; set exactly when the status is final.
    pub ending: Option<Ending>,
    /// What it waits for.
    pub phase: Phase,
    /// Counts the changes of this row: for compare-and-set.
    pub version: i64,
    /// Where its workload lives.
    pub place: PlaceId,
    /// The workload's name in its place, once known.
    pub workload_name: Option<String>,
    /// The workload's address, where it has one.
    pub workload_address: Option<String>,
    /// The app as it was resolved at launch. Sessions of older systems have none.
    pub spec: Option<Spec>,
    /// The screen's first size.
    pub viewport: Viewport,
    /// Its files.
    pub workspace: WorkspaceClaim,
    /// How long it may go without input; `None` for ever.
    pub idle_timeout: Option<Duration>,
    /// How long it may run at all; `None` for ever.
    pub max_lifetime: Option<Duration>,
    /// When it was launched.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// When the workload first answered.
    pub started_at: Option<Timestamp>,
    /// The last input on any of its streams, as far as it was written down.
    pub last_input_at: Option<Timestamp>,
    /// When the workload and everything beside it was observed gone.
    pub released_at: Option<Timestamp>,
    /// The session that this one starts again.
    pub replaces: Option<SessionId>,
}

impl Session {
    /// The persistent workspace that it holds or waits for.
    pub fn persistent_workspace(&self) -> Option<&WorkspaceId> {
        match &self.workspace {
            WorkspaceClaim::Ephemeral => None,
            WorkspaceClaim::Persistent(id) => Some(id),
        }
    }
}

/// A session as a launch inserts it: always `creating`, version 1.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The fresh id.
    pub id: SessionId,
    /// The tenant.
    pub tenant: TenantId,
    /// Whose it will be.
    pub owner: UserId,
    /// The owner's sign-in name.
    pub owner_name: String,
    /// The app as resolved; holds its id and name.
    pub spec: Spec,
    /// Where it will live.
    pub place: PlaceId,
    /// The screen's first size.
    pub viewport: Viewport,
    /// Its files.
    pub workspace: WorkspaceClaim,
    /// How long it may go without input.
    pub idle_timeout: Option<Duration>,
    /// How long it may run at all.
    pub max_lifetime: Option<Duration>,
    /// The session that it starts again.
    pub replaces: Option<SessionId>,
}
