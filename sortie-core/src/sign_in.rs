//! Sign-ins: rows on the server, known to the client by opaque tokens of which only hashes are stored.

use crate::{
    id::{SignInId, UserId},
    secret::TokenHash,
    time::Timestamp,
};

/// What kind of client signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A browser: one token in a cookie, extended by use.
    Browser,
    /// A program: an access token and a refresh token that rotates.
    Api,
}

impl ClientKind {
    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Browser, Self::Api].into_iter().find(|it| it.name() == name)
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
    /// The hash of the refresh token before the last rotation: seeing it again means that it was stolen.
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
}

impl SignIn {
    /// Whether the token is good at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at && now < self.ends_at
    }
}
