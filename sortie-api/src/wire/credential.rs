//! Credentials: second factors, links to set a password, sign-ins, personal access tokens.

use serde::{Deserialize, Serialize};
use sortie_control::account::{own::TokenFields, register::Registration};
use sortie_core::{credential::SecondFactor, id::SignInId, secret::Secret, sign_in::SignIn, time::Timestamp};
use utoipa::ToSchema;

use super::{names, rfc3339};

/// What signing in answers where a second factor is on.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorAsked {
    second_factor: ChallengeOut,
}

/// What to send back with a code.
#[derive(Serialize, ToSchema)]
pub struct ChallengeOut {
    challenge: String,
    #[schema(value_type = Vec<names::FactorMethodName>)]
    methods: [&'static str; 2],
    expires_at: String,
}

impl SecondFactorAsked {
    /// The challenge leaves the server here and nowhere else.
    pub fn new(challenge: &Secret, expires_at: Timestamp) -> Self {
        let challenge = challenge.reveal().to_owned();
        let methods = ["totp", "recovery_code"];
        Self { second_factor: ChallengeOut { challenge, methods, expires_at: rfc3339(expires_at) } }
    }
}

/// A code against a challenge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorAnswer {
    /// What signing in answered.
    pub challenge: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// What somebody says who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationBody {
    username: String,
    password: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    display_name: String,
}

impl From<RegistrationBody> for Registration {
    fn from(body: RegistrationBody) -> Self {
        let RegistrationBody { username, password, email, display_name } = body;
        Self { username, password: Secret::new(password), email, display_name }
    }
}

/// A new password, by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetBody {
    /// What stands behind the # of the link.
    pub token: String,
    /// The new password.
    pub new_password: String,
}

/// A link to set a password: shown once.
#[derive(Serialize, ToSchema)]
pub struct ResetLinkOut {
    /// Its secret stands behind the #, which browsers send to nobody.
    pub url: String,
    /// Until when it is good.
    pub expires_at: String,
}

/// One sign-in.
#[derive(Serialize, ToSchema)]
pub struct SignInOut {
    id: String,
    #[schema(value_type = names::ClientName)]
    client: &'static str,
    user_agent: String,
    source_ip: String,
    created_at: String,
    last_used_at: String,
    expires_at: String,
    current: bool,
}

impl SignInOut {
    /// A sign-in, seen from one of them.
    pub fn new(sign_in: &SignIn, current: &SignInId) -> Self {
        // A program's access token is short; what lasts is what it refreshes it with.
        let until = if sign_in.refresh.is_some() { sign_in.ends_at } else { sign_in.expires_at };
        Self {
            id: sign_in.id.to_string(),
            client: sign_in.client.name(),
            user_agent: sign_in.user_agent.clone(),
            source_ip: sign_in.source_ip.clone(),
            created_at: rfc3339(sign_in.created_at),
            last_used_at: rfc3339(sign_in.last_used_at),
            expires_at: rfc3339(until),
            current: sign_in.id == *current,
        }
    }
}

/// One personal access token, without itself.
#[derive(Serialize, ToSchema)]
pub struct TokenOut {
    id: String,
    name: String,
    #[schema(value_type = Vec<names::ScopeName>)]
    scopes: Vec<&'static str>,
    created_at: String,
    #[schema(required)]
    last_used_at: Option<String>,
    expires_at: String,
    /// The token itself: only when it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl From<&SignIn> for TokenOut {
    fn from(token: &SignIn) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            scopes: token.scopes.iter().flatten().map(|it| it.name()).collect(),
            created_at: rfc3339(token.created_at),
            last_used_at: (token.last_used_at > token.created_at).then(|| rfc3339(token.last_used_at)),
            expires_at: rfc3339(token.expires_at),
            token: None,
        }
    }
}

impl TokenOut {
    /// The token leaves the server here and nowhere else.
    pub fn fresh(token: &SignIn, text: &Secret) -> Self {
        Self { token: Some(text.reveal().to_owned()), ..Self::from(token) }
    }
}

/// What somebody says about a new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    name: String,
    /// Of `read`, `sessions`, `apps`, `admin`.
    #[schema(value_type = Vec<names::ScopeName>)]
    scopes: Vec<String>,
    #[serde(default = "thirty")]
    expires_in_days: u32,
}

fn thirty() -> u32 {
    30
}

impl From<TokenBody> for TokenFields {
    fn from(body: TokenBody) -> Self {
        Self { name: body.name, scopes: body.scopes, days: body.expires_in_days }
    }
}

/// The own second factor.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorOut {
    enabled: bool,
    #[schema(required)]
    confirmed_at: Option<String>,
    recovery_codes_left: u32,
}

impl From<Option<SecondFactor>> for SecondFactorOut {
    fn from(factor: Option<SecondFactor>) -> Self {
        Self {
            enabled: factor.is_some(),
            confirmed_at: factor.as_ref().and_then(|it| it.confirmed_at).map(rfc3339),
            recovery_codes_left: factor.map_or(0, |it| it.recovery_codes_left),
        }
    }
}

/// The own password, once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password.
    pub password: String,
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// Six digits.
    pub code: String,
}

/// The own password and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAndCode {
    /// The password.
    pub password: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// The secret of a second factor: shown once.
#[derive(Serialize, ToSchema)]
pub struct FactorSecret {
    /// To type.
    pub secret: String,
    /// To scan.
    pub otpauth_url: String,
}

/// Recovery codes: shown once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

impl From<Vec<Secret>> for RecoveryCodes {
    fn from(codes: Vec<Secret>) -> Self {
        Self { recovery_codes: codes.iter().map(|it| it.reveal().to_owned()).collect() }
    }
}
