//! Single sign-on: people for whom another service vouches, and what their groups there mean here.

mod domains;
mod mapping;
mod username;

pub use domains::Domains;
pub use mapping::{CategoryGrant, CategoryMap, RoleMap, roles_after};
pub use username::candidates;

use crate::{
    id::{SignInId, UserId},
    invalid::Invalid,
    local_path::LocalPath,
    secret::{Secret, TokenHash},
    time::Timestamp,
    user::Role,
};

/// The longest issuer and subject that are accepted, in bytes (OpenID Connect Core §2: a subject has at most 255).
const MOST: usize = 255;

/// Who somebody is at a provider: never a name, never an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    issuer: String,
    subject: String,
}

impl Identity {
    /// Takes what a verified token said, byte for byte.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Result<Self, Invalid> {
        let (issuer, subject) = (issuer.into(), subject.into());
        for (field, text) in [("iss", &issuer), ("sub", &subject)] {
            if text.is_empty() || text.len() > MOST || text.chars().any(char::is_control) {
                return Err(Invalid::new(field, "must be 1 to 255 bytes without control characters"));
            }
        }
        Ok(Self { issuer, subject })
    }

    /// The provider.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The person's name there, which never changes and means nothing to people.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// What a provider said about somebody, after its tokens were verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Who.
    pub identity: Identity,
    /// The provider's own session (`sid`): what a back-channel logout may name.
    pub session: Option<String>,
    /// The name that the person prefers. Says nothing about who it is.
    pub username: Option<String>,
    /// The name to show.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider made sure that the address is the person's.
    pub email_verified: bool,
    /// The groups.
    pub groups: Vec<String>,
}

/// An identity that signed in before, and what it was given for its groups then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIdentity {
    /// Who at the provider.
    pub identity: Identity,
    /// Who here.
    pub user: UserId,
    /// The roles that the mapping gave at the last sign-in: what the next one may take away.
    pub roles: Vec<Role>,
    /// When it first signed in.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub last_seen_at: Timestamp,
}

/// A sign-in that was begun and has not come back from the provider. Only hashes: whoever reads the row cannot finish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingSignIn {
    /// The hash of the state, which goes to the provider and comes back once.
    pub state: TokenHash,
    /// The hash of the secret in the browser's cookie; also the nonce.
    pub browser: TokenHash,
    /// Where the person wanted to go.
    pub redirect: LocalPath,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Until when it can be finished.
    pub expires_at: Timestamp,
}

/// Which of the provider's sessions a sign-in of ours hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSession {
    /// The sign-in here.
    pub sign_in: SignInId,
    /// Who.
    pub identity: Identity,
    /// The session there, if the provider tells its sessions apart.
    pub session: Option<String>,
}

/// Whose sign-ins a provider wants ended. One of subject and session is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutNotice {
    /// The provider.
    pub issuer: String,
    /// The notice's own name: it is obeyed once.
    pub token_id: String,
    /// Of whom; every sign-in where no session is named.
    pub subject: Option<String>,
    /// Which session.
    pub session: Option<String>,
    /// Until when the notice is good.
    pub expires_at: Timestamp,
}

/// What goes to the provider when a sign-in begins.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Comes back with the answer.
    pub state: Secret,
    /// Comes back inside the token.
    pub nonce: String,
    /// Proves at the end that whoever began is the one who finishes (PKCE, RFC 7636).
    pub verifier: Secret,
}

/// What the provider's answer brings back to finish a sign-in.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Good once, for tokens.
    pub code: Secret,
    /// The one of which the request held the hash.
    pub verifier: Secret,
    /// What the token must hold.
    pub nonce: String,
    /// Who answered, where the answer says so (RFC 9207).
    pub issuer: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_kept_byte_for_byte_and_bounded() {
        let identity = Identity::new("https://idp.example/", "ADA ").unwrap();
        assert_eq!((identity.issuer(), identity.subject()), ("https://idp.example/", "ADA "));
        assert_ne!(identity, Identity::new("https://idp.example", "ADA ").unwrap());
        assert!(Identity::new("https://idp.example", "").is_err());
        assert!(Identity::new("https://idp.example", "a\0b").is_err());
        assert!(Identity::new("https://idp.example", "a".repeat(256)).is_err());
    }
}
