//! Sessions as containers of one machine's engine: Docker or Podman.
//!
//! A session is a folder first, and two containers second: its screen and its app. Its folder says whose it is; the engine says
//! what became of it. A server that is started again finds both.

mod folder;
mod labels;
mod make;
mod manifest;
mod observe;
mod refusal;
mod remove;
mod settings;
mod user;
mod work;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bollard::{
    Docker,
    models::EventMessage,
    query_parameters::{EventsOptionsBuilder, ListContainersOptionsBuilder},
};
use futures_util::StreamExt;
use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    session::Reason,
    spec::Spec,
    workload::{Condition, Endpoint, Labels, LimitReport, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

pub use self::settings::ContainerSettings;
use self::{
    folder::{Folder, Record},
    make::Trouble,
    manifest::Stage,
    user::User,
    work::{Doing, Works},
};
use crate::{
    blocking,
    engine::{EngineAddress, client::Client, failure, inspect::inspect},
    error::{LocalError, Outcome},
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
        let asked = timeout(PATIENCE, asked).await.map_err(|_| LocalError::Slow("an answer of the container engine"))?;
        let (identity, info) = asked.map_err(|error| away(error.to_string()))?;
        let id = PlaceId::new(format!("engine-{}", names::hash(&identity.id, 10))).map_err(|it| away(it.to_string()))?;
        let data_dir = settings.data_dir.clone();
        let place = blocking::run(move || {
            let place = Place::of_engine(&data_dir, id)?;
            folder::clear_drafts(&place.workloads())?;
            Ok(place)
        })
        .await?;
        let limit = |name, enforced: Option<bool>| LimitReport { name, enforced: enforced.unwrap_or(false) };
        let limits = vec![
            limit("memory", info.memory_limit),
            limit("cpu", info.cpu_cfs_quota),
            limit("pids", info.pids_limit),
            limit("disk", Some(false)),
        ];
        let says = |it: &String| it.contains("name=userns") || it.contains("name=rootless");
        info!(engine.kind = identity.kind, engine.version = %identity.version, place.id = %place.id, "Engine found");
        Ok(Self {
            shared: Arc::new(Shared {
                client,
                place,
                settings,
                condition: Condition { kind: "docker", problems: Vec::new(), limits },
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

    async fn record(&self, folder: &Folder) -> Outcome<Option<Record>> {
        let folder = folder.clone();
        blocking::run(move || folder.read()).await
    }

    async fn create_one(&self, order: &WorkloadOrder) -> Result<(), PortError> {
        if let Some(refusal) = self.refusal(&order.spec) {
            return Err(PortError::Rejected(refusal.message));
        }
        let session = &order.labels.session;
        if let Some(held) = self.shared.works.take_trouble(session) {
            return Err(PortError::unavailable(held));
        }
        self.docker().await?;
        let (folder, shared, wanted) = (self.folder(session), Arc::clone(&self.shared), order.clone());
        let record = blocking::run(move || {
            let _preparing = shared.preparing.lock().unwrap_or_else(PoisonError::into_inner);
            folder.prepare(&shared.place, &wanted, shared.user)
        })
        .await?;
        let (runtime, order, session) = (self.clone(), order.clone(), session.clone());
        let cancel = CancellationToken::new();
        let is_over = cancel.clone();
        self.shared.works.begin(&session, Doing::Making(cancel), async move {
            let made = is_over.run_until_cancelled(runtime.make(&order, &record)).await;
            match made {
                None | Some(Ok(())) => None,
                Some(Err(Trouble::Passing(held))) => {
                    warn!(session.id = %order.labels.session, reason = held.reason.code(), detail = %held.detail, "Session was not made yet");
                    Some(held)
                }
                Some(Err(Trouble::Final(reason, detail))) => {
                    let folder = runtime.folder(&order.labels.session);
                    let written = blocking::run(move || folder.mark_failed(reason, &detail)).await;
                    if let Err(error) = written {
                        warn!(session.id = %order.labels.session, error = %error, "A failure could not be written down");
                    }
                    None
                }
            }
        });
        Ok(())
    }

    async fn make(&self, order: &WorkloadOrder, record: &Record) -> Result<(), Trouble> {
        let folder = self.folder(&order.labels.session);
        let (settings, user) = (&self.shared.settings, self.shared.user);
        let stage = Stage { order, folder: &folder, record, settings, user };
        make::fetch_images(&self.shared.client, &stage).await?;
        let docker = self.shared.client.get().await?;
        make::start(&docker, &stage).await
    }

    /// Removes a session in a task of its own, unless one is doing it already.
    fn begin_removal(&self, session: &SessionId) {
        let (runtime, session) = (self.clone(), session.clone());
        self.shared.works.begin(&session.clone(), Doing::Removing, async move {
            match runtime.remove_one(&session).await {
                Ok(()) => info!(session.id = %session, "Workload removed"),
                Err(error) => warn!(session.id = %session, error = %error, "Workload could not be removed yet"),
            }
            None
        });
    }

    async fn remove_one(&self, session: &SessionId) -> Result<(), PortError> {
        let docker = self.shared.client.get().await.map_err(failure::port)?;
        remove::containers(&docker, session).await.map_err(failure::port)?;
        let folder = self.folder(session);
        Ok(blocking::run(move || folder.remove()).await?)
    }

    async fn observe_one(&self, session: &SessionId) -> Result<Observed, PortError> {
        let folder = self.folder(session);
        if folder.is_ending() {
            self.begin_removal(session);
            return Ok(Observed::Ending);
        }
        let record = self.record(&folder).await?;
        let docker = self.docker().await?;
        let (screen, app) = (labels::screen(session), labels::app(session));
        let found = tokio::try_join!(inspect(&docker, &screen), inspect(&docker, &app));
        let (screen_found, app_found) = found.map_err(failure::port)?;
        let Some(record) = record else {
            return Ok(if self.shared.works.is_removing(session) {
                Observed::Ending
            } else if screen_found.is_none() && app_found.is_none() {
                Observed::Absent
            } else {
                observe::broken(Reason::WorkloadLost, "Its folder in the data directory is gone.".to_owned())
            });
        };
        if let Some(breakage) = folder.failure() {
            return Ok(Observed::Broken(breakage));
        }
        let stands = (observe::stand(screen_found.as_ref()), observe::stand(app_found.as_ref()));
        match observe::judge(&app, stands.0, stands.1, record.is_shown()) {
            Observed::Broken(mut breakage) => {
                breakage.output = observe::output(&docker, &app).await;
                Ok(Observed::Broken(breakage))
            }
            Observed::Partial if self.shared.works.is_making(session) => {
                let has_screen = screen_found.is_some();
                let detail = if has_screen { "starting its containers" } else { "fetching the image" }.to_owned();
                let cause = if has_screen { Reason::DisplayFailed } else { Reason::ImagePullFailed };
                Ok(Observed::Starting { detail, cause: Some(cause) })
            }
            other => Ok(other),
        }
    }

    async fn list_all(&self) -> Result<Vec<Workload>, PortError> {
        let docker = self.docker().await?;
        let place = self.shared.place.clone();
        let folders = blocking::run(move || folder::all(&place)).await?;
        let mut found: Vec<Labels> = Vec::new();
        for folder in folders {
            match self.record(&folder).await? {
                Some(record) => found.push(record.labels()?),
                None => debug!("A folder without a record is on its way out"),
            }
        }
        let ours =
            ListContainersOptionsBuilder::new().all(true).filters(&labels::filter(&self.shared.place.id)).build();
        for listed in docker.list_containers(Some(ours)).await.map_err(failure::port)? {
            let said = listed.labels.as_ref().and_then(labels::read);
            // What has a folder is what its folder says.
            found.extend(said.filter(|said| found.iter().all(|it| it.session != said.session)));
        }
        let mut all = Vec::new();
        for labels in found {
            let observed = self.observe_one(&labels.session).await?;
            if observed != Observed::Absent {
                all.push(Workload { labels, observed });
            }
        }
        Ok(all)
    }

    /// Whose a session is: its folder says it, or where that is gone its containers.
    async fn owner(&self, session: &SessionId) -> Result<Option<Labels>, PortError> {
        if let Some(record) = self.record(&self.folder(session)).await? {
            return Ok(Some(record.labels()?));
        }
        let docker = self.docker().await?;
        for name in [labels::app(session), labels::screen(session)] {
            let found = inspect(&docker, &name).await.map_err(failure::port)?;
            if let Some(found) = found {
                return Ok(found.config.and_then(|it| it.labels).as_ref().and_then(labels::read));
            }
        }
        Ok(None)
    }

    async fn delete_one(&self, labels: &Labels) -> Result<(), PortError> {
        let session = &labels.session;
        match self.owner(session).await? {
            None => return Ok(()),
            Some(owner) if owner == *labels => {}
            Some(_) => return Err(PortError::Conflict),
        }
        let folder = self.folder(session);
        blocking::run(move || if folder.file("record.json").exists() { folder.mark_ending() } else { Ok(()) }).await?;
        self.begin_removal(session);
        Ok(())
    }

    async fn open_one(&self, session: &SessionId) -> Result<Endpoint, PortError> {
        match (self.observe_one(session).await?, self.record(&self.folder(session)).await?) {
            (Observed::Ready { .. }, Some(record)) => Ok(record.endpoint()),
            _ => Err(LocalError::NotReady.into()),
        }
    }

    /// The session that an engine's event is about.
    fn session_of(event: EventMessage) -> Option<SessionId> {
        let attributes = event.actor?.attributes?;
        SessionId::new(attributes.get(labels::SESSION)?.clone()).ok()
    }

    async fn watch_engine(&self, wake: &Wake) {
        loop {
            if let Ok(docker) = self.shared.client.get().await {
                let options = EventsOptionsBuilder::new().filters(&labels::filter(&self.shared.place.id)).build();
                let mut events = std::pin::pin!(docker.events(Some(options)));
                while let Some(Ok(event)) = events.next().await {
                    if let Some(session) = Self::session_of(event) {
                        wake(session);
                    }
                }
            }
            debug!("Engine's events ended; listening again");
            sleep(BEGIN_AGAIN).await;
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
