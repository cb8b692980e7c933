//! `sortie config`: what is in force, and why.

use crate::{assemble, cli::Flags, config::table::KEYS, telemetry::say};

/// Prints every key with its value and origin, then what the machine lacks.
pub(crate) fn run(flags: &Flags) -> anyhow::Result<()> {
    let (settings, layered) = super::settings(flags)?;
    let width = KEYS.iter().map(|it| it.name.len()).max().unwrap_or_default();
    for key in KEYS {
        let (shown, origin) = match layered.values.get(key.name) {
            Some(value) if key.secret => ("********", value.origin.to_string()),
            Some(value) => (value.text.as_str(), value.origin.to_string()),
            None => ("", "unset".to_owned()),
        };
        say(&format!("{:width$} = {shown:32} # {origin}; {}", key.name, key.about));
    }
    for note in &layered.notes {
        say(&format!("# note: {note}"));
    }
    let condition = assemble::probe(&settings)?;
    for problem in &condition.problems {
        say(&format!("# runtime: {} ({})", problem.message, problem.code));
    }
    for limit in condition.limits.iter().filter(|it| !it.enforced) {
        say(&format!("# runtime: {} is not limited on this machine", limit.name));
    }
    if settings.home_limit.is_some() {
        say("# runtime: disk is measured every 30 s; between two looks the file system holds nothing back");
    }
    Ok(())
}
