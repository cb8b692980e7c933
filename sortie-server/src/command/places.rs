//! `sortie places`: where workloads live, and closing the books of a place that is gone.

use anyhow::Context;
use clap::Subcommand;
use sortie_core::id::PlaceId;

use super::by_hand::{command_line, confirmed, with_control};
use crate::{cli::Flags, telemetry::say};

/// What to do about places.
#[derive(Debug, Subcommand)]
pub(crate) enum Places {
    /// List this place, and every other one that still has sessions.
    List,
    /// Record the sessions of a place that is gone failed (`place_lost`) and give back what they held.
    Retire {
        /// The place's id, as listed.
        place: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Does it. The server of the same SQLite file must be stopped; its desktops go on meanwhile.
pub(crate) fn run(flags: &Flags, what: Option<Places>) -> anyhow::Result<()> {
    match what.unwrap_or(Places::List) {
        Places::List => with_control(flags, async |control| {
            for place in control.places().await? {
                let here = if place.is_here { "this place" } else { "elsewhere" };
                say(&format!("{}  {here}  sessions: {}", place.id, place.sessions));
            }
            Ok(())
        }),
        Places::Retire { place, yes } => {
            let place = PlaceId::new(&place).context("the place's id")?;
            with_control(flags, async |control| {
                let listed = control.places().await?.into_iter().find(|it| it.id == place);
                let sessions = listed.map_or(0, |it| it.sessions);
                if !confirmed(yes, &format!("Record {sessions} sessions of the place {place} as lost?"))? {
                    return Ok(());
                }
                let retired = control
                    .retire_place(&command_line(), &place, |done, total| {
                        if done % 100 == 0 {
                            say(&format!("{done} of {total}"));
                        }
                    })
                    .await?;
                say(&format!("Retired: {retired} sessions of {place} are recorded as lost."));
                Ok(())
            })
        }
    }
}
