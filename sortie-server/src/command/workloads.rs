//! `sortie workloads`: what runs in this place, taking it over, and removing what runs for nobody.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;
use sortie_control::{
    ControlError,
    workloads::{Adoption, Belonging},
};
use sortie_core::{
    id::{AppId, InstallationId, SessionId},
    workload::Observed,
};

use super::by_hand::{command_line, confirmed, with_control};
use crate::{cli::Flags, telemetry::say};

/// How long one workload may take to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// What to do about workloads.
#[derive(Debug, Subcommand)]
pub(crate) enum Workloads {
    /// List every workload of this place, and whose it is.
    List,
    /// Take over workloads: those of our sessions from before a restore, and what runs here for no session. They go on running.
    Adopt {
        /// The sessions' ids, as listed; none for all from before a restore.
        sessions: Vec<String>,
        /// Also take from this other installation, whose server is ended for good.
        #[arg(long, value_name = "INSTALLATION")]
        from: Option<String>,
        /// Which app they run, where no session says so.
        #[arg(long)]
        app: Option<String>,
        /// Who gets them, by sign-in name, where no session says so; else the owner that each names.
        #[arg(long)]
        owner: Option<String>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
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
                    Belonging::Former(status) => format!("session: {}, from before a restore", status.name()),
                    Belonging::Warm => "no session yet: kept warm".to_owned(),
                    Belonging::Nobody => "no session".to_owned(),
                    Belonging::Others => format!("not ours, of the installation {}", it.labels.installation),
                };
                let (session, owner) = (&it.labels.session, &it.labels.owner);
                say(&format!("{session}  {}  {whose}  owner: {owner}", state(&it.observed)));
            }
            if workloads.is_empty() {
                say("No workloads.");
            }
            Ok(())
        }),
        Workloads::Adopt { sessions, from, app, owner, yes } => {
            let adoption = Adoption {
                from: from.map(InstallationId::new).transpose().context("the installation's id")?,
                app: app.map(AppId::new).transpose().context("the app's id")?,
                owner,
            };
            adopt(flags, ids(&sessions)?, &adoption, yes)
        }
        Workloads::Purge { sessions, yes } => {
            let named = ids(&sessions)?;
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
                each(&chosen, "removed", async |it| control.purge_workload(&command_line(), it, PATIENCE).await).await
            })
        }
    }
}

fn adopt(flags: &Flags, named: Vec<SessionId>, adoption: &Adoption, yes: bool) -> anyhow::Result<()> {
    with_control(flags, async |control| {
        let mut chosen = named;
        if chosen.is_empty() {
            let all = control.workloads().await?.into_iter();
            let ours = all.filter(|it| match it.belonging {
                Belonging::Former(_) => true,
                Belonging::Nobody => adoption.app.is_some(),
                Belonging::Others => adoption.from.as_ref() == Some(&it.labels.installation),
                Belonging::Session(_) | Belonging::Warm => false,
            });
            chosen = ours.map(|it| it.labels.session).collect();
        }
        if chosen.is_empty() {
            say(
                "Nothing to adopt. What runs for no session needs --app, another installation's --from; see: sortie workloads",
            );
            return Ok(());
        }
        for session in &chosen {
            say(&format!("{session}"));
        }
        if !confirmed(yes, &format!("Take over these {} workloads?", chosen.len()))? {
            return Ok(());
        }
        each(&chosen, "adopted", async |it| control.adopt_workload(&command_line(), it, adoption).await).await
    })
}

/// Does something to one workload after the other, and says how far it is; one that fails does not stop the others.
async fn each(
    chosen: &[SessionId],
    done: &str,
    act: impl AsyncFn(&SessionId) -> Result<(), ControlError>,
) -> anyhow::Result<()> {
    let (total, mut failed) = (chosen.len(), 0);
    for (number, session) in (1..).zip(chosen) {
        match act(session).await {
            Ok(()) => say(&format!("{number} of {total}: {session} {done}")),
            Err(error) => {
                failed += 1;
                say(&format!("{number} of {total}: {session} not {done}: {error}"));
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of {total} workloads were not {done}");
    }
    Ok(())
}

fn ids(sessions: &[String]) -> anyhow::Result<Vec<SessionId>> {
    sessions.iter().map(SessionId::new).collect::<Result<_, _>>().context("a session's id")
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
