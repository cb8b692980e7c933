//! From the first connection to the last: signals, and the order in which things end.

use std::time::Duration;

use anyhow::bail;
use sortie_k8s::Unentitled;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::assemble::Server;

/// How long everything may take to end after SIGTERM, streams and requests included.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until SIGTERM or SIGINT; a second signal ends at once. Workloads outlive the server.
pub(crate) async fn serve(server: Server) -> anyhow::Result<()> {
    let Server { store, api, tasks, listener, tls, unentitled } = server;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let serving = match tls {
        Some(tls) => tokio::spawn(sortie_api::server::serve_tls(listener, api.clone(), tls)),
        None => tokio::spawn(sortie_api::server::serve(listener, api.clone())),
    };
    let starts_anew = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        // Which place the namespace is decides about leases and rows, so it is learned by starting, and only so.
        () = entitled(unentitled.as_deref()) => true,
        ended = serving => bail!("the listener ended by itself: {ended:?}"),
    };
    info!("Asked to end; draining");
    let drained = async {
        api.drain().await;
        tasks.cancel();
        tasks.ended(DRAIN).await
    };
    let orderly = tokio::select! {
        orderly = tokio::time::timeout(DRAIN, drained) => orderly.unwrap_or(false),
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
    };
    if !orderly {
        warn!("Not everything ended in time");
    }
    tokio::task::spawn_blocking(move || store.close()).await?;
    if starts_anew {
        bail!("the cluster's rights are there now: start again to use them");
    }
    info!("Ended");
    Ok(())
}

/// Returns when the rights have come that were missing at the start; never where none were.
async fn entitled(unentitled: Option<&Unentitled>) {
    match unentitled {
        Some(waiting) => waiting.entitled().await,
        None => std::future::pending().await,
    }
}
