//! What somebody sees of a session besides the session: the own part in it, and who else is there.

use std::collections::HashSet;

use sortie_core::{
    id::{SessionId, ShareId, ViewerId},
    policy::{Caller, Principal},
    session::Session,
    sharing::{LiveStream, Part, Sharing, ViewerRole},
};

use super::{OBSERVE_BANNER, viewers::connected_since};
use crate::{Control, ControlError};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct SessionView {
    /// The own part; `None` for an administrator who only administers.
    pub part: Option<Part>,
    /// By which share.
    pub share: Option<ShareId>,
    /// Whether one may type now.
    pub input: bool,
    /// Whether one chooses the screen's size.
    pub resize: bool,
    /// How many others are connected.
    pub viewers: usize,
    /// To whom control was handed over.
    pub control: Option<ViewerId>,
    /// Whether an administrator may be looking, as far as the owner is to know.
    pub observed: bool,
}

impl Control {
    /// The views of these sessions, in their order.
    pub async fn session_views(&self, caller: &Caller, sessions: &[Session]) -> Result<Vec<SessionView>, ControlError> {
        let live: Vec<SessionId> = sessions.iter().filter(|it| !it.status.is_final()).map(|it| it.id.clone()).collect();
        let (sharing, streams) = if live.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (self.ports.sharing.sharing(&live).await?, self.ports.sharing.live_streams(&live).await?)
        };
        let is_watched = sharing.iter().any(|it| it.is_observed(self.now()));
        let banner = is_watched && self.switch(&caller.principal.tenant, OBSERVE_BANNER).await?;
        let nothing = Sharing::default();
        let view = |session: &Session| {
            let known = live.iter().position(|it| *it == session.id).and_then(|at| sharing.get(at));
            let streams: Vec<_> = streams.iter().filter(|it| it.session == session.id).cloned().collect();
            self.view_of(caller, session, known.unwrap_or(&nothing), &streams, banner)
        };
        Ok(sessions.iter().map(view).collect())
    }

    /// The view of one session.
    pub async fn session_view(&self, caller: &Caller, session: &Session) -> Result<SessionView, ControlError> {
        let mut views = self.session_views(caller, std::slice::from_ref(session)).await?;
        Ok(views.pop().unwrap_or_default())
    }

    fn view_of(
        &self,
        caller: &Caller,
        session: &Session,
        sharing: &Sharing,
        streams: &[LiveStream],
        banner: bool,
    ) -> SessionView {
        let now = self.now();
        let attendance = sharing.attendance(&caller.principal.user, &session.owner, now);
        let viewer = sharing.viewer_of(&caller.principal.user, now);
        let since = connected_since(streams);
        let hides_observers = !banner && caller.principal.user == session.owner;
        let connected = sharing.viewers.iter().filter(|it| since.contains_key(&Some(it.id.clone())));
        SessionView {
            part: attendance.as_ref().map(|it| it.part),
            share: viewer.and_then(|it| it.share.clone()),
            input: attendance.as_ref().is_some_and(|it| it.input),
            resize: attendance.as_ref().is_some_and(|it| it.resize),
            viewers: connected.filter(|it| !(hides_observers && it.role == ViewerRole::Observer)).count(),
            control: sharing.controller(now).map(|it| it.id.clone()),
            observed: banner && sharing.is_observed(now) && Self::manages(caller, session),
        }
    }

    /// The sessions of others that the caller may watch, newest first.
    pub async fn shared_sessions(&self, caller: &Caller) -> Result<Vec<Session>, ControlError> {
        let mut seen = HashSet::new();
        let found = self.ports.sharing.shared_with(&caller.principal.user, self.now()).await?;
        let sessions = found.into_iter().map(|(session, _)| session);
        let mut visible = Vec::new();
        for session in sessions.filter(|it| seen.insert(it.id.clone())) {
            if self.find_session(caller, &session.id).await.is_ok() {
                visible.push(session);
            }
        }
        Ok(visible)
    }

    /// Which sessions of others a principal hears of.
    pub async fn sessions_heard_by(&self, principal: &Principal) -> Result<HashSet<SessionId>, ControlError> {
        if let Some(guest) = &principal.guest {
            let viewer = self.ports.sharing.find_viewer(&guest.viewer).await?;
            return Ok(viewer.filter(|it| it.may_watch(self.now())).map(|it| it.session).into_iter().collect());
        }
        let found = self.ports.sharing.shared_with(&principal.user, self.now()).await?;
        Ok(found.into_iter().map(|(session, _)| session.id).collect())
    }
}
