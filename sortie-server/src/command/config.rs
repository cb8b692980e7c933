//! `sortie config`: what is in force, and why.

use crate::{
    assemble,
    cli::Flags,
    config::{in_force, kubernetes::RuntimeKind},
    telemetry::say,
};

/// Prints every key with its value and origin, then what the machine lacks.
pub(crate) fn run(flags: &Flags) -> anyhow::Result<()> {
    let (settings, layered) = super::settings(flags)?;
    let all = in_force::all(&layered);
    let width = all.iter().map(|it| it.key.name.len()).max().unwrap_or_default();
    for it in &all {
        let (shown, origin) = (it.shown.as_deref().unwrap_or_default(), it.origin.as_deref().unwrap_or("unset"));
        say(&format!("{:width$} = {shown:32} # {origin}; {}", it.key.name, it.key.about));
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
    if settings.home_limit.is_some() && settings.runtime == RuntimeKind::Local {
        say("# runtime: disk is measured every 30 s; between two looks the file system holds nothing back");
    }
    match assemble::services_engine(&settings) {
        Ok(engine) => {
            for limit in engine.iter().flat_map(|it| &it.limits).filter(|it| !it.enforced) {
                say(&format!("# services: {} is not limited on this engine", limit.name));
            }
        }
        Err(error) => say(&format!("# services: {error:#}")),
    }
    Ok(())
}
