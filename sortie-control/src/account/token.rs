//! Whose token is this?

use std::sync::Arc;

use sortie_core::{
    access::Grants,
    id::SignInId,
    policy::Principal,
    secret::TokenHash,
    sign_in::{ClientKind, SignIn},
    time::Timestamp,
    token_scope::TokenScope,
    user::User,
};

use crate::{Control, ControlError};

/// A good token's sign-in.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Who.
    pub principal: Principal,
    /// With what kind of client.
    pub client: ClientKind,
    /// The token's hash: to ask again later.
    pub token: TokenHash,
    /// Until when the token is good without more use.
    pub expires_at: Timestamp,
    /// Until when the sign-in lasts at all.
    pub ends_at: Timestamp,
}

impl Control {
    /// The sign-in behind a cookie or access token; `None` when it is unknown, expired or revoked, or its user disabled.
    /// A browser's use extends it.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Authenticated>, ControlError> {
        let hash = self.ports.credentials.hash_token(token);
        let found = self.authenticate_hash(&hash).await?;
        let Some(mut authenticated) = found else { return Ok(None) };
        let now = self.now();
        if authenticated.principal.guest.is_some() {
            return Ok(Some(authenticated));
        }
        if authenticated.client == ClientKind::Browser {
            authenticated.expires_at = now.plus(self.settings.browser_idle).min(authenticated.ends_at);
        }
        self.activity.used(&authenticated.principal.sign_in, now, authenticated.expires_at);
        Ok(Some(authenticated))
    }

    /// The same by hash, without counting as use: for whoever holds a connection open.
    pub async fn authenticate_hash(&self, hash: &TokenHash) -> Result<Option<Authenticated>, ControlError> {
        let epoch = self.fresh_epochs().map(|it| it.access);
        let cached = epoch.and_then(|epoch| self.tokens.get(hash, epoch));
        if let Some((sign_in, user, grants)) = cached {
            return Ok(self.good(sign_in, &user, grants, hash));
        }
        let Some((sign_in, user)) = self.ports.accounts.find_sign_in(hash).await? else {
            return self.authenticate_guest(hash).await;
        };
        let grants = Arc::new(self.ports.access.grants_of(&user.id).await?);
        let found = (sign_in, user, grants);
        if let Some(epoch) = epoch {
            self.tokens.put(hash, &found, epoch);
        }
        let (sign_in, user, grants) = found;
        Ok(self.good(sign_in, &user, grants, hash))
    }

    fn good(&self, mut sign_in: SignIn, user: &User, grants: Arc<Grants>, hash: &TokenHash) -> Option<Authenticated> {
        if sign_in.client == ClientKind::Browser
            && let Some(extended) = self.activity.extended(&sign_in.id)
        {
            sign_in.expires_at = sign_in.expires_at.max(extended);
        }
        if user.disabled || !sign_in.is_good(self.now()) {
            return None;
        }
        Some(Authenticated {
            principal: principal(user, grants, sign_in.id.clone(), sign_in.scopes.clone()),
            client: sign_in.client,
            token: hash.clone(),
            expires_at: sign_in.expires_at,
            ends_at: sign_in.ends_at,
        })
    }
}

pub(crate) fn principal(
    user: &User,
    grants: Arc<Grants>,
    sign_in: SignInId,
    scopes: Option<Vec<TokenScope>>,
) -> Principal {
    Principal {
        user: user.id.clone(),
        username: user.username.clone(),
        tenant: user.tenant.clone(),
        roles: user.roles.clone(),
        grants,
        sign_in,
        scopes,
        guest: None,
    }
}
