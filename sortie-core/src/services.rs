//! Services: which applications of several containers shall run on a machine, and what it takes to get there.
//!
//! An operator writes a [`Target`]. An engine shows what [`Seen`] there is. [`plan`](plan::plan) is the difference as ordered
//! steps, with one [`Verdict`] for each service: whether it is as wanted, and if not, why and what happens next. Everything
//! here is pure: the same target, the same sight, the same memory and the same time give the same plan.

pub mod config;
pub mod current;
mod deploy;
pub mod diff;
pub mod document;
pub mod event;
pub mod failure;
pub mod memory;
pub mod plan;
pub mod progress;
mod read;
pub mod secret;
pub mod seen;
pub mod snapshot;
pub mod step;
pub mod target;
pub mod verdict;
mod write;

pub use config::ServiceConfig;
pub use document::Node;
pub use failure::{Cause, Failure};
pub use memory::{Memory, Rules};
pub use plan::{Plan, plan};
pub use progress::Progress;
pub use seen::Seen;
pub use step::Step;
pub use target::{AppNumber, AppTarget, Key, ServiceNumber, ServiceTarget, Target};
pub use verdict::Verdict;
