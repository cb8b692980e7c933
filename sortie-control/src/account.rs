//! People: signing in and out, accounts, preferences, and the first administrator.

pub mod challenge;
pub mod first_start;
mod lanes;
pub mod own;
pub mod preferences;
pub mod refresh;
pub mod register;
pub mod reset;
pub mod second_factor;
pub mod sign_in;
pub mod sso;
pub mod token;
pub(crate) mod token_cache;
pub mod users;
