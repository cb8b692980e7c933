//! The HTTP face over the real use cases: an in-process server on a free port, asked over real connections.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, and so do the functions it calls")]

mod apps;
mod assets;
mod audit;
mod auth;
mod connection;
mod contract;
mod credentials;
mod door;
mod events;
mod example;
mod openapi;
mod permissions;
mod services;
mod sessions;
mod sharing;
mod site;
mod sso;
mod streams;
mod supervisor;
mod tls;
mod world;
