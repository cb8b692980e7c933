//! Shares of sessions, those who come by them, and who is connected, at rest.

use super::PortResult;
use crate::{
    audit::Change,
    id::{SessionId, ShareId, StreamId, UserId, ViewerId},
    secret::TokenHash,
    session::Session,
    sharing::{LiveStream, Share, Sharing, Viewer, ViewerState},
    time::Timestamp,
};

/// Which viewers of a session are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewers {
    /// One, of whatever role.
    One(ViewerId),
    /// All but observers.
    All,
}

/// Keeps shares. Every write with a [`Change`] commits it too, or nothing at all.
pub trait SharingStore: Send + Sync {
    /// What is known of others at each of these sessions, in the same order.
    fn sharing<'a>(&'a self, sessions: &'a [SessionId]) -> PortResult<'a, Vec<Sharing>>;

    /// Inserts a share: a link with the hash of its secret, or one for a user with the viewer that the user is.
    fn insert_share<'a>(
        &'a self,
        share: &'a Share,
        secret: Option<&'a TokenHash>,
        viewer: Option<&'a Viewer>,
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Deletes one share of a session, or all of them, with the viewers who came by it; answers which. Where there was
    /// none nothing is written, the change neither.
    fn delete_shares<'a>(
        &'a self,
        session: &'a SessionId,
        which: Option<&'a ShareId>,
        change: Change,
    ) -> PortResult<'a, Vec<ShareId>>;

    /// The link with this secret, good or not.
    fn find_link<'a>(&'a self, secret: &'a TokenHash) -> PortResult<'a, Option<Share>>;

    /// Counts one use of a link and inserts who came by it. `false`, and nothing written, when the link is gone, has ended at
    /// the time of the change, or is used up: exact, however many come at once. `Conflict` when the user came by it before.
    ///
    /// A guest's token is the hash of the cookie that it gets.
    fn join<'a>(
        &'a self,
        share: &'a ShareId,
        viewer: &'a Viewer,
        guest: Option<&'a TokenHash>,
        change: Change,
    ) -> PortResult<'a, bool>;

    /// Inserts an observer.
    fn insert_observer<'a>(&'a self, viewer: &'a Viewer, change: Change) -> PortResult<'a, ()>;

    /// One viewer.
    fn find_viewer<'a>(&'a self, id: &'a ViewerId) -> PortResult<'a, Option<Viewer>>;

    /// The guest with this token, in whatever state.
    fn find_guest<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<Viewer>>;

    /// Moves viewers of a session that are in one of the states `before` to `after`; answers which. Where there was none
    /// nothing is written, the change neither. Refusing somebody gives the link's use back.
    fn move_viewers<'a>(
        &'a self,
        session: &'a SessionId,
        which: &'a Viewers,
        before: &'a [ViewerState],
        after: ViewerState,
        change: Change,
    ) -> PortResult<'a, Vec<ViewerId>>;

    /// Writes down who has control; `None` for the owner. `Conflict` when the viewer is gone or not of this session.
    fn hand_over<'a>(&'a self, session: &'a SessionId, to: Option<&'a ViewerId>, change: Change) -> PortResult<'a, ()>;

    /// The sessions that have not ended and at which a user may watch at this time as somebody's viewer, newest first.
    fn shared_with<'a>(&'a self, user: &'a UserId, now: Timestamp) -> PortResult<'a, Vec<(Session, Viewer)>>;

    /// Writes down that a stream was opened.
    fn open_stream<'a>(&'a self, stream: &'a LiveStream, change: Change) -> PortResult<'a, ()>;

    /// Writes down that a stream was closed, also when it was forgotten before.
    fn close_stream<'a>(&'a self, id: &'a StreamId, change: Change) -> PortResult<'a, ()>;

    /// The streams to these sessions on replicas that live, oldest first. A replica lives while it holds the lease that
    /// [`replica_lease`] names. Each process is a replica with a name that no other one had.
    fn live_streams<'a>(&'a self, sessions: &'a [SessionId]) -> PortResult<'a, Vec<LiveStream>>;

    /// Removes streams of replicas that do not live, and shares and viewers that ended before this time; answers how many.
    /// Housekeeping: no audit entry.
    fn prune_sharing(&self, ended_before: Timestamp) -> PortResult<'_, u64>;
}

/// The lease that a replica holds while its streams live.
pub fn replica_lease(replica: &str) -> String {
    format!("streams:{replica}")
}
