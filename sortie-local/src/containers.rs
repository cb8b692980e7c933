//! Sessions as containers of one machine's engine: Docker or Podman.
//!
//! A session is a folder first, and two containers second: its screen and its app. Its folder says whose it is; the engine says
//! what became of it. A server that is started again finds both.

mod folder;
mod labels;
mod life;
mod make;
mod manifest;
mod observe;
mod refusal;
mod remove;
mod settings;
mod user;
mod view;
mod work;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bollard::Docker;
use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    spec::Spec,
    workload::{Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::time::timeout;
use tracing::info;

pub use self::settings::ContainerSettings;
use self::{folder::Folder, user::User, work::Works};
use crate::{
    blocking,
    engine::{EngineAddress, client::Client, failure},
    error::LocalError,
    names,
    place::Place,
};

/// How long the engine may take to answer one question.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before a watch that broke is begun again.
const BEGIN_AGAIN: Duration = Duration::from_secs(1);

/// Runs workloads as containers. Clones share everything.
#[derive(Clone)]
pub struct ContainerRuntime {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    place: Place,
    settings: ContainerSettings,
    condition: Condition,
    has_user_namespaces: bool,
    user: User,
    works: Works,
    /// Held while files of a session are made: two that make the same at once would be in each other's way.
    preparing: Mutex<()>,
}

impl ContainerRuntime {
    /// Connects to the engine and opens the place that it is, in the settings' data directory.
    pub async fn connect(settings: ContainerSettings) -> Result<Self, LocalError> {
        let client = Client::new(EngineAddress::Unix(settings.engine.clone()));
        let away = |detail: String| LocalError::Tool { tool: "the container engine", detail };
        let asked = async {
            let docker = client.get().await?;
            Ok::<_, bollard::errors::Error>((client.identify().await?, docker.info().await?))
        };
        let asked =
            timeout(PATIENCE, asked).await.map_err(|_| LocalError::Slow("an answer of the container engine"))?;
        let (identity, info) = asked.map_err(|error| away(error.to_string()))?;
        let id =
            PlaceId::new(format!("engine-{}", names::hash(&identity.id, 10))).map_err(|it| away(it.to_string()))?;
        let data_dir = settings.data_dir.clone();
        let place = blocking::run(move || {
            let place = Place::of_engine(&data_dir, id)?;
            folder::clear_drafts(&place.workloads())?;
            Ok(place)
        })
        .await?;
        let says = |it: &String| it.contains("name=userns") || it.contains("name=rootless");
        info!(engine.kind = identity.kind, engine.version = %identity.version, place.id = %place.id, "Engine found");
        Ok(Self {
            shared: Arc::new(Shared {
                client,
                place,
                settings,
                condition: Condition { kind: "docker", problems: Vec::new(), limits: identity.limits },
                has_user_namespaces: info.security_options.iter().flatten().any(says),
                user: User::of_sessions(),
                works: Works::default(),
                preparing: Mutex::default(),
            }),
        })
    }

    fn folder(&self, session: &SessionId) -> Folder {
        Folder::new(self.shared.place.workload(session))
    }

    async fn docker(&self) -> Result<Docker, PortError> {
        match timeout(PATIENCE, self.shared.client.get()).await {
            Ok(client) => client.map(|it| it.with_timeout(PATIENCE)).map_err(failure::port),
            Err(_) => Err(PortError::unavailable("the container engine does not answer")),
        }
    }
}

impl Runtime for ContainerRuntime {
    fn place(&self) -> &PlaceId {
        &self.shared.place.id
    }

    fn condition(&self) -> Condition {
        self.shared.condition.clone()
    }

    fn refusal(&self, spec: &Spec) -> Option<Refusal> {
        refusal::of(spec, &self.shared.settings, self.shared.has_user_namespaces)
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        Box::pin(self.list_all())
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        Box::pin(self.observe_one(session))
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(self.create_one(order))
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(self.delete_one(labels))
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        let (folder, from, to) = (self.folder(&from.session), from.clone(), to.clone());
        Box::pin(async { Ok(blocking::run(move || folder.relabel(&from, &to)).await?) })
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(self.open_one(session))
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tokio::join!(self.watch_engine(&wake), self.shared.works.watch(&wake));
        })
    }
}
