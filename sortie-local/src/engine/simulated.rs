//! An engine that is a few lists in memory: nothing runs. It keeps the same promises as a real one, so that a target can be
//! tried out where there is no engine. Whoever asks which engine it is, is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sortie_core::{
    id::InstallationId,
    port::{
        BoxFuture, Engine, PortResult,
        engine::{Done, DownloadedImage, EngineIdentity, LogLine, StepError, WakeAll},
    },
    services::{
        Cause, Failure, Seen, Step,
        config::{Port, Probe},
        seen::{Container, ContainerState, Health, Owned},
        step::Order,
    },
    time::Timestamp,
};
use tokio::sync::Notify;

/// Images of these registries do not exist (RFC 6761 keeps the name free).
const NOWHERE: &str = ".invalid/";

/// The simulation. Clones are doors to the same engine, each for the installation that it was made with.
#[derive(Clone)]
pub struct SimulatedEngine {
    installation: InstallationId,
    world: Arc<World>,
}

#[derive(Default)]
struct World {
    lists: Mutex<Lists>,
    changed: Notify,
}

/// Everything with the installation whose it is.
#[derive(Default)]
struct Lists {
    containers: Vec<(InstallationId, Container, Vec<Port>)>,
    volumes: BTreeMap<String, (InstallationId, Owned)>,
    networks: BTreeMap<String, (InstallationId, Owned)>,
    images: BTreeSet<String>,
    made: u64,
}

impl SimulatedEngine {
    /// An engine that holds nothing.
    pub fn new(installation: InstallationId) -> Self {
        Self { installation, world: Arc::default() }
    }

    /// Another installation's door to the same engine.
    #[must_use]
    pub fn for_installation(&self, installation: InstallationId) -> Self {
        Self { installation, world: Arc::clone(&self.world) }
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.world.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self, images: &[String]) -> Seen {
        let lists = self.lists();
        let mine = |(installation, owned): &(InstallationId, Owned)| {
            (*installation == self.installation).then(|| owned.clone())
        };
        Seen {
            containers: lists
                .containers
                .iter()
                .filter(|(installation, ..)| *installation == self.installation)
                .map(|(_, container, _)| container.clone())
                .collect(),
            volumes: lists.volumes.values().filter_map(mine).collect(),
            networks: lists.networks.values().filter_map(mine).collect(),
            images: images.iter().filter(|it| lists.images.contains(*it)).cloned().collect(),
            downloaded: BTreeSet::new(),
        }
    }

    fn act(&self, step: &Step) -> Result<Done, Failure> {
        let mut lists = self.lists();
        let mine = &self.installation;
        match step {
            Step::DownloadImage { image, .. } => return lists.download(image),
            Step::CreateVolume { app, name } => {
                let owned = Owned { app: *app, name: name.clone() };
                claim(&mut lists.volumes, mine, owned, "volume")?;
            }
            Step::CreateNetwork { app, name } => {
                let owned = Owned { app: *app, name: name.clone() };
                claim(&mut lists.networks, mine, owned, "network")?;
            }
            Step::StopContainer { container, .. } => {
                if let Some(it) = lists.container(mine, container)
                    && it.is_up()
                {
                    it.state = ContainerState::Exited(0);
                }
            }
            Step::RemoveContainer { container, .. } => {
                if lists.container(mine, container).is_some_and(|it| it.is_up()) {
                    return Err(Failure::new(Cause::EngineFailed, "the container runs"));
                }
                lists.containers.retain(|(installation, it, _)| installation != mine || it.id != *container);
            }
            Step::StartContainer { order, existing } => lists.start(mine, order, existing.as_deref())?,
            Step::RemoveNetwork { name, .. } => {
                if lists.containers.iter().any(|(_, it, _)| it.networks.contains(name)) {
                    return Err(Failure::new(Cause::EngineFailed, "the network is in use"));
                }
                release(&mut lists.networks, mine, name);
            }
            Step::RemoveVolume { name, .. } => release(&mut lists.volumes, mine, name),
            Step::RemoveImage { image } => {
                if !lists.containers.iter().any(|(_, it, _)| it.image == *image) {
                    lists.images.remove(image);
                }
            }
        }
        Ok(Done::default())
    }
}

type Names = BTreeMap<String, (InstallationId, Owned)>;

fn claim(names: &mut Names, mine: &InstallationId, owned: Owned, kind: &str) -> Result<(), Failure> {
    match names.get(&owned.name) {
        Some((other, _)) if other != mine => {
            let message = format!("there is a {kind} {:?} that Sortie did not make", owned.name);
            Err(Failure::new(Cause::NameTaken, message))
        }
        Some(_) => Ok(()),
        None => {
            names.insert(owned.name.clone(), (mine.clone(), owned));
            Ok(())
        }
    }
}

fn release(names: &mut Names, mine: &InstallationId, name: &str) {
    if names.get(name).is_some_and(|(installation, _)| installation == mine) {
        names.remove(name);
    }
}

impl Lists {
    fn container(&mut self, mine: &InstallationId, id: &str) -> Option<&mut Container> {
        let wanted = |(installation, it, _): &&mut (InstallationId, Container, Vec<Port>)| {
            installation == mine && (it.id == id || it.name == id)
        };
        self.containers.iter_mut().find(wanted).map(|(_, it, _)| it)
    }

    fn download(&mut self, image: &str) -> Result<Done, Failure> {
        if image.contains(NOWHERE) {
            let message = format!("{image} cannot be fetched: the simulation has no such image");
            return Err(Failure::new(Cause::ImageNotFound, message));
        }
        if !self.images.insert(image.to_owned()) {
            return Ok(Done::default());
        }
        Ok(Done { image: Some(DownloadedImage { id: format!("simulated:{image}"), size: 0 }) })
    }

    fn start(&mut self, mine: &InstallationId, order: &Order, existing: Option<&str>) -> Result<(), Failure> {
        let now = now();
        if self.container(mine, existing.unwrap_or(&order.name)).is_none() {
            if existing.is_some() || self.containers.iter().any(|(_, it, _)| it.name == order.name) {
                let message = format!("there is a container {:?} that Sortie did not make", order.name);
                return Err(Failure::new(Cause::NameTaken, message));
            }
            if !self.images.contains(&order.config.image) {
                return Err(Failure::new(Cause::ImageNotFound, format!("no such image: {}", order.config.image)));
            }
            self.made += 1;
            let container = made(order, format!("simulated-{}", self.made));
            self.containers.push((mine.clone(), container, order.config.ports.clone()));
        }
        let is_taken = |(_, it, ports): &(InstallationId, Container, Vec<Port>)| {
            it.is_up()
                && it.name != order.name
                && ports.iter().any(|port| order.config.ports.iter().any(|own| clash(own, port)))
        };
        if self.containers.iter().any(is_taken) {
            return Err(Failure::new(Cause::PortInUse, "a port of the machine is in use"));
        }
        if let Some(it) = self.container(mine, existing.unwrap_or(&order.name))
            && it.state != ContainerState::Running
        {
            it.state = ContainerState::Running;
            it.started_at = Some(now);
        }
        Ok(())
    }
}

fn clash(one: &Port, other: &Port) -> bool {
    one.host == other.host && one.udp == other.udp
}

fn made(order: &Order, id: String) -> Container {
    Container {
        id,
        name: order.name.clone(),
        key: order.key,
        app_name: order.app_name.clone(),
        service_name: order.service_name.clone(),
        image: order.config.image.clone(),
        fingerprint: order.fingerprint.clone(),
        state: ContainerState::Created,
        started_at: None,
        restarts: 0,
        networks: order.networks(),
        health: Health::Unasked,
    }
}

#[expect(clippy::disallowed_methods, reason = "an engine stamps its containers with a clock of its own")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

impl Engine for SimulatedEngine {
    fn identify(&self) -> PortResult<'_, EngineIdentity> {
        let id = format!("simulated:{}", self.installation);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Box::pin(async move { Ok(EngineIdentity { id, kind: "simulated", version, limits: Vec::new() }) })
    }

    fn observe<'a>(&'a self, images: &'a [String]) -> PortResult<'a, Seen> {
        Box::pin(async move { Ok(self.seen(images)) })
    }

    fn perform<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<Done, StepError>> {
        Box::pin(async move {
            let done = self.act(step).map_err(StepError::Failed);
            self.world.changed.notify_waiters();
            done
        })
    }

    fn probe<'a>(&'a self, container: &'a str, _: &'a Probe) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let runs = self.lists().container(&self.installation, container).is_some_and(|it| it.is_up());
            if runs { Ok(()) } else { Err("the container does not run".to_owned()) }
        })
    }

    fn logs<'a>(&'a self, container: &'a str, limit: u32) -> PortResult<'a, Vec<LogLine>> {
        Box::pin(async move {
            let found = self.lists().container(&self.installation, container).map(|it| it.started_at);
            let Some(started) = found else { return Ok(Vec::new()) };
            let text = "simulated: no container runs; set USE_REAL_DOCKER=true for a real engine".to_owned();
            let line = LogLine { at: started.unwrap_or(now()), is_error: false, text };
            Ok(if limit == 0 { Vec::new() } else { vec![line] })
        })
    }

    fn watch(&self, wake: WakeAll, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                self.world.changed.notified().await;
                wake();
            }
        })
    }
}
