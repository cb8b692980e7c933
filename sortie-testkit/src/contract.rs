//! Contract suites: what every adapter of a port promises.

pub mod access;
pub mod accounts;
pub mod catalog;
pub mod coordination;
pub mod credentials;
pub mod engine;
pub mod identities;
pub mod records;
pub mod runtime;
pub mod sample;
pub mod service_secrets;
pub mod services;
pub mod sessions;
pub mod sharing;
pub mod shelf;
pub mod tenants;
pub mod warm;
