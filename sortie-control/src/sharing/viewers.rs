//! Who watches: listing, letting in, sending away.

use std::collections::HashMap;

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{SessionId, ShareId, UserId, ViewerId},
    policy::{Action, Caller, Object, may},
    port::sharing::Viewers,
    session::Session,
    sharing::{LiveStream, Part, Permission, Sharing, Viewer, ViewerRole, ViewerState},
    time::Timestamp,
};
use tracing::info;

use super::OBSERVE_BANNER;
use crate::{Control, ControlError};

/// One line of the list of who watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewerLine {
    /// Which viewer; `None` for the owner.
    pub id: Option<ViewerId>,
    /// Who; `None` for a guest.
    pub user: Option<UserId>,
    /// The sign-in name, or what a guest calls itself.
    pub name: String,
    /// As what.
    pub part: Part,
    /// Whether keys reach the app.
    pub has_control: bool,
    /// Whether the owner is still to decide.
    pub is_waiting: bool,
    /// By which share.
    pub share: Option<ShareId>,
    /// Connected or waiting since.
    pub since: Timestamp,
}

impl Control {
    /// Who is connected, and who waits to be let in. Observers are among them where the observed may know, and for
    /// administrators.
    pub async fn viewers_of(&self, caller: &Caller, id: &SessionId) -> Result<Vec<ViewerLine>, ControlError> {
        let session = self.session_for(caller, id, Action::ManageViewers, "see who watches this session").await?;
        let sharing = self.sharing_of(id).await?;
        let streams = self.ports.sharing.live_streams(std::slice::from_ref(id)).await?;
        let now = self.now();
        let shows_observers =
            caller.principal.user != session.owner || self.switch(&session.tenant, OBSERVE_BANNER).await?;
        let since = connected_since(&streams);
        let owner = since.get(&None).and_then(|since| owner_line(&session, &sharing, *since, now));
        let others = sharing
            .viewers
            .iter()
            .filter(|it| shows_observers || it.role != ViewerRole::Observer)
            .filter_map(|it| line(it, &sharing, &session, since.get(&Some(it.id.clone())).copied(), now));
        Ok(owner.into_iter().chain(others).collect())
    }

    /// Lets somebody in who waits.
    pub async fn admit_viewer(&self, caller: &Caller, id: &SessionId, viewer: &ViewerId) -> Result<(), ControlError> {
        let decided = (ViewerState::Admitted, AuditAction::AdmitViewer);
        self.decide(caller, id, viewer, decided).await
    }

    /// Sends somebody away who waits.
    pub async fn refuse_viewer(&self, caller: &Caller, id: &SessionId, viewer: &ViewerId) -> Result<(), ControlError> {
        let decided = (ViewerState::Refused, AuditAction::RefuseViewer);
        self.decide(caller, id, viewer, decided).await
    }

    async fn decide(
        &self,
        caller: &Caller,
        id: &SessionId,
        viewer: &ViewerId,
        (state, action): (ViewerState, AuditAction),
    ) -> Result<(), ControlError> {
        let session =
            self.live_session_for(caller, id, Action::ShareSession, "decide who watches this session").await?;
        self.move_one(caller, &session, viewer, (&[ViewerState::Waiting], state, action)).await
    }

    /// Sends one viewer away; the share stays, but not for this person.
    pub async fn cut_viewer(&self, caller: &Caller, id: &SessionId, viewer: &ViewerId) -> Result<(), ControlError> {
        let session = self.session_for(caller, id, Action::ManageViewers, "send viewers of this session away").await?;
        let found = self.ports.sharing.find_viewer(viewer).await?;
        let observes = found.is_some_and(|it| it.session == *id && it.role == ViewerRole::Observer);
        if observes && caller.principal.user == session.owner {
            return Err(ControlError::Denied("send an administrator away"));
        }
        let here = [ViewerState::Waiting, ViewerState::Admitted];
        self.move_one(caller, &session, viewer, (&here, ViewerState::Cut, AuditAction::CutViewer)).await
    }

    async fn move_one(
        &self,
        caller: &Caller,
        session: &Session,
        viewer: &ViewerId,
        (before, after, action): (&[ViewerState], ViewerState, AuditAction),
    ) -> Result<(), ControlError> {
        let found = self.ports.sharing.find_viewer(viewer).await?.filter(|it| it.session == session.id);
        let found = found.ok_or_else(|| ControlError::not_found("viewer", viewer))?;
        let details = vec![("viewer_id", viewer.to_string()), ("viewer", found.name.clone())];
        let told = Some((SessionEventKind::ViewersChanged, vec![found.identity()]));
        let change = self.sharing_change(Actor::from_caller(caller), action, session, told, details);
        let one = Viewers::One(viewer.clone());
        let moved = self.ports.sharing.move_viewers(&session.id, &one, before, after, change).await?;
        if moved.is_empty() {
            return Err(ControlError::Conflict(format!("this viewer is {} now", found.state.name())));
        }
        info!(session.id = %session.id, viewer.id = %viewer, state = after.name(), "Viewer moved");
        self.committed().await;
        Ok(())
    }

    /// Sends everybody away whom the owner let in; with `revoke` every share is taken back, too.
    pub async fn cut_viewers(&self, caller: &Caller, id: &SessionId, revoke: bool) -> Result<(), ControlError> {
        let session = self.session_for(caller, id, Action::ManageViewers, "send viewers of this session away").await?;
        let sharing = self.sharing_of(id).await?;
        let people: Vec<UserId> = sharing.viewers.iter().map(Viewer::identity).collect();
        let actor = || Actor::from_caller(caller);
        let told = || Some((SessionEventKind::ViewersChanged, people.clone()));
        let all = || vec![("viewers", "all".to_owned())];
        if revoke {
            let change = self.sharing_change(actor(), AuditAction::DeleteShare, &session, told(), all());
            self.ports.sharing.delete_shares(id, None, change).await?;
        } else {
            let change = self.sharing_change(actor(), AuditAction::CutViewer, &session, told(), all());
            let here = [ViewerState::Waiting, ViewerState::Admitted];
            self.ports.sharing.move_viewers(id, &Viewers::All, &here, ViewerState::Cut, change).await?;
        }
        info!(session.id = %id, revoke, "Viewers sent away");
        self.committed().await;
        Ok(())
    }

    /// Whether the caller may see who is at this session.
    pub(super) fn manages(caller: &Caller, session: &Session) -> bool {
        let object = Object::Session { id: &session.id, tenant: &session.tenant, owner: &session.owner, part: None };
        may(&caller.principal, Action::ManageViewers, object).is_granted()
    }
}

/// Since when each viewer is connected, by the oldest connection.
pub(super) fn connected_since(streams: &[LiveStream]) -> HashMap<Option<ViewerId>, Timestamp> {
    let mut since = HashMap::new();
    for stream in streams {
        since.entry(stream.viewer.clone()).or_insert(stream.opened_at);
    }
    since
}

fn owner_line(session: &Session, sharing: &Sharing, since: Timestamp, now: Timestamp) -> Option<ViewerLine> {
    let attendance = sharing.attendance(&session.owner, &session.owner, now)?;
    Some(ViewerLine {
        id: None,
        user: Some(session.owner.clone()),
        name: session.owner_name.clone(),
        part: Part::Owner,
        has_control: attendance.input,
        is_waiting: false,
        share: None,
        since,
    })
}

/// The line of somebody who is connected or waits; `None` for whoever is neither.
fn line(
    viewer: &Viewer,
    sharing: &Sharing,
    session: &Session,
    connected: Option<Timestamp>,
    now: Timestamp,
) -> Option<ViewerLine> {
    let is_waiting = viewer.is_waiting(now);
    let since = if is_waiting { viewer.created_at } else { connected.filter(|_| viewer.may_watch(now))? };
    let controller = sharing.controller(now).map(|it| &it.id);
    let has_control = controller == Some(&viewer.id) || (controller.is_none() && viewer.may_control(now));
    let part = match viewer.role {
        ViewerRole::Viewer => Part::Viewer(viewer.permission),
        ViewerRole::Observer => Part::Observer,
    };
    debug_assert_eq!(viewer.session, session.id);
    Some(ViewerLine {
        id: Some(viewer.id.clone()),
        user: viewer.user.clone(),
        name: viewer.name.clone(),
        part,
        has_control: has_control && viewer.permission == Permission::ReadWrite,
        is_waiting,
        share: viewer.share.clone(),
        since,
    })
}
