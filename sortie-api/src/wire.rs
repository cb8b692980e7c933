//! The shapes on the wire: what is sent and taken, and nothing that a domain type holds beyond it.

pub mod access;
pub mod account;
pub mod app;
pub mod credential;
pub mod event;
pub mod names;
pub mod record;
pub mod seed;
pub mod services;
pub mod session;
pub mod sharing;
pub mod site;
pub mod tenant;
mod time;

pub(crate) use time::{parse_time, rfc3339};

use serde::{Deserialize, Deserializer};

/// Reads `null` as the default: older clients send it for empty lists and texts.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
