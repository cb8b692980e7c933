//! Requests of Sortie to others over HTTP: one at a time, bounded in size and time.
//!
//! **Owns** the connection, TLS with the authorities that are trusted, and the bounds.
//!
//! **May not know** what is asked or told, and no other crate of ours.

mod client;
mod error;

pub use client::{Answer, Ask, Client, is_own_machine};
pub use error::{AuthoritiesError, ExchangeError};
