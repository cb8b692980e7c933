//! Containers of services, on an engine that speaks the Docker API: Docker or Podman.
//!
//! What is ours carries labels with the installation's id. Everything is read afresh, nothing is remembered, and whatever has
//! not got these labels is neither seen nor touched.

pub(crate) mod client;
mod create;
mod deadline;
pub(crate) mod failure;
pub(crate) mod images;
pub(crate) mod inspect;
mod labels;
mod logs;
mod networks;
mod observe;
pub(crate) mod perform;
mod probe;
mod simulated;
mod volumes;

use std::{path::PathBuf, time::Duration};

use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt;
use sortie_core::{
    id::InstallationId,
    port::{
        BoxFuture, Engine, PortError, PortResult,
        engine::{Done, EngineIdentity, LogLine, StepError, WakeAll},
    },
    services::{Seen, Step, config::Probe},
};
use tokio::time::timeout;
use tracing::debug;

pub use self::simulated::SimulatedEngine;
use self::{client::Client, labels::Labels};

/// How an engine is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineAddress {
    /// A Unix socket.
    Unix(PathBuf),
    /// A port, with TLS on both sides.
    Tls {
        /// `host:port`.
        address: String,
        /// The folder with `ca.pem`, `cert.pem` and `key.pem`.
        certificates: PathBuf,
    },
}

/// Asks an engine what it is.
pub async fn identify_engine(address: EngineAddress) -> Result<EngineIdentity, PortError> {
    let client = Client::new(address);
    deadline::look(client.identify()).await
}

/// An engine that speaks the Docker API.
#[derive(Clone)]
pub struct DockerEngine {
    client: Client,
    labels: Labels,
}

impl DockerEngine {
    /// Names an engine; nothing is connected yet, and one that is away is asked again at each call.
    pub fn new(address: EngineAddress, installation: InstallationId) -> Self {
        Self { client: Client::new(address), labels: Labels::new(installation) }
    }
}

impl Engine for DockerEngine {
    fn identify(&self) -> PortResult<'_, EngineIdentity> {
        deadline::look(self.client.identify())
    }

    fn observe<'a>(&'a self, images: &'a [String]) -> PortResult<'a, Seen> {
        deadline::look(observe::observe(self, images))
    }

    fn perform<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<Done, StepError>> {
        Box::pin(async move {
            let Some(limit) = deadline::of(step) else { return perform::perform(self, step).await };
            timeout(limit, perform::perform(self, step)).await.unwrap_or_else(|_| Err(deadline::missed(step, limit)))
        })
    }

    fn probe<'a>(&'a self, container: &'a str, probe: &'a Probe) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let asked = timeout(probe.timeout, probe::ask(self, container, &probe.question));
            asked.await.unwrap_or_else(|_| Err(format!("no answer within {} ms", probe.timeout.as_millis())))
        })
    }

    fn logs<'a>(&'a self, container: &'a str, limit: u32) -> PortResult<'a, Vec<LogLine>> {
        deadline::look(logs::last(self, container, limit))
    }

    fn watch(&self, wake: WakeAll, pause: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                if let Ok(docker) = self.client.get().await {
                    let options = EventsOptionsBuilder::new().filters(&self.labels.filter()).build();
                    let mut events = std::pin::pin!(docker.events(Some(options)));
                    while let Some(Ok(_)) = events.next().await {
                        wake();
                    }
                }
                debug!("Engine's events ended; listening again");
                wake();
                tokio::time::sleep(pause).await;
            }
        })
    }
}
