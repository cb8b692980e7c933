//! The own sign-ins and personal access tokens; and ending another person's sign-ins, for administrators.

use std::time::Duration;

use sortie_core::{
    audit::{Actor, AuditAction},
    credential::MOST_TOKENS,
    id::{SignInId, UserId},
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object},
    port::accounts::SignIns,
    secret::Secret,
    sign_in::{ClientKind, SignIn},
    token_scope::{TokenScope, parse_scopes},
    user::User,
};
use tracing::info;

use super::sign_in::account_change;
use crate::{Control, ControlError};

/// What every personal access token begins with: so that programs that look for leaked secrets know it.
pub const TOKEN_PREFIX: &str = "sortie_pat_";
/// How many days a token lasts at most.
pub(super) const MOST_DAYS: u32 = 365;
const SEE: &str = "see this account's credentials";
const CHANGE: &str = "change this account's credentials";

/// What somebody says about a new personal access token.
#[derive(Clone, Debug)]
pub struct TokenFields {
    /// What it is called.
    pub name: String,
    /// Its scopes, by name.
    pub scopes: Vec<String>,
    /// How many days it lasts.
    pub days: u32,
}

/// A token whose fields keep the rules.
pub(super) struct NewToken {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) scopes: Vec<TokenScope>,
    pub(super) days: u32,
    pub(super) source_ip: String,
}

impl Control {
    /// The caller's good sign-ins, the last used first.
    pub async fn own_sign_ins(&self, caller: &Caller) -> Result<Vec<SignIn>, ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, SEE)?;
        self.interactive(&caller.principal.user).await
    }

    /// Ends one of the caller's sign-ins.
    pub async fn end_own_sign_in(&self, caller: &Caller, id: &SignInId) -> Result<(), ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, CHANGE)?;
        let which = SignIns::NoToken { user: caller.principal.user.clone(), id: id.clone() };
        self.end_one(caller, which, AuditAction::RevokeLogin, "sign-in", id).await
    }

    /// Ends all of the caller's sign-ins but this one.
    pub async fn end_other_sign_ins(&self, caller: &Caller) -> Result<(), ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, CHANGE)?;
        let user = caller.principal.user.clone();
        let which = SignIns::Interactive { user, except: Some(caller.principal.sign_in.clone()) };
        let details = vec![("cause", "ended by its owner".to_owned())];
        let change = self.quiet_change(Actor::from_caller(caller), AuditAction::RevokeLogin, details);
        self.ports.accounts.revoke_sign_ins(&which, change).await?;
        self.committed().await;
        Ok(())
    }

    /// The caller's good personal access tokens, the newest first.
    pub async fn own_tokens(&self, caller: &Caller) -> Result<Vec<SignIn>, ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, SEE)?;
        let mut tokens = self.ports.accounts.list_sign_ins(&caller.principal.user, self.now()).await?;
        tokens.retain(|it| it.client == ClientKind::Token);
        tokens.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)));
        Ok(tokens)
    }

    /// Makes a personal access token: it is shown this once.
    pub async fn create_token(&self, caller: &Caller, fields: TokenFields) -> Result<(SignIn, Secret), ControlError> {
        let user = self.own_account(caller).await?;
        let name = fields.name.trim().to_owned();
        let mut broken = Vec::new();
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            broken.push(Invalid::new("name", "must be 1 to 100 bytes without control characters"));
        }
        if !(1..=MOST_DAYS).contains(&fields.days) {
            broken.push(Invalid::new("expires_in_days", format!("must be between 1 and {MOST_DAYS}")));
        }
        let scopes = parse_scopes(&fields.scopes).map_err(|it| broken.push(it)).ok();
        Problems::check(broken)?;
        if self.own_tokens(caller).await?.len() >= MOST_TOKENS {
            let said = format!("you have {MOST_TOKENS} tokens already; revoke one that you no longer use");
            return Err(ControlError::Conflict(said));
        }
        let source_ip = caller.source_ip.clone();
        let token = NewToken { user: user.id, name, scopes: scopes.unwrap_or_default(), days: fields.days, source_ip };
        self.insert_token(token, Actor::from_caller(caller)).await
    }

    /// Makes a token that keeps the rules.
    pub(super) async fn insert_token(&self, new: NewToken, actor: Actor) -> Result<(SignIn, Secret), ControlError> {
        let text = Secret::new(format!("{TOKEN_PREFIX}{}", self.ports.credentials.new_token().0.reveal()));
        let now = self.now();
        let ends_at = now.plus(Duration::from_hours(24 * u64::from(new.days)));
        let token = SignIn {
            id: self.ids().sign_in(),
            user: new.user,
            client: ClientKind::Token,
            token: self.ports.credentials.hash_token(text.reveal()),
            refresh: None,
            previous_refresh: None,
            created_at: now,
            last_used_at: now,
            expires_at: ends_at,
            ends_at,
            revoked_at: None,
            source_ip: new.source_ip,
            user_agent: String::new(),
            name: new.name,
            scopes: Some(new.scopes),
        };
        let names: Vec<_> = token.scopes.iter().flatten().map(|it| it.name()).collect();
        let details =
            vec![("token_id", token.id.to_string()), ("name", token.name.clone()), ("scopes", names.join(", "))];
        let change = self.quiet_change(actor, AuditAction::CreateToken, details);
        self.ports.accounts.insert_sign_in(&token, change).await?;
        info!(user.id = %token.user, token.id = %token.id, "Personal access token made");
        self.committed().await;
        Ok((token, text))
    }

    /// Ends one of the caller's personal access tokens.
    pub async fn revoke_token(&self, caller: &Caller, id: &SignInId) -> Result<(), ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, CHANGE)?;
        let which = SignIns::Token { user: caller.principal.user.clone(), id: id.clone() };
        self.end_one(caller, which, AuditAction::RevokeToken, "token", id).await
    }

    /// A person's good sign-ins: for administrators.
    pub async fn sign_ins_of(&self, caller: &Caller, id: &UserId) -> Result<Vec<SignIn>, ControlError> {
        let user = self.find_user(caller, id).await?;
        self.interactive(&user.id).await
    }

    /// Ends every sign-in and token of a person: for administrators.
    pub async fn end_sign_ins_of(&self, caller: &Caller, id: &UserId) -> Result<(), ControlError> {
        let user = self.find_user(caller, id).await?;
        let details = vec![("cause", "ended by an administrator".to_owned())];
        let change = account_change(self, caller, AuditAction::RevokeLogin, &user, details);
        self.ports.accounts.revoke_sign_ins(&SignIns::Of { user: user.id, except: None }, change).await?;
        self.committed().await;
        Ok(())
    }

    async fn interactive(&self, user: &UserId) -> Result<Vec<SignIn>, ControlError> {
        let mut sign_ins = self.ports.accounts.list_sign_ins(user, self.now()).await?;
        sign_ins.retain(|it| it.client != ClientKind::Token);
        Ok(sign_ins)
    }

    async fn end_one(
        &self,
        caller: &Caller,
        which: SignIns,
        action: AuditAction,
        kind: &'static str,
        id: &SignInId,
    ) -> Result<(), ControlError> {
        let details = vec![("sign_in_id", id.to_string())];
        let change = self.quiet_change(Actor::from_caller(caller), action, details);
        let ended = self.ports.accounts.revoke_sign_ins(&which, change).await?;
        self.committed().await;
        if ended.is_empty() { Err(ControlError::not_found(kind, id)) } else { Ok(()) }
    }

    /// Fails unless the caller may do this with the own account.
    pub(crate) fn check_own(caller: &Caller, action: Action, what: &'static str) -> Result<(), ControlError> {
        let principal = &caller.principal;
        let own = Object::Account { tenant: &principal.tenant, user: &principal.user };
        let decision = policy::may(principal, action, own);
        if decision.is_granted() { Ok(()) } else { Err(ControlError::refused(decision, what)) }
    }

    /// An administrator's token must not change its owner's credentials by way of the administration either.
    pub(super) fn check_not_own_by_token(caller: &Caller, user: &User) -> Result<(), ControlError> {
        if user.id == caller.principal.user {
            Self::check_own(caller, Action::ManageOwnCredentials, CHANGE)
        } else {
            Ok(())
        }
    }

    /// Fails where a token's scopes do not reach: for lists, which ask for rows and not for a permission.
    pub(crate) fn check_scopes(caller: &Caller, action: Action, what: &'static str) -> Result<(), ControlError> {
        if caller.principal.permits(action) { Ok(()) } else { Err(ControlError::ScopeMissing(what)) }
    }
}
