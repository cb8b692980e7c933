//! The use cases and the loops of Sortie, over the ports of `sortie-core`.
//!
//! **Owns** launch, stop, restart, the catalog, accounts and sign-ins, streams' permissions, sharing, events, the reconciler, the sweeper
//! and the leases. Every permission is asked here, once, for every door.
//!
//! **May not know** HTTP, SQL, pods, processes, JSON or environment variables.

pub mod access;
pub mod account;
pub mod activity;
pub mod backups;
pub mod catalog;
mod change;
pub mod control;
mod controller;
pub mod epochs;
pub mod error;
pub mod events;
pub mod forward;
mod housekeeping;
mod lease;
mod place;
pub mod places;
pub mod reconciler;
pub mod records;
pub mod seals;
pub mod services;
pub mod session;
pub mod sharing;
pub mod stream;
mod sweeper;
pub mod tasks;
pub mod tenant;
pub mod warm;
pub mod workloads;

pub use control::{Control, Ports, Settings};
pub use error::ControlError;
