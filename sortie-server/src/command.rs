//! The commands of the binary.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod backup;
mod by_hand;
pub(crate) mod config;
pub(crate) mod db;
pub(crate) mod drill;
pub(crate) mod migrate;
pub(crate) mod places;
pub(crate) mod serve;
mod service_secrets;
pub(crate) mod services;
pub(crate) mod sqlite3;
pub(crate) mod workloads;

use anyhow::bail;

use crate::{
    cli::Flags,
    config::{Layered, Settings, load},
};

/// Reads and parses the configuration; fails with everything that is wrong.
pub(crate) fn settings(flags: &Flags) -> anyhow::Result<(Settings, Layered)> {
    let layered = load(flags, variables());
    match Settings::parse(&layered) {
        Ok(settings) => Ok((settings, layered)),
        Err(errors) => bail!("the configuration is not usable:\n  {}", errors.join("\n  ")),
    }
}

/// The process's variables that are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
}
