//! The machine's services: a target is written down, the engine is changed to match, what it shows is written back.
//!
//! One loop for one engine, under a lease, the same as for sessions (`controller`). Each pass reads target and engine afresh, plans,
//! and lays out every app's steps for a worker of their own: a slow app holds up nobody else, and is not planned again before its
//! steps have ended.

mod ask;
mod by_hand;
mod change;
mod health;
mod lease;
mod manual;
mod pass;
mod secrets;
mod settings;
mod steps;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sortie_core::{
    port::{BoxFuture, Engine, Sealer, ServiceSecretStore, ServiceStore, engine::EngineIdentity},
    services::{AppNumber, Memory, Plan, Rules, Seen},
    time::Timestamp,
};
use tokio::task::JoinSet;
use tracing::{Span, error, info, info_span, warn};

pub use self::{
    ask::{CurrentView, Operator, ServiceLog, Stored},
    change::TargetOutcome,
};
use self::{health::Healths, steps::Planned};
use crate::{
    Control, ControlError,
    controller::{self, Desk, Next, Role, Subject},
    tasks::Tasks,
};

/// How often everything is read and compared without a reason.
const RELIST: Duration = Duration::from_secs(10);
/// How soon a service that starts is looked at again.
const SOON: Duration = Duration::from_secs(1);
/// The pause after an engine's events broke off.
const WATCH_PAUSE: Duration = Duration::from_secs(2);
/// How long snapshots are kept.
const RETENTION: Duration = Duration::from_hours(24 * 90);
/// How often old ones are looked for.
const PRUNE: Duration = Duration::from_hours(1);

/// What the services need besides the other ports.
#[derive(Clone)]
pub struct ServicePorts {
    /// Targets and states at rest.
    pub store: Arc<dyn ServiceStore>,
    /// What runs containers.
    pub engine: Arc<dyn Engine>,
    /// Sealed secrets at rest.
    pub secrets: Arc<dyn ServiceSecretStore>,
    /// What seals and opens them.
    pub sealer: Arc<dyn Sealer>,
}

/// What an operator chose.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServiceSettings {
    /// How patient the planner is.
    pub rules: Rules,
    /// Whether nothing is done before somebody asks to apply.
    pub manual: bool,
    /// Whether `/api/v1` asks nobody who they are.
    pub open: bool,
}

/// The services of one machine.
pub struct Services {
    ports: ServicePorts,
    settings: ServiceSettings,
    inner: Mutex<Inner>,
    desk: Desk<Option<AppNumber>>,
    /// What the last pass laid out and no worker has begun yet.
    planned: Mutex<HashMap<Option<AppNumber>, Planned>>,
    healths: Healths,
    passes: AtomicU64,
    in_pass: AtomicBool,
}

#[derive(Default)]
struct Inner {
    identity: Option<EngineIdentity>,
    memory: Memory,
    last: Option<Last>,
    last_error: Option<String>,
    /// With the manual mode: what somebody asked to apply.
    grant: manual::Grant,
}

/// What the last pass found.
#[derive(Clone)]
struct Last {
    /// The target's snapshot that it was compared with.
    target: Option<i64>,
    seen: Seen,
    plan: Plan,
    at: Timestamp,
}

impl Services {
    fn new(ports: ServicePorts, settings: ServiceSettings) -> Self {
        Self {
            ports,
            settings,
            inner: Mutex::default(),
            desk: Desk::default(),
            planned: Mutex::default(),
            healths: Healths::default(),
            passes: AtomicU64::new(0),
            in_pass: AtomicBool::new(false),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn planned(&self) -> MutexGuard<'_, HashMap<Option<AppNumber>, Planned>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_reconciling(&self) -> bool {
        self.in_pass.load(Ordering::Acquire) || !self.planned().is_empty() || !self.desk.busy().is_empty()
    }

    /// How many passes were made.
    pub fn passes(&self) -> u64 {
        self.passes.load(Ordering::Relaxed)
    }
}

/// Where a control keeps its services, if it has any.
pub(crate) type Slot = Arc<OnceLock<Arc<Services>>>;

impl Control {
    /// Lets this server look after an engine's services. Nothing runs before [`Control::start_services`].
    pub fn with_services(&self, ports: ServicePorts, settings: ServiceSettings) {
        if self.services.set(Arc::new(Services::new(ports, settings))).is_err() {
            warn!("Services were set up already");
        }
    }

    /// Starts the loops.
    pub fn start_services(&self, tasks: &Tasks) {
        let Some(services) = self.services.get() else { return };
        for (name, run) in loops() {
            let (control, services) = (self.clone(), Arc::clone(services));
            tasks.spawn_loop(name, move || run(control.clone(), Arc::clone(&services)));
        }
        tasks.spawn("services lease", lease::give_back(self.clone(), Arc::clone(services), tasks.soft().clone()));
    }
}

type Loop = fn(Control, Arc<Services>) -> BoxFuture<'static, ()>;

fn loops() -> [(&'static str, Loop); 4] {
    [
        ("services lease", |control, services| Box::pin(lease::keep(control, services))),
        ("services", |control, services| Box::pin(controller::run(Apps { control, services }))),
        ("services watch", |_, services| Box::pin(watch(services))),
        ("services snapshots", |control, services| Box::pin(prune(control, services))),
    ]
}

async fn watch(services: Arc<Services>) {
    let woken = Arc::clone(&services);
    services.ports.engine.watch(Arc::new(move || woken.desk.compare_soon()), WATCH_PAUSE).await;
    // An engine without hints: the passes do it alone.
    std::future::pending::<()>().await;
}

async fn prune(control: Control, services: Arc<Services>) {
    loop {
        match services.ports.store.prune_snapshots(control.now().minus(RETENTION)).await {
            Ok(0) => {}
            Ok(count) => info!(count, "Old snapshots of services forgotten"),
            Err(error) => warn!(error = %error, "Old snapshots of services could not be forgotten"),
        }
        tokio::time::sleep(PRUNE).await;
    }
}

/// The apps of services on one engine.
#[derive(Clone)]
struct Apps {
    control: Control,
    services: Arc<Services>,
}

impl Subject for Apps {
    /// `None` stands for what serves no app.
    type Key = Option<AppNumber>;

    /// A slow app holds up nobody else.
    const AT_ONCE: usize = usize::MAX;

    fn desk(&self) -> &Desk<Option<AppNumber>> {
        &self.services.desk
    }

    fn monotonic(&self) -> Duration {
        self.control.monotonic()
    }

    async fn compare(&self, role: Role, aside: &mut JoinSet<()>) -> Duration {
        self.services.in_pass.store(true, Ordering::Release);
        let passed = pass::pass(&self.control, &self.services, role, aside).await;
        self.services.in_pass.store(false, Ordering::Release);
        self.services.passes.fetch_add(1, Ordering::Relaxed);
        passed.unwrap_or_else(|error| {
            failed(&self.services, &error);
            SOON * 2
        })
    }

    async fn work(&self, app: Option<AppNumber>) -> Next {
        let Some(planned) = self.services.planned().remove(&app) else { return Next::Rest };
        steps::follow(&self.control, &self.services, &planned).await;
        Next::Compare
    }

    fn span(app: &Option<AppNumber>) -> Span {
        info_span!("services", app = app.map_or(0, AppNumber::get))
    }
}

fn failed(services: &Services, error: &ControlError) {
    let said =
        if let ControlError::Unavailable { source, .. } = error { source.to_string() } else { error.to_string() };
    let mut inner = services.inner();
    // Once is enough: it fails each second while the engine is away.
    if inner.last_error.as_deref() != Some(&said) {
        error!(error = said, "Services could not be compared; the next pass tries again");
    }
    inner.last_error = Some(said);
}
