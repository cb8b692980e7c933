//! Starting again: a new session that takes the place of the old one, and its persistent workspace.

use sortie_core::{
    audit::AuditAction,
    id::SessionId,
    policy::{Action, Caller},
    session::{Reason, Session},
};

use crate::{Control, ControlError};

impl Control {
    /// Ends the old session if it is live, and launches its app again for its owner.
    pub async fn restart_session(&self, caller: &Caller, id: &SessionId) -> Result<Session, ControlError> {
        let old = self.session_for(caller, id, Action::StopSession, "restart this session").await?;
        // Asked first, so that a session is not ended for an app that cannot be started again.
        let app = self.app_for(caller, &old.app, Action::LaunchApp, "launch this app").await?;
        if let Some(refusal) = self.refusal_of(&self.spec_of(&app)?) {
            return Err(ControlError::Refused(refusal));
        }
        match self.end(caller, id, Reason::Replaced, AuditAction::StopSession).await {
            // It had ended already, or ends just now.
            Ok(_) | Err(ControlError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
        self.launch_again(caller, &old).await
    }
}
