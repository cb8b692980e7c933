//! Signing in, staying signed in, signing out.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Change, Outcome},
    id::RequestId,
    policy::Caller,
    port::accounts::SignIns,
    secret::Secret,
    sign_in::{ClientKind, SignIn},
    time::Timestamp,
    user::{MAX_PASSWORD_BYTES, User},
};
use tracing::{info, warn};

use crate::{Control, ControlError};

/// What somebody shows who wants to sign in.
#[derive(Clone, Debug)]
pub struct SignInAttempt {
    /// The sign-in name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// With what kind of client.
    pub client: ClientKind,
    /// From which address.
    pub source_ip: String,
    /// In which request.
    pub request: RequestId,
}

/// A fresh sign-in, or one with fresh tokens.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The cookie or access token.
    pub token: Secret,
    /// The refresh token, for programs.
    pub refresh: Option<Secret>,
    /// Until when the token is good.
    pub expires_at: Timestamp,
    /// Until when the sign-in lasts at all.
    pub ends_at: Timestamp,
}

impl Control {
    /// Checks name and password. Unknown names, wrong passwords and disabled accounts look the same and take as long.
    pub async fn sign_in(&self, attempt: SignInAttempt) -> Result<SignedIn, ControlError> {
        if attempt.password.reveal().len() > MAX_PASSWORD_BYTES || attempt.username.len() > 255 {
            return Err(ControlError::BadCredentials);
        }
        let user = self.ports.accounts.find_user_by_name(&attempt.username).await?;
        let hash = user.as_ref().and_then(|it| it.password.as_ref());
        let matches = self.ports.credentials.verify_password(&attempt.password, hash).await?;
        let Some(user) = user.filter(|it| matches && !it.disabled) else {
            self.note_failure(&attempt).await?;
            return Err(ControlError::BadCredentials);
        };
        self.begin_sign_in(user, &attempt).await
    }

    async fn begin_sign_in(&self, user: User, attempt: &SignInAttempt) -> Result<SignedIn, ControlError> {
        let now = self.now();
        let (token, token_hash) = self.ports.credentials.new_token();
        let (refresh, idle, lifetime) = match attempt.client {
            ClientKind::Browser => (None, self.settings.browser_idle, self.settings.browser_lifetime),
            ClientKind::Api => {
                let refresh = self.ports.credentials.new_token();
                (Some(refresh), self.settings.access_lifetime, self.settings.refresh_lifetime)
            }
        };
        let ends_at = now.plus(lifetime);
        let sign_in = SignIn {
            id: self.ids().sign_in(),
            user: user.id.clone(),
            client: attempt.client,
            token: token_hash,
            refresh: refresh.as_ref().map(|(_, hash)| hash.clone()),
            previous_refresh: None,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(idle).min(ends_at),
            ends_at,
            revoked_at: None,
            source_ip: attempt.source_ip.clone(),
        };
        let actor = actor(&user, &attempt.source_ip, &attempt.request);
        let details = vec![("client", attempt.client.name().to_owned()), ("sign_in_id", sign_in.id.to_string())];
        let change = self.quiet_change(actor, AuditAction::Login, details);
        self.ports.accounts.insert_sign_in(&sign_in, change).await?;
        info!(user.id = %user.id, "Signed in");
        self.committed().await;
        let refresh = refresh.map(|(secret, _)| secret);
        Ok(SignedIn { user, token, refresh, expires_at: sign_in.expires_at, ends_at })
    }

    /// Fresh tokens for a refresh token, which is good once. One that was used before ends the whole sign-in: somebody
    /// else has it.
    pub async fn refresh(
        &self,
        refresh: &Secret,
        source_ip: &str,
        request: &RequestId,
    ) -> Result<SignedIn, ControlError> {
        let shown = self.ports.credentials.hash_token(refresh.reveal());
        let found = self.ports.accounts.find_refresh(&shown).await?;
        let now = self.now();
        let (before, user) = found.ok_or(ControlError::BadCredentials)?;
        let actor = actor(&user, source_ip, request);
        if before.refresh.as_ref() != Some(&shown) {
            warn!(user.id = %user.id, "Refresh token was used twice; its sign-in is ended");
            let details = vec![("sign_in_id", before.id.to_string()), ("cause", "refresh token used twice".to_owned())];
            let change = self.quiet_change(actor, AuditAction::RevokeLogin, details);
            self.ports.accounts.revoke_sign_ins(&SignIns::One(before.id), change).await?;
            self.committed().await;
            return Err(ControlError::BadCredentials);
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
            ..before
        };
        let details = vec![("sign_in_id", after.id.to_string())];
        let change = self.quiet_change(actor, AuditAction::RefreshLogin, details);
        self.ports.accounts.rotate_sign_in(&shown, &after, change).await?;
        self.committed().await;
        Ok(SignedIn { user, token, refresh: Some(fresh), expires_at: after.expires_at, ends_at: after.ends_at })
    }

    /// Ends the caller's sign-in, and with it its streams.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), ControlError> {
        if let Some(guest) = &caller.principal.guest {
            return self.leave(caller, guest).await;
        }
        let sign_in = caller.principal.sign_in.clone();
        let details = vec![("sign_in_id", sign_in.to_string())];
        let change = self.quiet_change(Actor::from_caller(caller), AuditAction::Logout, details);
        self.ports.accounts.revoke_sign_ins(&SignIns::One(sign_in), change).await?;
        self.committed().await;
        Ok(())
    }

    async fn note_failure(&self, attempt: &SignInAttempt) -> Result<(), ControlError> {
        let actor = Actor {
            name: attempt.username.chars().filter(|it| !it.is_control()).take(100).collect(),
            source_ip: Some(attempt.source_ip.clone()),
            request: Some(attempt.request.clone()),
            ..Actor::system()
        };
        let entry = AuditEntry::new(actor, AuditAction::Login, Vec::new()).with_outcome(Outcome::Denied);
        self.ports.records.record_access(&entry, self.now()).await?;
        Ok(())
    }
}

fn actor(user: &User, source_ip: &str, request: &RequestId) -> Actor {
    Actor {
        id: Some(user.id.clone()),
        name: user.username.clone(),
        on_behalf_of: None,
        source_ip: Some(source_ip.to_owned()),
        request: Some(request.clone()),
        tenant: user.tenant.clone(),
    }
}

/// Composes a change of an account.
pub(super) fn account_change(
    control: &Control,
    caller: &Caller,
    action: AuditAction,
    user: &User,
    more: Vec<(&'static str, String)>,
) -> Change {
    let mut details = vec![("user_id", user.id.to_string()), ("username", user.username.clone())];
    details.extend(more);
    control.quiet_change(Actor::from_caller(caller), action, details)
}
