//! `sortie serve`: the server's whole life.

use anyhow::bail;

use crate::{assemble, cli::Flags, lifecycle, lifecycle::Signals, telemetry};

/// Starts everything, serves until asked to end, and ends everything.
pub(crate) fn run(flags: &Flags) -> anyhow::Result<()> {
    let (settings, layered) = super::settings(flags)?;
    telemetry::start(&settings)?;
    for note in &layered.notes {
        tracing::warn!(note, "Configuration note");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::hear()?;
        // Asked once, it starts first and ends in order then: what it took is given back. Asked twice, it gives up.
        let server = tokio::select! {
            server = assemble::server(&settings) => server?,
            () = signals.asked(2) => bail!("asked twice to end while it started"),
        };
        lifecycle::serve(server, signals).await
    })
}
