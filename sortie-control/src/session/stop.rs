//! Stopping and cancelling: only the row changes here.

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{SessionId, TenantId, UserId},
    policy::{Action, Caller, Scope},
    port::{
        PageRequest, PortError,
        sessions::{Guard, SessionFilter},
    },
    session::{Reason, Session, SessionEvent, Status, apply},
};
use tracing::info;

use crate::{Control, ControlError};

/// How often a row that changes under our hands is read again.
const TRIES: usize = 5;

impl Control {
    /// Stops a running session, or cancels one that is still being created. An ended one is a conflict.
    pub async fn stop_session(&self, caller: &Caller, id: &SessionId) -> Result<Session, ControlError> {
        let session = self.session_for(caller, id, Action::StopSession, "stop this session").await?;
        let reason =
            if session.owner == caller.principal.user { Reason::StoppedByUser } else { Reason::StoppedByAdmin };
        self.end(caller, id, reason, AuditAction::StopSession).await
    }

    /// The same for DELETE: an ended session is success.
    pub async fn terminate_session(&self, caller: &Caller, id: &SessionId) -> Result<(), ControlError> {
        let session = self.session_for(caller, id, Action::StopSession, "stop this session").await?;
        let reason =
            if session.owner == caller.principal.user { Reason::StoppedByUser } else { Reason::StoppedByAdmin };
        match self.end(caller, id, reason, AuditAction::TerminateSession).await {
            Ok(_) => Ok(()),
            Err(ControlError::Conflict(_)) => {
                let ended = self.ports.sessions.find_session(id).await?.is_none_or(|it| it.status.is_final());
                if ended { Ok(()) } else { Err(ControlError::Conflict("the session keeps changing".to_owned())) }
            }
            Err(error) => Err(error),
        }
    }

    /// Ends every live session of somebody in a tenant, because of what the caller did to the account.
    pub(crate) async fn end_sessions_of(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        owner: &UserId,
    ) -> Result<(), ControlError> {
        let scope = Scope::OwnedBy(tenant.clone(), owner.clone());
        let live = SessionFilter { statuses: vec![Status::Creating, Status::Running], ..SessionFilter::default() };
        for session in self.ports.sessions.list_sessions(&scope, &live, &PageRequest::default()).await?.items {
            match self.end(caller, &session.id, Reason::StoppedByAdmin, AuditAction::StopSession).await {
                // It ended by itself meanwhile.
                Ok(_) | Err(ControlError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Records the end of a session, reading again when somebody else was faster.
    pub(super) async fn end(
        &self,
        caller: &Caller,
        id: &SessionId,
        reason: Reason,
        action: AuditAction,
    ) -> Result<Session, ControlError> {
        for _ in 0..TRIES {
            let row =
                self.ports.sessions.find_session(id).await?.ok_or_else(|| ControlError::not_found("session", id))?;
            let transition = apply(row.status, SessionEvent::Stop(reason))?;
            let at = self.now();
            let after = row.after(&transition, at);
            let mut actor = Actor::from_caller(caller);
            if row.owner != caller.principal.user {
                actor = actor.acting_for(row.owner.clone());
            }
            let kind = SessionEventKind::of_status(after.status);
            let change = self.session_change(actor, action, &after, kind, Vec::new(), at);
            match self.ports.sessions.replace_session(&row, &after, Guard::Row, change).await {
                Ok(()) => {
                    info!(session.id = %id, status = after.status.name(), "Session ended by a person");
                    self.reconciler.wake(id);
                    self.committed().await;
                    return Ok(after);
                }
                Err(PortError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ControlError::Conflict("the session keeps changing; try again".to_owned()))
    }
}
