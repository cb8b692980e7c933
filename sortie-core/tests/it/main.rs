//! The crate as its users see it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in shared functions too")]

mod example;
