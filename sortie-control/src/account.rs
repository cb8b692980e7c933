//! People: signing in and out, accounts, preferences, and the first administrator.

pub mod first_start;
pub mod preferences;
pub mod sign_in;
pub mod sso;
pub mod token;
pub(crate) mod token_cache;
pub mod users;
