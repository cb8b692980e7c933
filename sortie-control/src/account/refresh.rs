//! Staying signed in, for programs: refresh tokens are good once, and using one twice ends their whole family.

use sortie_core::{
    audit::AuditAction,
    port::{PortError, accounts::SignIns},
    secret::Secret,
    sign_in::SignIn,
    user::User,
};
use tracing::warn;

use super::sign_in::{Arrival, SignedIn, actor};
use crate::{Control, ControlError};

impl Control {
    /// Fresh tokens for a refresh token, which is good once. One that was used before ends the whole sign-in: either its
    /// owner or a thief has it, and nobody can tell which of them asks. There is no grace for that reason.
    pub async fn refresh(&self, refresh: &Secret, arrival: &Arrival) -> Result<SignedIn, ControlError> {
        let shown = self.ports.credentials.hash_token(refresh.reveal());
        let found = self.ports.accounts.find_refresh(&shown).await?;
        let now = self.now();
        let (before, user) = found.ok_or(ControlError::BadCredentials)?;
        if before.refresh.as_ref() != Some(&shown) {
            return Err(self.end_family(&before, &user, arrival).await?);
        }
        if before.revoked_at.is_some() || now >= before.ends_at || user.disabled {
            return Err(ControlError::BadCredentials);
        }
        let (token, token_hash) = self.ports.credentials.new_token();
        let (fresh, fresh_hash) = self.ports.credentials.new_token();
        let after = SignIn {
            token: token_hash,
            refresh: Some(fresh_hash),
            previous_refresh: Some(shown.clone()),
            last_used_at: now,
            expires_at: now.plus(self.settings.access_lifetime).min(before.ends_at),
            ..before.clone()
        };
        let details = vec![("sign_in_id", after.id.to_string())];
        let change = self.quiet_change(actor(&user, arrival), AuditAction::RefreshLogin, details);
        match self.ports.accounts.rotate_sign_in(&shown, &after, change).await {
            Ok(()) => {}
            // Somebody was faster with the same token, or the sign-in was revoked.
            Err(PortError::Conflict) => return Err(self.end_family(&before, &user, arrival).await?),
            Err(error) => return Err(error.into()),
        }
        self.committed().await;
        let (expires_at, ends_at) = (after.expires_at, after.ends_at);
        Ok(SignedIn { user, token, refresh: Some(fresh), device: None, expires_at, ends_at })
    }

    /// Ends a sign-in whose refresh token was used twice; answers what to say.
    async fn end_family(&self, before: &SignIn, user: &User, arrival: &Arrival) -> Result<ControlError, ControlError> {
        warn!(user.id = %user.id, "Refresh token was used twice; its sign-in is ended");
        let details = vec![("sign_in_id", before.id.to_string()), ("cause", "refresh token used twice".to_owned())];
        let change = self.quiet_change(actor(user, arrival), AuditAction::RevokeLogin, details);
        self.ports.accounts.revoke_sign_ins(&SignIns::One(before.id.clone()), change).await?;
        self.committed().await;
        Ok(ControlError::BadCredentials)
    }
}
