//! From the first connection to the last: signals, and the order in which things end.

use std::{io, time::Duration};

use anyhow::bail;
use sortie_k8s::Unentitled;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing::{info, warn};

use crate::assemble::Server;

/// How long everything may take to end after SIGTERM, streams and requests included.
const DRAIN: Duration = Duration::from_secs(20);

/// How often somebody asked the server to end, by SIGTERM or SIGINT.
pub(crate) struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Hears them from now on. Before anything is begun: as process 1 of a container the server would not notice them otherwise, and
    /// whoever ends it while it starts would find its lease kept.
    pub(crate) fn hear() -> io::Result<Self> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (tell, asked) = watch::channel(0);
        tokio::spawn(async move {
            while !tell.is_closed() {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                tell.send_modify(|times| *times += 1);
            }
        });
        Ok(Self(asked))
    }

    /// Returns once somebody asked so often.
    pub(crate) async fn asked(&mut self, times: u32) {
        if self.0.wait_for(|it| *it >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Serves until it is asked to end; asked a second time it ends at once. Workloads outlive the server.
pub(crate) async fn serve(server: Server, mut signals: Signals) -> anyhow::Result<()> {
    let Server { store, api, tasks, listener, tls, unentitled } = server;
    let serving = match tls {
        Some(tls) => tokio::spawn(sortie_api::server::serve_tls(listener, api.clone(), tls)),
        None => tokio::spawn(sortie_api::server::serve(listener, api.clone())),
    };
    let starts_anew = tokio::select! {
        () = signals.asked(1) => false,
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
        () = signals.asked(2) => false,
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
