//! Credentials without the work that makes them safe.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sortie_core::{
    port::{CredentialMaker, PortResult},
    secret::{Secret, TokenHash},
    user::PasswordHash,
};

/// Hashes are the text with a mark before it. Counts how often a password was checked, which is the work that costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlainCredentials(Arc<AtomicUsize>);

impl PlainCredentials {
    pub(crate) fn verified(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl CredentialMaker for PlainCredentials {
    fn hash_password<'a>(&'a self, password: &'a Secret) -> PortResult<'a, PasswordHash> {
        Box::pin(async { Ok(PasswordHash::new(format!("plain:{}", password.reveal()))) })
    }

    fn verify_password<'a>(&'a self, password: &'a Secret, hash: Option<&'a PasswordHash>) -> PortResult<'a, bool> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let is_hash = |it: &PasswordHash| it.as_str().split_once(':').is_some_and(|it| it.1 == password.reveal());
        Box::pin(async move { Ok(hash.is_some_and(is_hash)) })
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        !hash.as_str().starts_with("plain:")
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

    fn new_factor_secret(&self) -> Secret {
        Secret::new("FACTOR")
    }

    /// The code of a step is its last six digits.
    fn matching_step(&self, _: &Secret, code: &str, mut steps: RangeInclusive<i64>) -> Option<i64> {
        steps.find(|it| code == format!("{:06}", it % 1_000_000))
    }
}
