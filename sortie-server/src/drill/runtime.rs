//! A place where nothing runs: workloads are ready as soon as they are ordered, and gone as soon as they are not wanted.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    spec::Spec,
    workload::{Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::sync::watch;

/// See the module.
pub(super) struct SimulatedRuntime {
    place: PlaceId,
    workloads: Mutex<HashMap<SessionId, Labels>>,
    changed: watch::Sender<Option<SessionId>>,
}

impl SimulatedRuntime {
    /// An empty place.
    pub(super) fn new(place: PlaceId) -> Self {
        Self { place, workloads: Mutex::default(), changed: watch::Sender::new(None) }
    }

    fn change<T>(&self, session: &SessionId, change: impl FnOnce(&mut HashMap<SessionId, Labels>) -> T) -> T {
        let done = change(&mut self.workloads.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.send_replace(Some(session.clone()));
        done
    }

    fn seen(labels: Option<&Labels>) -> Observed {
        match labels {
            None => Observed::Absent,
            Some(labels) => Observed::Ready { name: format!("simulated-{}", labels.session), address: None },
        }
    }
}

impl Runtime for SimulatedRuntime {
    fn place(&self) -> &PlaceId {
        &self.place
    }

    fn condition(&self) -> Condition {
        Condition { kind: "simulated", problems: Vec::new(), limits: Vec::new() }
    }

    fn refusal(&self, _spec: &Spec) -> Option<Refusal> {
        None
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        let workloads = self.workloads.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = workloads.values().map(|it| Workload { labels: it.clone(), observed: Self::seen(Some(it)) });
        let listed = Ok(listed.collect());
        Box::pin(async { listed })
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        let observed = Self::seen(self.workloads.lock().unwrap_or_else(PoisonError::into_inner).get(session));
        Box::pin(async { Ok(observed) })
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        let labels = &order.labels;
        self.change(&labels.session, |workloads| {
            workloads.entry(labels.session.clone()).or_insert_with(|| labels.clone());
        });
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        let answer = self.change(&labels.session, |workloads| match workloads.get(&labels.session) {
            Some(other) if other != labels => Err(PortError::Conflict),
            _ => {
                workloads.remove(&labels.session);
                Ok(())
            }
        });
        Box::pin(async { answer })
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        let answer = self.change(&from.session, |workloads| match workloads.get_mut(&from.session) {
            Some(labels) if *labels == *from || *labels == *to => {
                *labels = to.clone();
                Ok(())
            }
            _ => Err(PortError::Conflict),
        });
        Box::pin(async { answer })
    }

    fn open<'a>(&'a self, _session: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(async { Err(PortError::unavailable("a simulated workload has no screen")) })
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        let mut changed = self.changed.subscribe();
        Box::pin(async move {
            while changed.changed().await.is_ok() {
                let session = changed.borrow_and_update().clone();
                if let Some(session) = session {
                    wake(session);
                }
            }
        })
    }
}
