//! Passwords and tokens.

mod password;
mod token;

pub use password::Argon2Credentials;
