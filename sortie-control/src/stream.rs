//! Streams: who may attach to a session's screen, and whether that is still so.

mod trust;

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry},
    id::SessionId,
    policy::{self, Action, Caller, Object, Outcome},
    port::PortError,
    secret::TokenHash,
    session::{Reason, Session, Status},
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
        let object = Object::Session { tenant: &session.tenant, owner: &session.owner };
        match policy::may(&caller.principal, Action::UseSession, object).outcome {
            Outcome::Granted => {}
            Outcome::Denied => {
                self.note_stream(caller, &session, AuditAction::GatewayConnect, Vec::new(), false).await;
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
        let clipboard_in = session.spec.as_ref().is_some_and(|it| it.clipboard.into_app);
        let rights = StreamRights { input: true, clipboard_in, resize: true };
        self.note_stream(caller, &session, AuditAction::GatewayConnect, Vec::new(), true).await;
        Ok(StreamGrant { session, endpoint, rights })
    }

    /// Writes down that a stream was closed.
    pub async fn stream_closed(&self, caller: &Caller, session: &Session, summary: StreamSummary) {
        let details = vec![
            ("seconds", summary.seconds.to_string()),
            ("bytes_up", summary.bytes_up.to_string()),
            ("bytes_down", summary.bytes_down.to_string()),
            ("reason", summary.reason),
        ];
        self.note_stream(caller, session, AuditAction::GatewayDisconnect, details, true).await;
    }

    /// Whether a permission still holds. Asked whenever an epoch has moved.
    pub async fn still_granted(&self, caller: &Caller, token: &TokenHash, id: &SessionId) -> StreamStanding {
        let authenticated = match self.authenticate_hash(token).await {
            Ok(Some(authenticated)) => authenticated,
            Ok(None) => return StreamStanding::SignedOut,
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
        let object = Object::Session { tenant: &session.tenant, owner: &session.owner };
        if !policy::may(&authenticated.principal, Action::UseSession, object).is_granted() {
            return StreamStanding::Denied;
        }
        if session.status.is_final() {
            let (reason, detail) = ended(&session);
            return StreamStanding::Ended { reason, detail };
        }
        StreamStanding::Good
    }

    /// Why a session ended, read afresh; `None` while it has not. For a stream whose workload went away.
    pub async fn ending_of(&self, id: &SessionId) -> Option<(Reason, String)> {
        let session = self.ports.sessions.find_session(id).await.ok().flatten()?;
        session.status.is_final().then(|| ended(&session))
    }

    /// Audit of a stream. A stream is no change of ours, and it does not wait for the audit: a failure is logged.
    async fn note_stream(
        &self,
        caller: &Caller,
        session: &Session,
        action: AuditAction,
        mut more: Vec<(&'static str, String)>,
        granted: bool,
    ) {
        let mut details = vec![("session_id", session.id.to_string()), ("app_id", session.app.to_string())];
        details.append(&mut more);
        let mut entry = AuditEntry::new(Actor::from_caller(caller), action, details);
        if !granted {
            entry = entry.with_outcome(sortie_core::audit::Outcome::Denied);
        }
        if let Err(error) = self.ports.records.record_access(&entry, self.now()).await {
            warn!(session.id = %session.id, error = %error, "Stream could not be written into the audit");
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
