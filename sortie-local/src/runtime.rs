//! The port `Runtime` on one machine.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use rustix::fs::FlockOperation;
use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    secret::Secret,
    spec::Spec,
    workload::{Address, Condition, Endpoint, Labels, LimitReport, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::{
    blocking,
    create::Maker,
    disk,
    error::{LocalError, Outcome},
    folder::{Folder, Phase},
    limits::Cgroups,
    list, names, observe,
    place::{self, Place},
    probe,
    record::Record,
    refusal, removal,
    settings::Settings,
    watch,
};

/// Runs workloads as sandboxed processes of this machine. Clones share everything.
///
/// It keeps nothing in memory that a new one could not read from the disk: dropping it, or killing its process, ends no
/// workload.
#[derive(Clone, Debug)]
pub struct LocalRuntime {
    maker: Maker,
    condition: Arc<RwLock<Condition>>,
    removals: Arc<Mutex<HashSet<SessionId>>>,
    tasks: TaskTracker,
}

impl LocalRuntime {
    /// Opens the place in the settings' data directory and finds out with a real trial what this machine can do. Needs a tokio
    /// runtime with time and I/O; takes some tenths of a second.
    ///
    /// A machine that cannot run workloads is no error: see [`Runtime::condition`]. A data directory that cannot be used is.
    pub async fn start(settings: Settings) -> Result<Self, LocalError> {
        let runtime = Self::open(settings).await?;
        runtime.probe().await;
        Ok(runtime)
    }

    /// The same without the trial: [`Runtime::condition`] knows of no problems until [`LocalRuntime::probe`] was called. For
    /// servers that answer before the trial is over.
    pub async fn open(settings: Settings) -> Result<Self, LocalError> {
        let maker = blocking::run(move || {
            let place = Place::open(&settings.data_dir)?;
            removal::clear_leftovers(&place.workloads())?;
            let cgroups =
                Cgroups::find(&format!("sortie-{}", names::hash(place.id.as_str(), 6)), settings.cgroup.as_deref());
            Ok(Maker { place, settings, cgroups })
        })
        .await?;
        let mut limits = maker.cgroups.report();
        limits.push(LimitReport { name: "disk", enforced: maker.settings.home_limit.is_some() });
        let condition = Condition { kind: "local", problems: Vec::new(), limits };
        Ok(Self {
            maker,
            condition: Arc::new(RwLock::new(condition)),
            removals: Arc::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// Runs the trial again, and answers with what was found. Later calls of [`Runtime::condition`] answer with it too.
    pub async fn probe(&self) -> Condition {
        let problems = probe::examine(&self.maker).await;
        let is_slow = problems.iter().any(|it| it.code == probe::TIMED_OUT);
        if is_slow && self.list_all().await.is_ok_and(|it| !it.is_empty()) {
            warn!("A trial took too long beside running workloads: the machine is busy, not unable");
            return Runtime::condition(self);
        }
        for problem in &problems {
            warn!(code = %problem.code, problem = %problem.message, "This machine cannot run apps");
        }
        let mut condition = self.condition.write().unwrap_or_else(PoisonError::into_inner);
        condition.problems = problems;
        condition.clone()
    }

    /// Waits until the removals that are under way are over, for an orderly end. They would be found again anyway.
    pub async fn finish_removals(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    fn folder(&self, session: &SessionId) -> Folder {
        Folder::new(self.maker.place.workload(session))
    }

    /// Removes a workload in a task of its own, unless one is doing it already.
    fn begin_removal(&self, session: SessionId) {
        if !self.removals().insert(session.clone()) {
            return;
        }
        let runtime = self.clone();
        self.tasks.spawn(async move {
            match removal::remove(runtime.folder(&session)).await {
                Ok(()) => info!(session.id = %session, "Workload removed"),
                Err(error) => warn!(session.id = %session, error = %error, "Workload could not be removed yet"),
            }
            runtime.removals().remove(&session);
        });
    }

    fn removals(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.removals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn list_all(&self) -> Outcome<Vec<Workload>> {
        let workloads = self.maker.place.workloads();
        let found = blocking::run(move || list::read(&workloads)).await?;
        let mut observing = JoinSet::new();
        for it in found {
            if it.phase == Phase::Ending {
                // It was ordered before a server died: the order still stands.
                self.begin_removal(it.labels.session.clone());
            }
            observing.spawn(async move {
                let observed = observe::observe(it.folder).await?;
                Ok(Workload { labels: it.labels, observed })
            });
        }
        let mut all = Vec::new();
        for workload in observing.join_all().await {
            let workload: Workload = workload?;
            if workload.observed != Observed::Absent {
                all.push(workload);
            }
        }
        Ok(all)
    }

    async fn observe_one(&self, session: &SessionId) -> Outcome<Observed> {
        let observed = observe::observe(self.folder(session)).await?;
        if observed == Observed::Ending {
            self.begin_removal(session.clone());
        }
        Ok(observed)
    }

    async fn create_one(&self, order: &WorkloadOrder) -> Outcome<()> {
        if let Some(refusal) = self.refusal(&order.spec) {
            return Err(LocalError::Refused(refusal.message));
        }
        let (maker, order) = (self.maker.clone(), order.clone());
        blocking::run(move || maker.create(&order)).await
    }

    async fn delete_one(&self, labels: &Labels) -> Outcome<()> {
        let folder = self.folder(&labels.session);
        let expected = labels.clone();
        let is_there = blocking::run(move || {
            let Some(record) = Record::read(folder.path())? else { return Ok(false) };
            // A record that was read has legal labels.
            if record.labels().is_ok_and(|it| it == expected) {
                folder.mark_ending()?;
                Ok(true)
            } else {
                Err(LocalError::Foreign)
            }
        })
        .await?;
        if is_there {
            self.begin_removal(labels.session.clone());
        }
        Ok(())
    }

    async fn relabel_one(&self, from: &Labels, to: &Labels) -> Outcome<()> {
        let (folder, workloads) = (self.folder(&from.session), self.maker.place.workloads());
        let (from, to) = (from.clone(), to.clone());
        blocking::run(move || {
            // The workload's own lock is held by its processes: the one of making stands for it.
            let _making = place::lock(&workloads.join(".making"), FlockOperation::LockExclusive)?;
            let record = match folder.phase()? {
                Phase::Absent | Phase::Ending => None,
                Phase::Starting | Phase::Shown | Phase::Ended | Phase::Blind | Phase::Lost => {
                    Record::read(folder.path())?
                }
            };
            let record = record.ok_or(LocalError::Foreign)?;
            match record.labels() {
                Ok(found) if found == to => Ok(()),
                Ok(found) if found == from => record.relabelled(&to).write(folder.path()),
                // A record that was read has legal labels.
                Ok(_) | Err(_) => Err(LocalError::Foreign),
            }
        })
        .await
    }

    async fn open_one(&self, session: &SessionId) -> Outcome<Endpoint> {
        let folder = self.folder(session);
        blocking::run(move || {
            let record = match folder.phase()? {
                Phase::Shown => Record::read(folder.path())?,
                Phase::Absent | Phase::Starting | Phase::Ended | Phase::Blind | Phase::Lost | Phase::Ending => None,
            };
            let record = record.ok_or(LocalError::NotReady)?;
            Ok(Endpoint {
                address: Address::Unix(record.rfb_socket()),
                password: Some(Secret::new(record.password)),
                view_only_password: Some(Secret::new(record.view_only_password)),
            })
        })
        .await
    }
}

impl Runtime for LocalRuntime {
    fn place(&self) -> &PlaceId {
        &self.maker.place.id
    }

    fn condition(&self) -> Condition {
        self.condition.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refusal(&self, spec: &Spec) -> Option<Refusal> {
        let problem = self.condition.read().unwrap_or_else(PoisonError::into_inner).problems.first().cloned();
        problem.or_else(|| refusal::of(spec, &self.maker.settings))
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        Box::pin(async { self.list_all().await.map_err(PortError::from) })
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        Box::pin(async { self.observe_one(session).await.map_err(PortError::from) })
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(async { self.create_one(order).await.map_err(PortError::from) })
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { self.delete_one(labels).await.map_err(PortError::from) })
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { self.relabel_one(from, to).await.map_err(PortError::from) })
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(async { self.open_one(session).await.map_err(PortError::from) })
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        let workloads = self.maker.place.workloads();
        let settings = &self.maker.settings;
        let changes = watch::run(workloads.clone(), wake);
        let Some(limit) = settings.home_limit else { return Box::pin(changes) };
        let homes = disk::watch(workloads, limit, settings.home_look);
        Box::pin(async {
            tokio::join!(changes, homes);
        })
    }
}
