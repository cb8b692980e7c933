//! Backups of Sortie in object stores.
//!
//! **Always holds:** credentials come from the caller's variables alone, and are in no address, message or error.

mod address;
mod builder;
mod error;
mod objects;
mod ranges;

pub use address::{Address, AddressError};
pub use builder::{OpenError, open};
pub use objects::Objects;
