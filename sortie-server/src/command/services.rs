//! `sortie services`: what the machine's services need.

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use sortie_core::services::Plan;

use super::{by_hand::with_control, service_secrets};
use crate::{cli::Flags, telemetry::say};

/// What to ask.
#[derive(Debug, Subcommand)]
pub(crate) enum Services {
    /// Compare the target with the engine, and say what would be done.
    Plan(Wanted),
    /// List the secrets for services' environment; set and forget them.
    Secrets {
        /// What to do; nothing to list them.
        #[command(subcommand)]
        what: Option<service_secrets::Secrets>,
    },
}

/// Which target.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// A file with a target instead of the one that is kept.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Asks. The server of the same SQLite file must be stopped; a running one answers at `/api/v1/state/explain`, and to
/// `POST /api/v1/state/target?dry_run=true`.
pub(crate) fn run(flags: &Flags, what: Services) -> anyhow::Result<()> {
    match what {
        Services::Plan(Wanted { file }) => plan(flags, file),
        Services::Secrets { what } => service_secrets::run(flags, what.unwrap_or(service_secrets::Secrets::List)),
    }
}

fn plan(flags: &Flags, file: Option<PathBuf>) -> anyhow::Result<()> {
    let target = file.map(|path| {
        let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let value = serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        anyhow::Ok(sortie_api::document(value))
    });
    let target = target.transpose()?;
    with_control(flags, async |control| {
        let plan = control.plan_services_by_hand(target.as_ref()).await?;
        for line in lines(&plan) {
            say(&line);
        }
        Ok(())
    })
}

fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for it in &plan.verdicts {
        lines.push(format!("{} {} ({}): {}", it.app_name, it.service_name, it.key, it.standing.name()));
        if !it.standing.is_applied() {
            lines.push(format!("    {}", it.standing.why()));
        }
    }
    if plan.steps.is_empty() {
        lines.push("Nothing is to be done.".to_owned());
    } else {
        lines.push("Steps:".to_owned());
        let steps = plan.steps.iter().enumerate();
        lines.extend(steps.map(|(index, it)| format!("{:>4}. {} {}", index + 1, it.name(), it.object())));
    }
    lines
}
