//! The use cases and the loops over the real SQLite store, a scripted runtime and a clock that the tests move.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in shared functions too")]

mod access;
mod accounts;
mod backups;
mod catalog;
mod crash;
mod credentials;
mod egress;
mod events;
mod example;
mod expiry;
mod guessing;
mod orphans;
mod promises;
mod sessions;
mod sharing;
mod sso;
mod stage;
mod streams;
mod warm;
