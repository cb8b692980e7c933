//! Shares, viewers, control and connections.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    id::{SessionId, ShareId, StreamId, UserId, ViewerId},
    port::{PortResult, SharingStore, sharing::Viewers},
    secret::TokenHash,
    session::Session,
    sharing::{LiveStream, Share, Sharing, Viewer, ViewerState},
    time::Timestamp,
};

use crate::{
    Store,
    row::sharing::{ShareRow, StreamRow, ViewerRow},
    schema::{session_shares::dsl as shares, session_viewers::dsl as viewers},
};

mod read;
mod streams;
mod write;

/// The ids as text, for queries.
fn texts(sessions: &[SessionId]) -> Vec<String> {
    sessions.iter().map(|it| it.as_str().to_owned()).collect()
}

impl SharingStore for Store {
    fn sharing<'a>(&'a self, sessions: &'a [SessionId]) -> PortResult<'a, Vec<Sharing>> {
        let sessions = texts(sessions);
        self.read(move |connection| read::sharing(connection, &sessions))
    }

    fn insert_share<'a>(
        &'a self,
        share: &'a Share,
        secret: Option<&'a TokenHash>,
        viewer: Option<&'a Viewer>,
        change: Change,
    ) -> PortResult<'a, ()> {
        let (share, viewer) = (ShareRow::new(share, secret), viewer.map(|it| ViewerRow::new(it, None)));
        self.write(move |connection| write::insert_share(connection, share, viewer, &change))
    }

    fn delete_shares<'a>(
        &'a self,
        session: &'a SessionId,
        which: Option<&'a ShareId>,
        change: Change,
    ) -> PortResult<'a, Vec<ShareId>> {
        let (session, which) = (session.as_str().to_owned(), which.map(|it| it.as_str().to_owned()));
        self.write(move |connection| write::delete_shares(connection, session, which, &change))
    }

    fn find_link<'a>(&'a self, secret: &'a TokenHash) -> PortResult<'a, Option<Share>> {
        let hash = secret.as_str().to_owned();
        self.read(move |connection| {
            let link = shares::session_shares.filter(shares::share_token.eq(hash)).select(ShareRow::as_select());
            Ok(link.first(connection).optional()?.map(Share::try_from).transpose()?)
        })
    }

    fn join<'a>(
        &'a self,
        share: &'a ShareId,
        viewer: &'a Viewer,
        guest: Option<&'a TokenHash>,
        change: Change,
    ) -> PortResult<'a, bool> {
        let (share, viewer) = (share.as_str().to_owned(), ViewerRow::new(viewer, guest));
        self.write(move |connection| write::join(connection, share, viewer, &change))
    }

    fn insert_observer<'a>(&'a self, viewer: &'a Viewer, change: Change) -> PortResult<'a, ()> {
        let viewer = ViewerRow::new(viewer, None);
        self.write(move |connection| write::insert_viewer(connection, viewer, &change))
    }

    fn find_viewer<'a>(&'a self, id: &'a ViewerId) -> PortResult<'a, Option<Viewer>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = viewers::session_viewers.find(id).select(ViewerRow::as_select()).first(connection).optional()?;
            Ok(row.map(Viewer::try_from).transpose()?)
        })
    }

    fn find_guest<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<Viewer>> {
        let hash = token.as_str().to_owned();
        self.read(move |connection| {
            let guest = viewers::session_viewers.filter(viewers::token_hash.eq(hash)).select(ViewerRow::as_select());
            Ok(guest.first(connection).optional()?.map(Viewer::try_from).transpose()?)
        })
    }

    fn move_viewers<'a>(
        &'a self,
        session: &'a SessionId,
        which: &'a Viewers,
        before: &'a [ViewerState],
        after: ViewerState,
        change: Change,
    ) -> PortResult<'a, Vec<ViewerId>> {
        let (session, which, before) = (session.as_str().to_owned(), which.clone(), before.to_vec());
        self.write(move |connection| write::move_viewers(connection, session, &which, &before, after, &change))
    }

    fn hand_over<'a>(&'a self, session: &'a SessionId, to: Option<&'a ViewerId>, change: Change) -> PortResult<'a, ()> {
        let (session, to) = (session.as_str().to_owned(), to.map(|it| it.as_str().to_owned()));
        self.write(move |connection| write::hand_over(connection, session, to, &change))
    }

    fn shared_with<'a>(&'a self, user: &'a UserId, now: Timestamp) -> PortResult<'a, Vec<(Session, Viewer)>> {
        let user = user.as_str().to_owned();
        self.read(move |connection| read::shared_with(connection, user, now.into()))
    }

    fn open_stream<'a>(&'a self, stream: &'a LiveStream, change: Change) -> PortResult<'a, ()> {
        let row = StreamRow::from(stream);
        self.write(move |connection| streams::open(connection, row, &change))
    }

    fn close_stream<'a>(&'a self, id: &'a StreamId, change: Change) -> PortResult<'a, ()> {
        let id = id.as_str().to_owned();
        self.write(move |connection| streams::close(connection, id, &change))
    }

    fn live_streams<'a>(&'a self, sessions: &'a [SessionId]) -> PortResult<'a, Vec<LiveStream>> {
        let sessions = texts(sessions);
        self.read(move |connection| streams::live(connection, sessions))
    }

    fn prune_sharing(&self, ended_before: Timestamp) -> PortResult<'_, u64> {
        self.write(move |connection| {
            let streams = streams::prune(connection)?;
            let ended = write::prune(connection, ended_before.into())?;
            Ok(u64::try_from(streams + ended).unwrap_or(u64::MAX))
        })
    }
}
