//! Sessions and persistent workspaces at rest.

use std::fmt;

use super::{Page, PageRequest, PortError, PortResult};
use crate::{
    audit::Change,
    event::Event,
    id::{AppId, PlaceId, SessionId, TenantId, UserId, WorkspaceId},
    policy::Scope,
    port::BoxFuture,
    quota::{Limits, QuotaExceeded, Usage},
    session::{Session, Status},
    time::Timestamp,
};

/// Why a launch wrote nothing.
#[derive(Debug)]
pub enum LaunchError {
    /// A quota forbids it.
    Quota(QuotaExceeded),
    /// The store failed. `Conflict` when the workspace was made, or the warm workload taken, by somebody else in the meantime:
    /// read again and try again.
    Port(PortError),
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quota(it) => it.fmt(f),
            Self::Port(it) => it.fmt(f),
        }
    }
}

impl std::error::Error for LaunchError {}

impl From<PortError> for LaunchError {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

/// What a launch starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing: the workload is made for it.
    Cold,
    /// The warm workload of the session's id, which must be ready and becomes taken in the same transaction.
    Warm,
}

/// What must still be true for an update to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Status and version are the ones that were read.
    Row,
    /// The same, and no input was written down since: for expiry.
    RowAndActivity,
}

/// Which sessions of a scope are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Only of this owner.
    pub owner: Option<UserId>,
    /// Only with one of these statuses; empty for all.
    pub statuses: Vec<Status>,
}

/// Keeps sessions. Every write commits its change with it, or nothing at all.
pub trait SessionStore: Send + Sync {
    /// Counts, admits and inserts in one transaction: row, analytics row, workspace row where it is new, audit, events.
    ///
    /// The session that this one replaces does not count: it is ending, and a restart must not fail for want of its place.
    fn launch<'a>(
        &'a self,
        session: &'a Session,
        start: Start,
        limits: Limits,
        change: Change,
    ) -> BoxFuture<'a, Result<(), LaunchError>>;

    /// One session.
    fn find_session<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, Option<Session>>;

    /// The sessions of a scope, newest first.
    fn list_sessions<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a SessionFilter,
        page: &'a PageRequest,
    ) -> PortResult<'a, Page<Session>>;

    /// Every session of a place that is not released: what the reconciler compares with the world.
    fn unreleased<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<Session>>;

    /// Places other than this one that have unreleased sessions, with how many.
    fn elsewhere<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<(PlaceId, u64)>>;

    /// Writes `after` over `before` with compare-and-set; `Conflict` when the guard does not hold. Activity is not written.
    ///
    /// When `after` is released, the workspace that it holds is given back in the same transaction.
    fn replace_session<'a>(
        &'a self,
        before: &'a Session,
        after: &'a Session,
        guard: Guard,
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Writes only the phase, with its event: an observation, not a change, so it has no audit entry.
    fn record_phase<'a>(&'a self, before: &'a Session, after: &'a Session, event: Event) -> PortResult<'a, ()>;

    /// Writes down the last input of running sessions; earlier times than the stored ones change nothing.
    fn touch<'a>(&'a self, inputs: &'a [(SessionId, Timestamp)]) -> PortResult<'a, ()>;

    /// What counts against the quotas now.
    fn usage<'a>(&'a self, tenant: &'a TenantId, user: &'a UserId) -> PortResult<'a, Usage>;

    /// The persistent workspace of a person for an app.
    fn workspace_of<'a>(&'a self, owner: &'a UserId, app: &'a AppId) -> PortResult<'a, Option<WorkspaceId>>;

    /// Makes the session the holder of the workspace if nobody else is; answers whether it is the holder now.
    fn claim_workspace<'a>(&'a self, workspace: &'a WorkspaceId, session: &'a SessionId) -> PortResult<'a, bool>;
}
