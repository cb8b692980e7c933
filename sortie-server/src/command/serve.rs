//! `sortie serve`: the server's whole life.

use crate::{assemble, cli::Flags, lifecycle, telemetry};

/// Starts everything, serves until asked to end, and ends everything.
pub(crate) fn run(flags: &Flags) -> anyhow::Result<()> {
    let (settings, layered) = super::settings(flags)?;
    telemetry::start(&settings)?;
    for note in &layered.notes {
        tracing::warn!(note, "Configuration note");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = assemble::server(&settings).await?;
        lifecycle::serve(server).await
    })
}
