//! Credentials without the work that makes them safe.

use sortie_core::{
    port::{CredentialMaker, PortResult},
    secret::{Secret, TokenHash},
    user::PasswordHash,
};

/// Hashes are the text with a mark before it.
pub(crate) struct PlainCredentials;

impl CredentialMaker for PlainCredentials {
    fn hash_password<'a>(&'a self, password: &'a Secret) -> PortResult<'a, PasswordHash> {
        Box::pin(async { Ok(PasswordHash::new(format!("plain:{}", password.reveal()))) })
    }

    fn verify_password<'a>(&'a self, password: &'a Secret, hash: Option<&'a PasswordHash>) -> PortResult<'a, bool> {
        Box::pin(async move { Ok(hash.is_some_and(|it| it.as_str() == format!("plain:{}", password.reveal()))) })
    }

    fn is_outdated(&self, _: &PasswordHash) -> bool {
        false
    }

    fn new_token(&self) -> (Secret, TokenHash) {
        let token = uuid::Uuid::now_v7().to_string();
        (Secret::new(token.clone()), self.hash_token(&token))
    }

    fn hash_token(&self, token: &str) -> TokenHash {
        TokenHash::new(format!("hash:{token}"))
    }

    fn new_password(&self) -> Secret {
        Secret::new(format!("made up {}", uuid::Uuid::now_v7()))
    }
}
