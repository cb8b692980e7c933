//! The connection to the engine: made when it is needed, and again after it failed.

use std::{sync::Arc, time::Duration};

use bollard::{API_DEFAULT_VERSION, Docker, errors::Error};
use sortie_core::{port::engine::EngineIdentity, workload::LimitReport};
use tokio::{sync::Mutex, time::timeout};

use super::{EngineAddress, deadline};

/// After how long a request is given up that nobody waits for any more: whoever asks has a deadline, and those are shorter.
const ANSWER_SECONDS: u64 = 300;

#[derive(Clone)]
pub(crate) struct Client {
    address: EngineAddress,
    made: Arc<Mutex<Option<Docker>>>,
}

impl Client {
    pub(crate) fn new(address: EngineAddress) -> Self {
        Self { address, made: Arc::default() }
    }

    /// The client, with a version of the API that both sides know.
    pub(crate) async fn get(&self) -> Result<Docker, Error> {
        let mut made = self.made.lock().await;
        if let Some(docker) = made.as_ref() {
            return Ok(docker.clone());
        }
        let docker = match &self.address {
            EngineAddress::Unix(path) => {
                Docker::connect_with_unix(&path.to_string_lossy(), ANSWER_SECONDS, API_DEFAULT_VERSION)?
            }
            EngineAddress::Tls { address, certificates } => Docker::connect_with_ssl(
                address,
                &certificates.join("key.pem"),
                &certificates.join("cert.pem"),
                &certificates.join("ca.pem"),
                ANSWER_SECONDS,
                API_DEFAULT_VERSION,
            )?,
        };
        // Everybody waits for this one.
        let greeted = timeout(deadline::GREETING, docker.negotiate_version()).await;
        let docker = greeted.map_err(|_| Error::RequestTimeoutError)??;
        *made = Some(docker.clone());
        Ok(docker)
    }

    /// The client for something that may take so long, and a little longer.
    pub(crate) async fn patient(&self, time: Duration) -> Result<Docker, Error> {
        Ok(self.get().await?.with_timeout(time.saturating_add(Duration::from_secs(ANSWER_SECONDS))))
    }

    pub(crate) async fn identify(&self) -> Result<EngineIdentity, Error> {
        let docker = self.get().await?;
        let (info, version) = (docker.info().await?, docker.version().await?);
        let parts = version.components.unwrap_or_default();
        let is_podman = parts.iter().any(|it| it.name.contains("Podman"));
        let storage = format!("{}:{}", info.name.unwrap_or_default(), info.docker_root_dir.unwrap_or_default());
        // Podman makes up an id for each answer; the machine's storage is what its containers live in.
        let limit = |name, enforced: Option<bool>| LimitReport { name, enforced: enforced.unwrap_or(false) };
        let limits = vec![
            limit("memory", info.memory_limit),
            limit("cpu", info.cpu_cfs_quota),
            limit("pids", info.pids_limit),
            // Only some storage of some engines could.
            limit("disk", Some(false)),
        ];
        let own = info.id.filter(|it| !it.is_empty() && !is_podman);
        Ok(EngineIdentity {
            id: own.unwrap_or(storage),
            kind: if is_podman { "podman" } else { "docker" },
            version: version.version.unwrap_or_default(),
            limits,
        })
    }
}
