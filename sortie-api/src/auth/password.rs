//! Passwords: Argon2id with the parameters that OWASP's Password Storage Cheat Sheet names (19 MiB, two passes, one lane).

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Error as HashError, phc},
};
use sortie_core::{
    port::{CredentialMaker, PortError, PortResult},
    secret::{Secret, TokenHash},
    user::PasswordHash,
};
use tokio::sync::Semaphore;

use super::{factor, token};

/// Memory of one hash in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes of one hash.
const PASSES: u32 = 2;
/// The greatest cost of a bcrypt hash that is checked.
const MAX_BCRYPT: u32 = 14;
/// Hashes that are computed at once: more would starve the streams beside them.
const AT_ONCE: usize = 2;
/// Hashes that may wait for their turn. Each takes some tens of milliseconds.
const WAITING: usize = 32;

/// Hashes passwords with Argon2id, and makes tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Argon2Credentials {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Default for Argon2Credentials {
    fn default() -> Self {
        Self::new()
    }
}

impl Argon2Credentials {
    /// Nothing is computed yet.
    pub fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: Arc::default() }
    }

    /// Runs a computation away from the threads that serve, in turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let place = Place::take(&self.waiting).ok_or_else(|| PortError::unavailable("too many passwords at once"))?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(PortError::broken)?;
        drop(place);
        let computed = tokio::task::spawn_blocking(move || {
            let computed = compute();
            drop(turn);
            computed
        });
        computed.await.map_err(PortError::broken)?
    }
}

/// A place in the queue, given back when its holder gets its turn or goes away.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(Arc::clone(waiting));
        // Dropping the place takes the count back when there was no room.
        (waiting.fetch_add(1, Ordering::AcqRel) < WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn argon2() -> Result<Argon2<'static>, PortError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|it| PortError::broken(it.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &Secret) -> Result<PasswordHash, PortError> {
    let hash = argon2()?.hash_password(password.reveal().as_bytes()).map_err(|it| PortError::broken(it.to_string()))?;
    Ok(PasswordHash::new(hash.to_string()))
}

/// Every check costs one Argon2id hash, whoever is meant. Only a hash that an older system made costs more, until its owner
/// signs in again and it is renewed.
fn verify(password: &Secret, hash: Option<&PasswordHash>) -> Result<bool, PortError> {
    if let Some(old) = hash.filter(|it| it.as_str().starts_with("$2")) {
        return verify_bcrypt(password, old);
    }
    let parsed = hash.and_then(|it| phc::PasswordHash::new(it.as_str()).ok());
    let Some(parsed) = parsed else {
        work_for_nobody(password)?;
        return Ok(false);
    };
    match argon2()?.verify_password(password.reveal().as_bytes(), &parsed) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(PortError::broken(error.to_string())),
    }
}

/// The same work for somebody who does not exist, or whose hash nobody can read.
fn work_for_nobody(password: &Secret) -> Result<(), PortError> {
    let mut nowhere = [0; 32];
    let worked = argon2()?.hash_password_into(password.reveal().as_bytes(), b"nobody is here..", &mut nowhere);
    worked.map_err(|it| PortError::broken(it.to_string()))
}

/// A hash of an older system. Bcrypt reads 72 bytes and no further.
fn verify_bcrypt(password: &Secret, hash: &PasswordHash) -> Result<bool, PortError> {
    work_for_nobody(password)?;
    // A cost beyond this would let one row in a database keep a core busy for minutes.
    let is_bearable = hash.as_str().get(4..6).and_then(|it| it.parse::<u32>().ok()).is_some_and(|it| it <= MAX_BCRYPT);
    Ok(is_bearable && bcrypt::verify(password.reveal(), hash.as_str()).unwrap_or(false))
}

impl CredentialMaker for Argon2Credentials {
    fn hash_password<'a>(&'a self, password: &'a Secret) -> PortResult<'a, PasswordHash> {
        let password = password.clone();
        Box::pin(self.in_turn(move || hash(&password)))
    }

    fn verify_password<'a>(&'a self, password: &'a Secret, hash: Option<&'a PasswordHash>) -> PortResult<'a, bool> {
        let (password, hash) = (password.clone(), hash.cloned());
        Box::pin(self.in_turn(move || verify(&password, hash.as_ref())))
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let Ok(parsed) = phc::PasswordHash::new(hash.as_str()) else { return true };
        let Ok(params) = Params::try_from(&parsed) else { return true };
        parsed.algorithm.as_str() != "argon2id" || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES
    }

    fn new_token(&self) -> (Secret, TokenHash) {
        token::fresh()
    }

    fn hash_token(&self, token: &str) -> TokenHash {
        token::hash(token)
    }

    fn new_password(&self) -> Secret {
        token::password()
    }

    fn new_factor_secret(&self) -> Secret {
        factor::fresh_secret()
    }

    fn matching_step(&self, secret: &Secret, code: &str, steps: RangeInclusive<i64>) -> Option<i64> {
        factor::matching_step(secret, code, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let credentials = Argon2Credentials::new();
        let password = Secret::new("correct horse battery");
        let hash = credentials.hash_password(&password).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(credentials.verify_password(&password, Some(&hash)).await.unwrap());
        assert!(!credentials.verify_password(&Secret::new("wrong"), Some(&hash)).await.unwrap());
        assert!(!credentials.verify_password(&password, None).await.unwrap());
        assert!(!credentials.is_outdated(&hash));
    }

    #[test]
    fn a_hash_made_with_less_work_is_outdated() {
        let weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$N59QwnnfDvQwfzOhLbmYYUI9hQLJbW1p3tTKHXX2b7s";
        assert!(Argon2Credentials::new().is_outdated(&PasswordHash::new(weak)));
        assert!(Argon2Credentials::new().is_outdated(&PasswordHash::new("$2a$10$bcrypt")));
    }

    #[tokio::test]
    async fn a_hash_of_an_older_system_is_understood_and_outdated() {
        let credentials = Argon2Credentials::new();
        // Made by another implementation: John the Ripper's test vectors.
        let old = PasswordHash::new("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        assert!(credentials.verify_password(&Secret::new("U*U"), Some(&old)).await.unwrap());
        assert!(!credentials.verify_password(&Secret::new("U*V"), Some(&old)).await.unwrap());
        assert!(credentials.is_outdated(&old));
        for broken in ["$2a$", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2a$05$short"] {
            assert!(!credentials.verify_password(&Secret::new("U*U"), Some(&PasswordHash::new(broken))).await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_flood_of_passwords_is_turned_away() {
        let credentials = Argon2Credentials::new();
        let flood = (0..AT_ONCE + WAITING + 20).map(|_| {
            let credentials = credentials.clone();
            tokio::spawn(async move { credentials.verify_password(&Secret::new("x"), None).await.is_err() })
        });
        let mut turned_away = 0;
        for one in flood.collect::<Vec<_>>() {
            turned_away += usize::from(one.await.unwrap());
        }
        assert!(turned_away > 0);
        assert!(!credentials.verify_password(&Secret::new("x"), None).await.unwrap());
        assert_eq!(credentials.waiting.load(Ordering::Acquire), 0);
    }
}
