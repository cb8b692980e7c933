//! Secrets for services' environment at rest.

use super::{BoxError, PortResult};
use crate::{
    audit::Change,
    secret::Secret,
    services::secret::{SecretHead, SecretName},
};

/// Keeps sealed secrets; never sees one open.
pub trait ServiceSecretStore: Send + Sync {
    /// Every secret, by name, without what it holds.
    fn secrets(&self) -> PortResult<'_, Vec<SecretHead>>;

    /// What a secret holds, sealed.
    fn sealed_secret<'a>(&'a self, name: &'a str) -> PortResult<'a, Option<Vec<u8>>>;

    /// Sets a secret; answers how often it was set by now. That number only grows, also over a deletion.
    fn put_secret<'a>(&'a self, name: &'a SecretName, sealed: Vec<u8>, change: Change) -> PortResult<'a, u64>;

    /// Forgets what a secret holds; answers whether there was one.
    fn delete_secret<'a>(&'a self, name: &'a str, change: Change) -> PortResult<'a, bool>;
}

/// Keeps secrets unreadable at rest.
pub trait Sealer: Send + Sync {
    /// Seals a secret for this name, so that it cannot be passed off as another one's.
    fn seal(&self, name: &str, secret: &Secret) -> Result<Vec<u8>, BoxError>;

    /// Opens what was sealed for this name; an error where it was another key or the bytes were changed.
    fn open(&self, name: &str, sealed: &[u8]) -> Result<Secret, BoxError>;
}
