//! `sortie migrate`: the schema, without a server.

use crate::{assemble, cli::Flags, telemetry::say};

/// Brings the schema up to date, or says what that would do.
pub(crate) fn run(flags: &Flags, check: bool) -> anyhow::Result<()> {
    let (settings, _) = super::settings(flags)?;
    if let Some(adoption) = assemble::adoption(&settings)? {
        say(if check {
            "The database of an older system would be taken over."
        } else {
            "Taking the database of an older system over."
        });
        adoption.lines().iter().for_each(|it| say(it));
    }
    let names = assemble::migrate(&settings, check)?;
    let word = if check { "pending" } else { "applied" };
    for name in &names {
        say(&format!("{word}: {name}"));
    }
    if names.is_empty() {
        say("The schema is up to date.");
    }
    Ok(())
}
