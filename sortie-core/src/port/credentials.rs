//! Making and checking credentials.

use std::ops::RangeInclusive;

use super::PortResult;
use crate::{
    secret::{Secret, TokenHash},
    user::PasswordHash,
};

/// Hashes passwords and makes tokens.
pub trait CredentialMaker: Send + Sync {
    /// Hashes a password. `Unavailable` when too many are being hashed already.
    fn hash_password<'a>(&'a self, password: &'a Secret) -> PortResult<'a, PasswordHash>;

    /// Checks a password. Without a hash it does the same work and answers `false`, so that time tells nothing.
    fn verify_password<'a>(&'a self, password: &'a Secret, hash: Option<&'a PasswordHash>) -> PortResult<'a, bool>;

    /// Whether a hash was made with weaker settings than today's.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;

    /// A fresh token of 256 random bits, and its hash.
    fn new_token(&self) -> (Secret, TokenHash);

    /// The hash of a token that somebody shows.
    fn hash_token(&self, token: &str) -> TokenHash;

    /// A fresh password for people to type: at least 128 random bits.
    fn new_password(&self) -> Secret;

    /// A fresh secret for a second factor, in base 32 (RFC 4648 §6): 160 random bits (RFC 4226 §4).
    fn new_factor_secret(&self) -> Secret;

    /// The step of these whose code this is (RFC 6238), the earliest; `None` when it is the code of none of them.
    fn matching_step(&self, secret: &Secret, code: &str, steps: RangeInclusive<i64>) -> Option<i64>;
}
