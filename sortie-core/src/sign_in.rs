//! Sign-ins: rows on the server, known to the client by opaque tokens of which only hashes are stored.

use crate::{
    id::{SignInId, UserId},
    secret::TokenHash,
    time::Timestamp,
    token_scope::TokenScope,
};

/// What kind of client signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A browser: one token in a cookie, extended by use.
    Browser,
    /// A program: an access token and a refresh token that rotates.
    Api,
    /// A program with a personal access token, which was made for it and lasts until it expires.
    Token,
}

impl ClientKind {
    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
            Self::Token => "token",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Browser, Self::Api, Self::Token].into_iter().find(|it| it.name() == name)
    }
}

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SignInId,
    /// Who signed in.
    pub user: UserId,
    /// With what kind of client.
    pub client: ClientKind,
    /// The hash of the cookie's or the access token.
    pub token: TokenHash,
    /// The hash of the refresh token, for programs.
    pub refresh: Option<TokenHash>,
    /// The hash of the refresh token before the last rotation. Seeing it or an earlier one again means that one was stolen.
    pub previous_refresh: Option<TokenHash>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, as far as it was written down.
    pub last_used_at: Timestamp,
    /// When the token stops being good: moved by use for browsers, by refresh for programs.
    pub expires_at: Timestamp,
    /// When the sign-in ends whatever happens.
    pub ends_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// From which address; may be empty.
    pub source_ip: String,
    /// What the client calls itself; may be empty.
    pub user_agent: String,
    /// What its owner calls it: for personal access tokens.
    pub name: String,
    /// What it may be used for: for personal access tokens. `None` narrows nothing.
    pub scopes: Option<Vec<TokenScope>>,
}

impl SignIn {
    /// Whether the token is good at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at && now < self.ends_at
    }
}
