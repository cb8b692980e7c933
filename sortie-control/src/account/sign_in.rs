//! Signing in and signing out.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Change, Outcome},
    id::RequestId,
    policy::Caller,
    port::{PortError, accounts::SignIns},
    secret::Secret,
    sign_in::{ClientKind, SignIn},
    time::Timestamp,
    user::{MAX_PASSWORD_BYTES, User},
};
use tracing::{info, warn};

use crate::{Control, ControlError};

/// How much of what a client calls itself is kept, in characters.
const MAX_USER_AGENT: usize = 300;

/// How somebody came who wants to sign in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// With what kind of client.
    pub client: ClientKind,
    /// From which address.
    pub source_ip: String,
    /// What the client calls itself; may be empty.
    pub user_agent: String,
    /// The token of a browser that signed in before.
    pub device: Option<Secret>,
    /// In which request.
    pub request: RequestId,
}

impl Arrival {
    pub(super) fn is_browser(&self) -> bool {
        self.client == ClientKind::Browser
    }
}

/// What somebody shows who wants to sign in.
#[derive(Clone, Debug)]
pub struct SignInAttempt {
    /// The sign-in name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// How they came.
    pub arrival: Arrival,
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
    /// A token by which this browser is known again, for a browser that showed none.
    pub device: Option<Secret>,
    /// Until when the token is good.
    pub expires_at: Timestamp,
    /// Until when the sign-in lasts at all.
    pub ends_at: Timestamp,
}

impl Control {
    /// Checks name and password. Unknown names, wrong passwords and disabled accounts look the same and take as long. Where a
    /// second factor is on, the answer is [`ControlError::SecondFactorNeeded`].
    pub async fn sign_in(&self, attempt: SignInAttempt) -> Result<SignedIn, ControlError> {
        if attempt.password.reveal().len() > MAX_PASSWORD_BYTES || attempt.username.len() > 255 {
            return Err(ControlError::BadCredentials);
        }
        let arrival = &attempt.arrival;
        let found = self.ports.accounts.find_user_by_name(&attempt.username).await?;
        let lanes = self.lanes_of(&attempt.username, found.as_ref(), arrival).await?;
        self.charge(&lanes).await?;
        let hash = found.as_ref().and_then(|it| it.password.as_ref());
        let matches = match self.ports.credentials.verify_password(&attempt.password, hash).await {
            Ok(matches) => matches,
            Err(error) => {
                // It was not judged: nobody pays for it.
                self.forgive(&lanes).await;
                return Err(error.into());
            }
        };
        let user = match found {
            Some(user) if matches && !user.disabled => user,
            found => {
                self.note_failure(found.as_ref(), arrival, "password").await?;
                return Err(ControlError::BadCredentials);
            }
        };
        self.forgive(&lanes).await;
        let user = self.renew_hash(user, &attempt.password, arrival).await?;
        if self.ports.accounts.second_factor(&user.id).await?.is_some_and(|it| it.is_on()) {
            return Err(self.challenge(&user, arrival).await?);
        }
        self.begin_sign_in(user, arrival).await
    }

    /// Begins a sign-in of somebody who has proved to be the user.
    pub(super) async fn begin_sign_in(&self, user: User, arrival: &Arrival) -> Result<SignedIn, ControlError> {
        let now = self.now();
        let (token, token_hash) = self.ports.credentials.new_token();
        let (refresh, idle, lifetime) = if arrival.is_browser() {
            (None, self.settings.browser_idle, self.settings.browser_lifetime)
        } else {
            let refresh = self.ports.credentials.new_token();
            (Some(refresh), self.settings.access_lifetime, self.settings.refresh_lifetime)
        };
        let ends_at = now.plus(lifetime);
        let sign_in = SignIn {
            id: self.ids().sign_in(),
            user: user.id.clone(),
            client: arrival.client,
            token: token_hash,
            refresh: refresh.as_ref().map(|(_, hash)| hash.clone()),
            previous_refresh: None,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(idle).min(ends_at),
            ends_at,
            revoked_at: None,
            source_ip: arrival.source_ip.clone(),
            user_agent: printable(&arrival.user_agent),
            name: String::new(),
            scopes: None,
        };
        let details = vec![("client", arrival.client.name().to_owned()), ("sign_in_id", sign_in.id.to_string())];
        let change = self.quiet_change(actor(&user, arrival), AuditAction::Login, details);
        self.ports.accounts.insert_sign_in(&sign_in, change).await?;
        info!(user.id = %user.id, "Signed in");
        let device = self.remember(&user.id, arrival).await;
        self.committed().await;
        let refresh = refresh.map(|(secret, _)| secret);
        Ok(SignedIn { user, token, refresh, device, expires_at: sign_in.expires_at, ends_at })
    }

    /// A hash that older software or weaker settings made is written anew, now that the password is known.
    async fn renew_hash(&self, user: User, password: &Secret, arrival: &Arrival) -> Result<User, ControlError> {
        let is_outdated = user.password.as_ref().is_some_and(|it| self.ports.credentials.is_outdated(it));
        if !is_outdated {
            return Ok(user);
        }
        let hash = self.ports.credentials.hash_password(password).await?;
        let after = user.with_password(hash, self.now());
        let details = vec![("user_id", user.id.to_string())];
        let change = self.quiet_change(actor(&user, arrival), AuditAction::RenewPasswordHash, details);
        match self.ports.accounts.update_user(user.version, &after, change).await {
            Ok(()) => Ok(after),
            // Somebody changed the account meanwhile: the next sign-in tries again.
            Err(PortError::Conflict) => Ok(user),
            Err(error) => {
                warn!(user.id = %user.id, error = %error, "Password hash could not be renewed");
                Ok(user)
            }
        }
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

    /// Writes a failed sign-in down. A name that nobody has is not kept: people type passwords into the wrong field.
    pub(super) async fn note_failure(
        &self,
        user: Option<&User>,
        arrival: &Arrival,
        wrong: &'static str,
    ) -> Result<(), ControlError> {
        let actor = Actor {
            name: user.map_or_else(|| "unknown".to_owned(), |it| it.username.clone()),
            source_ip: Some(arrival.source_ip.clone()),
            request: Some(arrival.request.clone()),
            tenant: user.map_or_else(|| Actor::system().tenant, |it| it.tenant.clone()),
            ..Actor::system()
        };
        let mut details = Vec::new();
        if let Some(user) = user {
            // Whoever it was is not known to be the user: so it stands here, and not as the actor.
            details.push(("user_id", user.id.to_string()));
            details.push(("cause", if user.disabled { "disabled" } else { wrong }.to_owned()));
        } else {
            details.push(("cause", "no such account".to_owned()));
        }
        let entry = AuditEntry::new(actor, AuditAction::Login, details).with_outcome(Outcome::Denied);
        self.ports.records.record_access(&entry, self.now()).await?;
        Ok(())
    }
}

/// The user as who did it.
pub(super) fn actor(user: &User, arrival: &Arrival) -> Actor {
    Actor {
        id: Some(user.id.clone()),
        name: user.username.clone(),
        on_behalf_of: None,
        source_ip: Some(arrival.source_ip.clone()),
        request: Some(arrival.request.clone()),
        tenant: user.tenant.clone(),
    }
}

/// A text of a client without what could garble a terminal, and not too long.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(MAX_USER_AGENT).collect()
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
