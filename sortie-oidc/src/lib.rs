//! Sign-in through a provider that speaks OpenID Connect.
//!
//! **Owns** discovery, the provider's keys, the code flow with PKCE, every check of its tokens, and its notices that somebody
//! signed out.
//!
//! **May not know** users, roles, routes, SQL or configuration. It believes nothing that a provider says before it is checked,
//! and reads nothing without a bound on size and time.

mod answer;
mod claims;
mod discovery;
mod encoding;
mod error;
mod jws;
mod keys;
mod metadata;
mod profile;
mod provider;
mod settings;

pub use provider::OidcProvider;
pub use settings::{Algorithm, Settings, SettingsError};
