//! Passwords and tokens.

mod factor;
mod password;
mod token;

pub use password::Argon2Credentials;
