//! Handing control over, and taking it back.

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{SessionId, ViewerId},
    invalid::Invalid,
    policy::{Action, Caller},
};
use tracing::info;

use crate::{Control, ControlError};

impl Control {
    /// Hands control over to one viewer, so that all others only watch; `None` takes it back. Streams whose rights change by
    /// that are closed, and dial again.
    pub async fn hand_control(
        &self,
        caller: &Caller,
        id: &SessionId,
        to: Option<&ViewerId>,
    ) -> Result<(), ControlError> {
        let session = self.live_session_for(caller, id, Action::ShareSession, "hand over control").await?;
        let sharing = self.sharing_of(id).await?;
        let now = self.now();
        if let Some(viewer) = to {
            let found = sharing.viewers.iter().find(|it| it.id == *viewer);
            let found = found.ok_or_else(|| ControlError::not_found("viewer", viewer))?;
            if !found.may_control(now) {
                return Err(Invalid::new("viewer_id", "is of somebody who may not have control").into());
            }
        }
        if sharing.control.as_ref() == to {
            return Ok(());
        }
        let name = to.map_or_else(|| "owner".to_owned(), ToString::to_string);
        let change = self.sharing_change(
            Actor::from_caller(caller),
            AuditAction::HandOverControl,
            &session,
            Some((SessionEventKind::ControlChanged, Vec::new())),
            vec![("viewer_id", name)],
        );
        self.ports.sharing.hand_over(id, to, change).await?;
        info!(session.id = %id, "Control handed over");
        self.committed().await;
        Ok(())
    }
}
