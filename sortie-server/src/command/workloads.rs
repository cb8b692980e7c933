//! `sortie workloads`: what runs in this place, and removing what runs for nobody.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;
use sortie_control::workloads::Belonging;
use sortie_core::{id::SessionId, workload::Observed};

use super::by_hand::{command_line, confirmed, with_control};
use crate::{cli::Flags, telemetry::say};

/// How long one workload may take to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// What to do about workloads.
#[derive(Debug, Subcommand)]
pub(crate) enum Workloads {
    /// List every workload of this place, and whose it is.
    List,
    /// Remove workloads of ours that have no session.
    Purge {
        /// The sessions' ids, as listed; none for all that have no session.
        sessions: Vec<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Does it. The server of the same SQLite file must be stopped; its desktops go on meanwhile.
pub(crate) fn run(flags: &Flags, what: Option<Workloads>) -> anyhow::Result<()> {
    match what.unwrap_or(Workloads::List) {
        Workloads::List => with_control(flags, async |control| {
            let workloads = control.workloads().await?;
            for it in &workloads {
                let whose = match it.belonging {
                    Belonging::Session(status) => format!("session: {}", status.name()),
                    Belonging::Nobody => "no session".to_owned(),
                    Belonging::Others => "not ours".to_owned(),
                };
                let (session, owner) = (&it.labels.session, &it.labels.owner);
                say(&format!("{session}  {}  {whose}  owner: {owner}", state(&it.observed)));
            }
            if workloads.is_empty() {
                say("No workloads.");
            }
            Ok(())
        }),
        Workloads::Purge { sessions, yes } => {
            let named = sessions.iter().map(SessionId::new).collect::<Result<Vec<_>, _>>().context("a session's id")?;
            with_control(flags, async |control| {
                let mut chosen = named;
                if chosen.is_empty() {
                    let all = control.workloads().await?.into_iter();
                    chosen = all.filter(|it| it.belonging == Belonging::Nobody).map(|it| it.labels.session).collect();
                }
                if chosen.is_empty() {
                    say("Nothing to purge: every workload of ours has a session.");
                    return Ok(());
                }
                for session in &chosen {
                    say(&format!("{session}"));
                }
                if !confirmed(yes, &format!("End and remove these {} workloads with their files?", chosen.len()))? {
                    return Ok(());
                }
                let mut failed = 0;
                for (done, session) in (1..).zip(&chosen) {
                    match control.purge_workload(&command_line(), session, PATIENCE).await {
                        Ok(()) => say(&format!("{done} of {}: {session} removed", chosen.len())),
                        Err(error) => {
                            failed += 1;
                            say(&format!("{done} of {}: {session} not removed: {error}", chosen.len()));
                        }
                    }
                }
                if failed > 0 {
                    bail!("{failed} of {} workloads were not removed", chosen.len());
                }
                Ok(())
            })
        }
    }
}

fn state(observed: &Observed) -> &'static str {
    match observed {
        Observed::Absent => "absent",
        Observed::Partial => "partial",
        Observed::Starting { .. } => "starting",
        Observed::Ready { .. } => "ready",
        Observed::Broken(_) => "broken",
        Observed::Ending => "ending",
    }
}
