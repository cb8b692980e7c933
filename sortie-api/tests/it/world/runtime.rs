//! A runtime whose workloads are toy displays, ready at once.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Mutex,
};

use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    session::Reason,
    spec::Spec,
    workload::{Address, Breakage, Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
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
        let count = workloads.len();
        workloads.entry(order.labels.session.clone()).or_insert_with(|| {
            let path = self.folder.join(format!("display-{count}-{}", order.labels.created_at.as_micros()));
            Running { labels: order.labels.clone(), display: Display::listen(&path), path, broken: false }
        });
        drop(workloads);
        self.changed.notify_waiters();
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        self.workloads.lock().unwrap().remove(&labels.session);
        Box::pin(async { Ok(()) })
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
            loop {
                self.changed.notified().await;
                let sessions: Vec<SessionId> = self.workloads.lock().unwrap().keys().cloned().collect();
                for session in sessions {
                    wake(session);
                }
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
