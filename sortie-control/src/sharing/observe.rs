//! Administrators who watch: with a stated reason, for a while, and never unnoticed by the audit.

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::SessionId,
    invalid::Invalid,
    policy::{Action, Caller},
    session::Session,
    sharing::{OBSERVATION, Permission, Viewer, ViewerRole, ViewerState},
};
use tracing::info;

use super::OBSERVE_BANNER;
use crate::{Control, ControlError};

/// How short and how long a reason may be, in characters.
const REASON: std::ops::RangeInclusive<usize> = 3..=500;

impl Control {
    /// Lets the caller watch another person's session for an hour.
    pub async fn observe_session(
        &self,
        caller: &Caller,
        id: &SessionId,
        reason: &str,
    ) -> Result<Session, ControlError> {
        let session = self.live_session_for(caller, id, Action::ObserveSession, "observe this session").await?;
        let reason: String = reason.trim().chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
        let length = reason.chars().count();
        if length < *REASON.start() {
            return Err(ControlError::ReasonNeeded);
        }
        if length > *REASON.end() {
            return Err(Invalid::new("reason", format!("must be at most {} characters long", REASON.end())).into());
        }
        let now = self.now();
        let viewer = Viewer {
            id: self.ids().viewer(),
            session: session.id.clone(),
            tenant: session.tenant.clone(),
            share: None,
            user: Some(caller.principal.user.clone()),
            name: caller.principal.username.clone(),
            role: ViewerRole::Observer,
            permission: Permission::ReadOnly,
            state: ViewerState::Admitted,
            reason: Some(reason.clone()),
            expires_at: now.plus(OBSERVATION),
            created_at: now,
        };
        let shown = self.switch(&session.tenant, OBSERVE_BANNER).await?;
        let details = vec![("viewer_id", viewer.id.to_string()), ("reason", reason), ("banner", shown.to_string())];
        let told = shown.then(|| (SessionEventKind::Observed, Vec::new()));
        let change =
            self.sharing_change(Actor::from_caller(caller), AuditAction::ObserveSession, &session, told, details);
        self.ports.sharing.insert_observer(&viewer, change).await?;
        info!(session.id = %id, user.id = %caller.principal.user, "Session is observed");
        self.committed().await;
        Ok(session)
    }
}
