//! Accounts, signing in, preferences.

use serde::{Deserialize, Serialize};
use sortie_control::account::{sign_in::SignedIn, users::UserFields};
use sortie_core::{
    id::CategoryId,
    port::credential_store::AccountFacts,
    preferences::{Preferences, Theme},
    secret::Secret,
    time::Timestamp,
    user,
};
use utoipa::ToSchema;

use super::{credential::SecondFactorAsked, names, rfc3339};
use crate::error::ApiError;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct Login {
    /// The sign-in name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// A program's refresh token.
#[derive(Deserialize, ToSchema)]
pub struct Refresh {
    /// Good once.
    pub refresh_token: String,
}

/// A change of the own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The one that is good now.
    pub current_password: String,
    /// The one that shall be.
    pub new_password: String,
}

/// The own account.
#[derive(Serialize, ToSchema)]
pub struct User {
    id: String,
    username: String,
    email: String,
    name: String,
    #[schema(value_type = Vec<names::RoleName>)]
    roles: Vec<&'static str>,
    groups: Vec<String>,
    #[schema(value_type = Object)]
    metadata: serde_json::Map<String, serde_json::Value>,
    admin_categories: Vec<String>,
    tenant_id: String,
    /// Whether there is a password here, which can be changed and guarded by a second factor. People of an identity provider
    /// and guests have none.
    has_password: bool,
    #[schema(required)]
    last_sign_in_at: Option<String>,
}

impl From<&user::User> for User {
    fn from(user: &user::User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.clone(),
            email: user.email.clone(),
            name: user.display_name.clone(),
            roles: user.roles.iter().map(|it| it.name()).collect(),
            groups: Vec::new(),
            metadata: serde_json::Map::new(),
            admin_categories: Vec::new(),
            tenant_id: user.tenant.to_string(),
            has_password: user.password.is_some(),
            last_sign_in_at: user.last_sign_in_at.map(rfc3339),
        }
    }
}

impl User {
    /// The same with the categories that the person manages, by id.
    pub(crate) fn administering<'a>(mut self, categories: impl Iterator<Item = &'a CategoryId>) -> Self {
        self.admin_categories = categories.map(ToString::to_string).collect();
        self
    }
}

/// What a browser gets for signing in: its token is in the cookie.
#[derive(Serialize, ToSchema)]
pub struct BrowserSignIn {
    /// The own account.
    pub user: User,
}

/// What a program gets for signing in.
#[derive(Serialize, ToSchema)]
pub struct ProgramSignIn {
    access_token: String,
    refresh_token: String,
    /// Seconds until the access token stops being good.
    expires_in: u64,
    token_type: &'static str,
    user: User,
}

/// What signing in answers: to a browser, to a program, and to both where a second factor is on.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignInAnswer {
    /// To a browser.
    Browser(BrowserSignIn),
    /// To a program.
    Program(ProgramSignIn),
    /// A code is asked for first.
    SecondFactor(SecondFactorAsked),
}

impl ProgramSignIn {
    /// The tokens leave the server here and nowhere else.
    pub fn new(signed_in: &SignedIn, now: Timestamp) -> Self {
        Self {
            access_token: signed_in.token.reveal().to_owned(),
            refresh_token: signed_in.refresh.as_ref().map(|it| it.reveal().to_owned()).unwrap_or_default(),
            expires_in: signed_in.expires_at.since(now).as_secs(),
            token_type: "Bearer",
            user: User::from(&signed_in.user),
        }
    }
}

/// The own preferences.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencesBody {
    /// `light` or `dark`; `null` follows the system.
    #[serde(default)]
    #[schema(value_type = Option<names::ThemeName>)]
    theme: Option<String>,
    /// The folded categories, by name.
    #[serde(default)]
    collapsed_categories: Vec<String>,
    /// The favourite apps, by id.
    #[serde(default)]
    favorites: Vec<String>,
    /// When they were last saved. Ignored when sent.
    #[serde(default)]
    updated_at: Option<String>,
}

impl From<Preferences> for PreferencesBody {
    fn from(preferences: Preferences) -> Self {
        Self {
            theme: preferences.theme.map(|it| it.name().to_owned()),
            collapsed_categories: preferences.collapsed_categories,
            favorites: preferences.favorites,
            updated_at: preferences.updated_at.map(rfc3339),
        }
    }
}

impl TryFrom<PreferencesBody> for Preferences {
    type Error = ApiError;

    fn try_from(body: PreferencesBody) -> Result<Self, ApiError> {
        let theme = match body.theme.as_deref() {
            None => None,
            Some(name) => {
                Some(Theme::parse(name).ok_or_else(|| ApiError::invalid("theme", "must be light, dark or null"))?)
            }
        };
        let PreferencesBody { collapsed_categories, favorites, .. } = body;
        Ok(Self { theme, collapsed_categories, favorites, updated_at: None })
    }
}

/// An account as administrators see it.
#[derive(Serialize, ToSchema)]
pub struct Account {
    id: String,
    username: String,
    email: String,
    display_name: String,
    #[schema(value_type = Vec<names::RoleName>)]
    roles: Vec<&'static str>,
    disabled: bool,
    auth_provider: String,
    second_factor: bool,
    created_at: String,
    #[schema(required)]
    last_sign_in_at: Option<String>,
}

impl Account {
    /// An account, and what is known of it besides.
    pub fn new(user: &user::User, facts: Option<&AccountFacts>) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.clone(),
            email: user.email.clone(),
            display_name: user.display_name.clone(),
            roles: user.roles.iter().map(|it| it.name()).collect(),
            disabled: user.disabled,
            auth_provider: facts.map_or_else(|| "local".to_owned(), |it| it.provider.clone()),
            second_factor: facts.is_some_and(|it| it.second_factor),
            created_at: rfc3339(user.created_at),
            last_sign_in_at: user.last_sign_in_at.map(rfc3339),
        }
    }
}

/// An account as an administrator writes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountBody {
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    #[schema(value_type = Vec<names::RoleName>)]
    roles: Vec<String>,
    #[serde(default)]
    disabled: bool,
    /// Required for a new account; otherwise the old one stays.
    #[serde(default)]
    password: Option<String>,
    /// Ignored: so that what was read can be written back.
    #[serde(default, rename = "id")]
    _id: Option<String>,
    /// Ignored.
    #[serde(default, rename = "auth_provider")]
    _auth_provider: Option<String>,
    /// Ignored.
    #[serde(default, rename = "second_factor")]
    _second_factor: Option<bool>,
    /// Ignored.
    #[serde(default, rename = "created_at")]
    _created_at: Option<String>,
    /// Ignored.
    #[serde(default, rename = "last_sign_in_at")]
    _last_sign_in_at: Option<String>,
}

impl From<AccountBody> for UserFields {
    fn from(body: AccountBody) -> Self {
        Self {
            username: body.username,
            display_name: body.display_name,
            email: body.email,
            roles: body.roles,
            disabled: body.disabled,
            password: body.password.filter(|it| !it.is_empty()).map(Secret::new),
        }
    }
}
