//! The adapter against a provider that the tests write: an honest one, and one that lies in every way we could think of.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do the functions it calls")]

mod absence;
mod example;
mod honest;
mod idp;
mod lies;
mod logout;
mod sign;
