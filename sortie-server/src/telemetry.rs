//! Logs: human on a terminal, else one JSON object a line; and the one place that prints errors.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Settings, settings::LogFormat};

/// Starts logging to standard output. A filter that cannot be read is an error.
pub(crate) fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| anyhow::anyhow!("SORTIE_LOG must be a log filter such as info: {error}"))?;
    let human = match settings.log_format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stdout().is_terminal(),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_span_events(FmtSpan::NONE);
    if human {
        registry.with(lines.with_target(false).compact().with_ansi(std::io::stdout().is_terminal())).try_init()?;
    } else {
        registry.with(lines.json().flatten_event(true).with_current_span(true).with_span_list(false)).try_init()?;
    }
    Ok(())
}

/// Prints an error with its causes, once.
pub(crate) fn report_failure(error: &anyhow::Error) -> ExitCode {
    // Nobody may be there to read it: that is no reason to fail differently.
    let _ = writeln!(std::io::stderr(), "sortie: {error:#}");
    ExitCode::FAILURE
}

/// Prints a line for the person at the terminal.
pub(crate) fn say(line: &str) {
    // A closed standard output must not stop the server.
    let _ = writeln!(std::io::stdout(), "{line}");
}
