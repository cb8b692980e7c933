//! Guests: people without an account, known by a cookie that is good for one session.

use std::sync::Arc;

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{SignInId, UserId},
    policy::{Caller, Guest, Principal},
    port::sharing::Viewers,
    secret::TokenHash,
    sharing::{Viewer, ViewerState},
    sign_in::ClientKind,
    user::User,
};

use crate::{Control, ControlError, account::token::Authenticated};

/// As whom a guest acts.
pub(super) fn principal(viewer: &Viewer, identity: UserId) -> Principal {
    let sign_in = SignInId::new(viewer.id.as_str());
    Principal {
        user: identity,
        username: format!("{} (guest)", viewer.name),
        tenant: viewer.tenant.clone(),
        roles: Vec::new(),
        grants: Arc::default(),
        // INVARIANT: both kinds of id obey one rule.
        sign_in: sign_in.unwrap_or_else(|invalid| unreachable!("a viewer's id is no id: {invalid}")),
        scopes: None,
        guest: Some(Guest { session: viewer.session.clone(), viewer: viewer.id.clone() }),
    }
}

impl Control {
    /// The guest behind a cookie; `None` when it was sent away, left, or its time is up.
    pub(crate) async fn authenticate_guest(&self, token: &TokenHash) -> Result<Option<Authenticated>, ControlError> {
        let Some(viewer) = self.ports.sharing.find_guest(token).await? else { return Ok(None) };
        let now = self.now();
        // Who was refused may still ask what came of it.
        let is_known = matches!(viewer.state, ViewerState::Waiting | ViewerState::Admitted | ViewerState::Refused);
        if !is_known || now >= viewer.expires_at {
            return Ok(None);
        }
        Ok(Some(Authenticated {
            principal: principal(&viewer, viewer.identity()),
            client: ClientKind::Browser,
            token: token.clone(),
            expires_at: viewer.expires_at,
            ends_at: viewer.expires_at,
        }))
    }

    /// A guest leaves.
    pub(crate) async fn leave(&self, caller: &Caller, guest: &Guest) -> Result<(), ControlError> {
        let found = self.ports.sessions.find_session(&guest.session).await?;
        let session = found.ok_or_else(|| ControlError::not_found("session", &guest.session))?;
        let change = self.sharing_change(
            Actor::from_caller(caller),
            AuditAction::LeaveShare,
            &session,
            Some((SessionEventKind::ViewersChanged, Vec::new())),
            vec![("viewer_id", guest.viewer.to_string())],
        );
        let here = [ViewerState::Waiting, ViewerState::Admitted];
        let one = Viewers::One(guest.viewer.clone());
        self.ports.sharing.move_viewers(&guest.session, &one, &here, ViewerState::Left, change).await?;
        self.committed().await;
        Ok(())
    }
}

/// The account that a guest would have.
pub(crate) fn account(principal: &Principal, now: sortie_core::time::Timestamp) -> User {
    User {
        id: principal.user.clone(),
        tenant: principal.tenant.clone(),
        username: principal.username.clone(),
        display_name: principal.username.clone(),
        email: String::new(),
        password: None,
        roles: Vec::new(),
        disabled: false,
        version: 0,
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
    }
}
