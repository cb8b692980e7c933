//! A runtime whose world the test writes. It keeps the promises of every runtime.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use sortie_core::{
    app::EgressPolicy,
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    session::Reason,
    spec::Spec,
    workload::{Address, Breakage, Condition, Endpoint, Held, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::sync::Notify;

static PLACE: LazyLock<PlaceId> = LazyLock::new(|| PlaceId::new("stage").expect("a legal id"));

/// What happens to new workloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// They are ready at once.
    #[default]
    Quick,
    /// They start and never get ready.
    Slow,
    /// They are refused for good.
    Refusing,
    /// Making them fails, as if the engine were away.
    Away,
    /// Making them is held up by a full quota.
    Full,
    /// Nobody can see what they look like.
    Unseen,
}

#[derive(Debug, Default)]
struct World {
    mood: Mood,
    workloads: HashMap<SessionId, (Labels, Observed)>,
    /// Deleted workloads stay as ending until they are let go.
    lingering: bool,
    created: Vec<SessionId>,
    deleted: Vec<SessionId>,
    guarded: Vec<(SessionId, Option<EgressPolicy>)>,
}

/// See the module. It outlives every server of a test.
#[derive(Debug, Default)]
pub(crate) struct TestRuntime {
    world: Mutex<World>,
    /// Present where changes are told. The flows go without, since they must work by looking again.
    hints: Option<Notify>,
}

impl TestRuntime {
    pub(crate) fn telling() -> Self {
        Self { hints: Some(Notify::new()), ..Self::default() }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        if let Some(hints) = &self.hints {
            hints.notify_waiters();
        }
    }

    pub(crate) fn mood(&self, mood: Mood) {
        self.world().mood = mood;
    }

    pub(crate) fn linger(&self, lingering: bool) {
        let mut world = self.world();
        world.lingering = lingering;
        if !lingering {
            world.workloads.retain(|_, (_, observed)| *observed != Observed::Ending);
        }
    }

    /// The app of a session ends by itself.
    pub(crate) fn exit(&self, session: &SessionId) {
        let broken = Observed::Broken(Breakage {
            reason: Reason::AppExited,
            detail: "xterm ended with status 3".to_owned(),
            output: vec!["boom".to_owned()],
        });
        if let Some((_, observed)) = self.world().workloads.get_mut(session) {
            *observed = broken;
        }
    }

    /// A workload vanishes without a trace.
    pub(crate) fn vanish(&self, session: &SessionId) {
        self.world().workloads.remove(session);
    }

    /// A workload that no row knows of.
    pub(crate) fn plant(&self, labels: Labels) {
        let ready = Observed::Ready { name: "planted".to_owned(), address: None };
        self.world().workloads.insert(labels.session.clone(), (labels, ready));
    }

    pub(crate) fn living(&self) -> Vec<SessionId> {
        self.world().workloads.keys().cloned().collect()
    }

    pub(crate) fn labels(&self, session: &SessionId) -> Option<Labels> {
        self.world().workloads.get(session).map(|(labels, _)| labels.clone())
    }

    pub(crate) fn created(&self) -> Vec<SessionId> {
        self.world().created.clone()
    }

    /// What was asked to be obeyed, in order.
    pub(crate) fn guarded(&self, session: &SessionId) -> Vec<Option<EgressPolicy>> {
        let world = self.world();
        world.guarded.iter().filter(|it| it.0 == *session).map(|it| it.1.clone()).collect()
    }

    pub(crate) fn deleted(&self) -> Vec<SessionId> {
        self.world().deleted.clone()
    }
}

impl Runtime for TestRuntime {
    fn place(&self) -> &PlaceId {
        &PLACE
    }

    fn condition(&self) -> Condition {
        Condition { kind: "stage", problems: Vec::new(), limits: Vec::new() }
    }

    fn refusal(&self, spec: &Spec) -> Option<Refusal> {
        (spec.command.first()? == "missing").then(|| Refusal {
            code: "command_missing".to_owned(),
            message: "missing is not installed on this server".to_owned(),
        })
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        let world = self.world();
        let workload =
            |(labels, observed): &(Labels, Observed)| Workload { labels: labels.clone(), observed: observed.clone() };
        let all: Vec<_> = world.workloads.values().map(workload).collect();
        Box::pin(async { Ok(all) })
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        if self.world().mood == Mood::Unseen {
            return Box::pin(async { Err(PortError::unavailable("nobody answers")) });
        }
        let found = self.world().workloads.get(session).map(|(_, observed)| observed.clone());
        Box::pin(async { Ok(found.unwrap_or(Observed::Absent)) })
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        let mut world = self.world();
        let session = order.labels.session.clone();
        let made = match world.mood {
            Mood::Quick => Ok(Observed::Ready { name: format!("w-{session}"), address: Some("::1".to_owned()) }),
            Mood::Slow => Ok(Observed::Starting { detail: "pulling".to_owned(), cause: None }),
            Mood::Refusing => Err(PortError::Rejected("this can never run".to_owned())),
            Mood::Away | Mood::Unseen => Err(PortError::unavailable("the engine is away")),
            Mood::Full => {
                Err(PortError::unavailable(Held { reason: Reason::QuotaExceeded, detail: "10 of 10".to_owned() }))
            }
        };
        let answer = made.map(|observed| {
            world.created.push(session.clone());
            world.workloads.entry(session).or_insert((order.labels.clone(), observed));
        });
        drop(world);
        self.tell();
        Box::pin(async { answer })
    }

    fn guard<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        self.world().guarded.push((order.labels.session.clone(), order.spec.egress.clone()));
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        let mut world = self.world();
        if world.workloads.get(&labels.session).is_some_and(|(found, _)| found != labels) {
            return Box::pin(async { Err(PortError::Conflict) });
        }
        world.deleted.push(labels.session.clone());
        let lingering = world.lingering;
        if let Some((_, observed)) = world.workloads.get_mut(&labels.session) {
            *observed = Observed::Ending;
        }
        if !lingering {
            world.workloads.remove(&labels.session);
        }
        drop(world);
        self.tell();
        Box::pin(async { Ok(()) })
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        let mut world = self.world();
        let answer = match world.workloads.get_mut(&from.session) {
            Some((found, _)) if found == from || found == to => {
                *found = to.clone();
                Ok(())
            }
            _ => Err(PortError::Conflict),
        };
        Box::pin(async { answer })
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint> {
        let ready = matches!(self.world().workloads.get(session), Some((_, Observed::Ready { .. })));
        let address = Address::Unix(PathBuf::from("/nowhere"));
        Box::pin(async move {
            if ready {
                Ok(Endpoint { address, password: None, view_only_password: None })
            } else {
                Err(PortError::unavailable("it is not ready"))
            }
        })
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(hints) = &self.hints else { return std::future::pending().await };
            let mut known: Vec<SessionId> = Vec::new();
            loop {
                let told = hints.notified();
                let now = self.living();
                known.iter().chain(&now).for_each(|it| wake(it.clone()));
                known = now;
                told.await;
            }
        })
    }
}
