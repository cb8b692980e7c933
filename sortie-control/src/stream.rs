//! Streams: who may attach to a session's screen, and whether that is still so.

mod trust;

use sortie_core::{
    app::Clipboard,
    audit::{Actor, AuditAction, AuditEntry, Change},
    event::{Event, SessionEventKind},
    id::{SessionId, StreamId, ViewerId},
    policy::{self, Action, Caller, Object, Outcome, Principal},
    port::PortError,
    secret::TokenHash,
    session::{Reason, Session, Status},
    sharing::{Attendance, LiveStream, Sharing, ViewerState},
    workload::Endpoint,
};
use tracing::warn;

use crate::{Control, ControlError};

pub use trust::{StreamPolicy, Trust, UnknownPolicy};

/// What a viewer may do beyond looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamRights {
    /// Keys and pointer.
    pub input: bool,
    /// Text into the app.
    pub clipboard_in: bool,
    /// How many bytes of it at once.
    pub max_clipboard_in: u32,
    /// Another screen size.
    pub resize: bool,
}

/// The permission to attach once.
#[derive(Clone, Debug)]
pub struct StreamGrant {
    /// The session as it was read.
    pub session: Session,
    /// Where its screen answers.
    pub endpoint: Endpoint,
    /// What the viewer may do.
    pub rights: StreamRights,
    /// As what, and why: what must stay as it is for the stream to go on.
    pub attendance: Attendance,
    /// The connection's id.
    pub stream: StreamId,
}

/// Why one may not attach. Told to browsers as a close code.
#[derive(Debug)]
pub enum StreamRefusal {
    /// There is no such session for this caller.
    NotFound,
    /// The caller may know of it and may not attach.
    Denied,
    /// It is not ready yet.
    NotReady,
    /// It has ended.
    Ended(Reason, String),
    /// The database or the runtime is away.
    Unavailable(ControlError),
}

/// What became of a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamStanding {
    /// It holds.
    Good,
    /// The sign-in ended.
    SignedOut,
    /// The session may not be used any more.
    Denied,
    /// The owner ended it: by cutting this viewer, or by taking the share back.
    Cut,
    /// The share, or the time for observing, has ended.
    OutOfTime,
    /// Something else may be done now: dial again.
    RightsChanged,
    /// The session ended.
    Ended {
        /// Why.
        reason: Reason,
        /// A sentence for people.
        detail: String,
    },
    /// It could not be found out.
    Unknown,
}

/// What is written down about a stream that was closed.
#[derive(Clone, Debug)]
pub struct StreamSummary {
    /// How long it lived.
    pub seconds: u64,
    /// Bytes from the viewer.
    pub bytes_up: u64,
    /// Bytes to the viewer.
    pub bytes_down: u64,
    /// Why it was closed.
    pub reason: String,
}

impl Control {
    /// Permission to attach to a session's screen, with its address. Audited.
    pub async fn open_stream(&self, caller: &Caller, id: &SessionId) -> Result<StreamGrant, StreamRefusal> {
        let unavailable = |error: PortError| StreamRefusal::Unavailable(error.into());
        let found = self.ports.sessions.find_session(id).await.map_err(unavailable)?;
        let session = found.ok_or(StreamRefusal::NotFound)?;
        let sharing = self.sharing_of(id).await.map_err(StreamRefusal::Unavailable)?;
        let attendance = self.attendance(&caller.principal, &session, &sharing);
        match Self::may_attend(&caller.principal, &session, attendance.as_ref()) {
            Outcome::Granted => {}
            Outcome::Denied => {
                self.note_refused(caller, &session).await;
                return Err(StreamRefusal::Denied);
            }
            Outcome::Hidden => return Err(StreamRefusal::NotFound),
        }
        match session.status {
            Status::Creating => return Err(StreamRefusal::NotReady),
            Status::Running => {}
            Status::Stopped | Status::Expired | Status::Failed => {
                let (reason, detail) = ended(&session);
                return Err(StreamRefusal::Ended(reason, detail));
            }
        }
        let endpoint = self.ports.runtime.open(id).await.map_err(unavailable)?;
        let attendance = attendance.ok_or(StreamRefusal::Denied)?;
        let clipboard = session.spec.as_ref().map(|it| it.clipboard);
        let rights = StreamRights {
            input: attendance.input,
            clipboard_in: attendance.input && clipboard.is_some_and(|it| it.into_app),
            max_clipboard_in: clipboard.map_or(0, Clipboard::limit_in),
            resize: attendance.resize,
        };
        let grant = StreamGrant { session, endpoint, rights, attendance, stream: self.ids().stream() };
        self.note_opened(caller, &grant).await?;
        Ok(grant)
    }

    /// What a principal may do at a session's screen.
    fn attendance(&self, principal: &Principal, session: &Session, sharing: &Sharing) -> Option<Attendance> {
        sharing.attendance(&principal.user, &session.owner, self.now())
    }

    fn may_attend(principal: &Principal, session: &Session, attendance: Option<&Attendance>) -> Outcome {
        let part = attendance.filter(|it| it.viewer.is_some()).map(|it| it.part);
        let object = Object::Session { id: &session.id, tenant: &session.tenant, owner: &session.owner, part };
        policy::may(principal, Action::UseSession, object).outcome
    }

    /// Writes down that a stream was closed.
    pub async fn stream_closed(&self, caller: &Caller, grant: &StreamGrant, summary: StreamSummary) {
        self.sharing.forget(&grant.session.id);
        let details = vec![
            ("seconds", summary.seconds.to_string()),
            ("bytes_up", summary.bytes_up.to_string()),
            ("bytes_down", summary.bytes_down.to_string()),
            ("reason", summary.reason),
        ];
        let change = self.stream_change(caller, grant, AuditAction::GatewayDisconnect, details);
        if let Err(error) = self.ports.sharing.close_stream(&grant.stream, change).await {
            warn!(session.id = %grant.session.id, error = %error, "End of a stream could not be written down");
        }
        self.events.hint();
    }

    /// Whether a permission still holds. Asked whenever an epoch has moved.
    pub async fn still_granted(&self, caller: &Caller, token: &TokenHash, granted: &StreamGrant) -> StreamStanding {
        let id = &granted.session.id;
        let authenticated = match self.authenticate_hash(token).await {
            Ok(Some(authenticated)) => authenticated,
            Ok(None) => return self.without_sign_in(caller, id).await,
            Err(_) => return StreamStanding::Unknown,
        };
        if authenticated.principal.user != caller.principal.user {
            return StreamStanding::SignedOut;
        }
        let session = match self.read_session(id).await {
            Ok(Some(session)) => session,
            Ok(None) => return StreamStanding::Denied,
            Err(_) => return StreamStanding::Unknown,
        };
        if session.status.is_final() {
            let (reason, detail) = ended(&session);
            return StreamStanding::Ended { reason, detail };
        }
        let Ok(sharing) = self.known_sharing(id).await else { return StreamStanding::Unknown };
        let attendance = self.attendance(&authenticated.principal, &session, &sharing);
        if Self::may_attend(&authenticated.principal, &session, attendance.as_ref()) != Outcome::Granted {
            return match &granted.attendance.viewer {
                Some(viewer) => self.why_gone(&sharing, viewer),
                None => StreamStanding::Denied,
            };
        }
        if attendance.as_ref() == Some(&granted.attendance) {
            StreamStanding::Good
        } else {
            StreamStanding::RightsChanged
        }
    }

    /// What became of somebody whose sign-in is not good any more. A guest's ends with what let the guest in.
    async fn without_sign_in(&self, caller: &Caller, id: &SessionId) -> StreamStanding {
        let Some(guest) = &caller.principal.guest else { return StreamStanding::SignedOut };
        let Ok(sharing) = self.known_sharing(id).await else { return StreamStanding::Unknown };
        let gone = self.why_gone(&sharing, &guest.viewer);
        if gone == StreamStanding::Denied { StreamStanding::SignedOut } else { gone }
    }

    /// Why somebody may not watch any more who could.
    fn why_gone(&self, sharing: &Sharing, viewer: &ViewerId) -> StreamStanding {
        match sharing.viewers.iter().find(|it| it.id == *viewer) {
            // Gone with its share.
            None => StreamStanding::Cut,
            Some(viewer) if viewer.state == ViewerState::Cut => StreamStanding::Cut,
            Some(viewer) if viewer.state == ViewerState::Admitted && !viewer.may_watch(self.now()) => {
                StreamStanding::OutOfTime
            }
            Some(_) => StreamStanding::Denied,
        }
    }

    /// Why a session ended, read afresh; `None` while it has not. For a stream whose workload went away.
    pub async fn ending_of(&self, id: &SessionId) -> Option<(Reason, String)> {
        let session = self.ports.sessions.find_session(id).await.ok().flatten()?;
        session.status.is_final().then(|| ended(&session))
    }

    /// Writes down that a stream was opened. Nobody watches another person's session without that; the owner does not wait
    /// for it.
    async fn note_opened(&self, caller: &Caller, grant: &StreamGrant) -> Result<(), StreamRefusal> {
        let stream = LiveStream {
            id: grant.stream.clone(),
            session: grant.session.id.clone(),
            viewer: grant.attendance.viewer.clone(),
            replica: self.replica.to_string(),
            opened_at: self.now(),
        };
        let change = self.stream_change(caller, grant, AuditAction::GatewayConnect, Vec::new());
        if let Err(error) = self.ports.sharing.open_stream(&stream, change).await {
            warn!(session.id = %grant.session.id, error = %error, "Stream could not be written down");
            if grant.attendance.viewer.is_some() {
                return Err(StreamRefusal::Unavailable(error.into()));
            }
        }
        self.events.hint();
        Ok(())
    }

    /// The audit of a stream, and for another person's the event that tells of a viewer.
    fn stream_change(
        &self,
        caller: &Caller,
        grant: &StreamGrant,
        action: AuditAction,
        mut more: Vec<(&'static str, String)>,
    ) -> Change {
        let session = &grant.session;
        let mut details = vec![("session_id", session.id.to_string()), ("app_id", session.app.to_string())];
        let mut events = Vec::new();
        let mut actor = Actor { tenant: session.tenant.clone(), ..Actor::from_caller(caller) };
        let at = self.now();
        if let Some(viewer) = &grant.attendance.viewer {
            details.push(("viewer_id", viewer.to_string()));
            details.push(("input", grant.rights.input.to_string()));
            actor = actor.acting_for(session.owner.clone());
            events.push(Event::of_session(self.ids().event(), session, SessionEventKind::ViewersChanged, at));
        }
        details.append(&mut more);
        Change { at, audit: AuditEntry::new(actor, action, details), events }
    }

    /// A refusal is written down, too, and does not wait for that: a failure is logged.
    async fn note_refused(&self, caller: &Caller, session: &Session) {
        let details = vec![("session_id", session.id.to_string()), ("app_id", session.app.to_string())];
        let entry = AuditEntry::new(Actor::from_caller(caller), AuditAction::GatewayConnect, details);
        let entry = entry.with_outcome(sortie_core::audit::Outcome::Denied);
        if let Err(error) = self.ports.records.record_access(&entry, self.now()).await {
            warn!(session.id = %session.id, error = %error, "Refused stream could not be written into the audit");
        }
    }
}

fn ended(session: &Session) -> (Reason, String) {
    match &session.ending {
        Some(ending) if ending.detail.is_empty() => (ending.reason, ending.reason.sentence().to_owned()),
        Some(ending) => (ending.reason, ending.detail.clone()),
        None => (Reason::WorkloadLost, Reason::WorkloadLost.sentence().to_owned()),
    }
}
