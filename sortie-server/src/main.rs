//! The thin binary `sortie`.
//!
//! **Owns** the command line, the layered configuration, telemetry, the assembly of the rooms, and the life cycle.
//!
//! **May not know** how anything works.

mod assemble;
mod cli;
mod clock;
mod collector;
mod command;
mod config;
mod drill;
mod enclosure;
mod ids;
mod lifecycle;
mod notary;
mod private_file;
mod progress;
mod seed;
mod shelf;
mod telemetry;
mod tls;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os().collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => telemetry::report_failure(&error),
    }
}
