//! Passwords and tokens.

mod factor;
mod password;
mod sealing;
mod token;

pub use password::Argon2Credentials;
pub use sealing::KeyFile;
