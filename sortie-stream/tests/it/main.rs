//! The byte path as its callers, viewers and workloads see it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in shared functions too")]

mod dialing;
mod example;
mod filter;
mod framing;
mod hostile;
mod liveness;
mod pace;
mod registry;
mod relay;
mod support;
mod view_only;
mod viewers;
mod websocket;
mod xvnc;
