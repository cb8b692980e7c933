//! The ports: what the domain needs from the world. Every port is named for the need, every adapter for its means.

pub mod access;
pub mod accounts;
pub mod backups;
pub mod catalog;
pub mod clock;
pub mod coordination;
pub mod credential_store;
pub mod credentials;
pub mod engine;
pub mod forward;
pub mod identities;
pub mod identity_provider;
pub mod records;
pub mod runtime;
pub mod seals;
pub mod service_secrets;
pub mod services;
pub mod sessions;
pub mod sharing;
pub mod shelf;
pub mod tenants;
pub mod warm;

use std::{error::Error, fmt, future::Future, pin::Pin};

pub use access::AccessStore;
pub use accounts::AccountStore;
pub use backups::Backups;
pub use catalog::CatalogStore;
pub use clock::{Clock, IdSource};
pub use coordination::CoordinationStore;
pub use credential_store::CredentialStore;
pub use credentials::CredentialMaker;
pub use engine::Engine;
pub use forward::{AuditOutbox, Collector};
pub use identities::IdentityStore;
pub use identity_provider::IdentityProvider;
pub use records::RecordStore;
pub use runtime::Runtime;
pub use seals::{AuditSeals, Notary};
pub use service_secrets::{Sealer, ServiceSecretStore};
pub use services::ServiceStore;
pub use sessions::SessionStore;
pub use sharing::SharingStore;
pub use shelf::{Already, Shelf, ShelfError};
pub use tenants::TenantStore;
pub use warm::WarmStore;

/// A future that a port method answers with.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Any error, for people who debug.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A failure, grouped by what the caller must do about it.
#[derive(Debug)]
pub enum PortError {
    /// Someone else changed it first: read again and decide again.
    Conflict,
    /// Not now: retry later.
    Unavailable(BoxError),
    /// Never: tell a person, in these words.
    Rejected(String),
    /// Impossible data, or a bug: someone must look.
    Broken(BoxError),
}

impl PortError {
    /// "Not now", with what happened.
    pub fn unavailable(error: impl Into<BoxError>) -> Self {
        Self::Unavailable(error.into())
    }

    /// "Someone must look", with what happened.
    pub fn broken(error: impl Into<BoxError>) -> Self {
        Self::Broken(error.into())
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("it was changed by someone else in the meantime"),
            Self::Unavailable(error) => write!(f, "not available now: {error}"),
            Self::Rejected(why) => f.write_str(why),
            Self::Broken(error) => write!(f, "unexpected: {error}"),
        }
    }
}

impl Error for PortError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Conflict | Self::Rejected(_) => None,
            Self::Unavailable(error) | Self::Broken(error) => Some(error.as_ref()),
        }
    }
}

/// What is inside of [`PortError::Unavailable`] when it is the database that is away: people are told which part it is.
#[derive(Debug)]
pub struct DatabaseAway(pub String);

impl fmt::Display for DatabaseAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for DatabaseAway {}

/// What a port method answers with.
pub type PortResult<'a, T> = BoxFuture<'a, Result<T, PortError>>;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one. Opaque outside the store.
    pub next: Option<String>,
}

/// Which page is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many rows; `None` means all of them.
    pub limit: Option<u32>,
    /// The `next` of the page before. One that no store made is `Rejected`.
    pub cursor: Option<String>,
}
