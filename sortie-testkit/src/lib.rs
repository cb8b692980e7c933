//! Placeholder.

pub mod contract;
pub mod postgres;
