//! A runtime whose workloads are toy displays, ready at once. It keeps the promises of every runtime (see the tests at the
//! end of the file).

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    session::Reason,
    spec::Spec,
    workload::{Address, Breakage, Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use sortie_testkit::contract::runtime as contract;
use tokio::sync::Notify;

use super::display::Display;

struct Running {
    labels: Labels,
    display: Display,
    path: PathBuf,
    broken: bool,
}

/// See the module.
pub(crate) struct ToyRuntime {
    place: PlaceId,
    folder: PathBuf,
    workloads: Mutex<HashMap<SessionId, Running>>,
    changed: Notify,
    made: AtomicUsize,
    /// A session whose observation panics the one who asks for its stream.
    panic_on_open: Mutex<bool>,
}

impl ToyRuntime {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            place: PlaceId::new("toy").unwrap(),
            folder: folder.to_owned(),
            workloads: Mutex::default(),
            changed: Notify::new(),
            made: AtomicUsize::new(0),
            panic_on_open: Mutex::new(false),
        }
    }

    /// The app dies by itself.
    pub(crate) fn kill(&self, session: &str) {
        let session = SessionId::new(session).unwrap();
        let mut workloads = self.workloads.lock().unwrap();
        let running = workloads.get_mut(&session).unwrap();
        running.broken = true;
        drop(workloads);
        self.changed.notify_waiters();
    }

    /// Bytes that viewers of a session sent to its display.
    pub(crate) fn received(&self, session: &str) -> usize {
        self.workloads.lock().unwrap()[&SessionId::new(session).unwrap()].display.received()
    }

    /// From now on a bug: every look at what can be run panics.
    pub(crate) fn panic_from_now_on(&self) {
        *self.panic_on_open.lock().unwrap() = true;
    }
}

impl Runtime for ToyRuntime {
    fn place(&self) -> &PlaceId {
        &self.place
    }

    fn condition(&self) -> Condition {
        assert!(!*self.panic_on_open.lock().unwrap(), "a bug, on purpose: canary-panic");
        Condition { kind: "local", problems: Vec::new(), limits: Vec::new() }
    }

    fn refusal(&self, spec: &Spec) -> Option<Refusal> {
        spec.command
            .is_empty()
            .then(|| Refusal { code: "command_missing".to_owned(), message: "The app names no command.".to_owned() })
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        let workloads = self.workloads.lock().unwrap();
        let listed = workloads.values().map(|it| Workload { labels: it.labels.clone(), observed: seen(Some(it)) });
        let listed = Ok(listed.collect());
        Box::pin(async { listed })
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        let observed = seen(self.workloads.lock().unwrap().get(session));
        Box::pin(async { Ok(observed) })
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        let mut workloads = self.workloads.lock().unwrap();
        workloads.entry(order.labels.session.clone()).or_insert_with(|| {
            let path = self.folder.join(format!("display-{}", self.made.fetch_add(1, Ordering::Relaxed)));
            Running { labels: order.labels.clone(), display: Display::listen(&path), path, broken: false }
        });
        drop(workloads);
        self.changed.notify_waiters();
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        let mut workloads = self.workloads.lock().unwrap();
        if workloads.get(&labels.session).is_some_and(|it| it.labels != *labels) {
            return Box::pin(async { Err(PortError::Conflict) });
        }
        workloads.remove(&labels.session);
        drop(workloads);
        self.changed.notify_waiters();
        Box::pin(async { Ok(()) })
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        let answer = match self.workloads.lock().unwrap().get_mut(&from.session) {
            Some(running) if running.labels == *from || running.labels == *to => {
                running.labels = to.clone();
                Ok(())
            }
            _ => Err(PortError::Conflict),
        };
        Box::pin(async { answer })
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint> {
        let path = self.workloads.lock().unwrap().get(session).map(|it| it.path.clone());
        Box::pin(async {
            let path = path.ok_or_else(|| PortError::unavailable("no such workload"))?;
            Ok(Endpoint { address: Address::Unix(path), password: None, view_only_password: None })
        })
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut known: Vec<SessionId> = Vec::new();
            loop {
                let changed = self.changed.notified();
                let now: Vec<SessionId> = self.workloads.lock().unwrap().keys().cloned().collect();
                known.iter().chain(&now).for_each(|it| wake(it.clone()));
                known = now;
                changed.await;
            }
        })
    }
}

fn seen(running: Option<&Running>) -> Observed {
    match running {
        None => Observed::Absent,
        Some(running) if running.broken => Observed::Broken(Breakage {
            reason: Reason::AppExited,
            detail: "The app ended with exit code 3.".to_owned(),
            output: vec!["last words".to_owned()],
        }),
        Some(running) => Observed::Ready { name: running.labels.session.to_string(), address: None },
    }
}

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() -> anyhow::Result<()> {
            let folder = tempfile::tempdir()?;
            let runtime = ToyRuntime::new(folder.path());
            let order = contract::order(runtime.place(), "session-1", &["sleep", "3600"])?;
            contract::$name(&runtime, &order).await
        }
    )*};
}

sortie_testkit::runtime_contract!(promises);
