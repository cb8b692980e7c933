//! A cluster in which we may not even read the namespace of sessions: people see the catalog and are told what is missing.

use std::time::Duration;

use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortError, PortResult, Runtime, runtime::Wake},
    spec::Spec,
    workload::{Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use tracing::debug;

use crate::{client::Cluster, error::ConnectError, settings::Settings};

/// How often it is tried whether the rights have come.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Stands in for the runtime until the rights are there. Its place has a name that no namespace's uid has, and nothing is ever
/// started in it, so that nothing has to be moved when the true place is known.
pub struct Unentitled {
    namespace: String,
    place: PlaceId,
    refusal: Refusal,
}

impl Unentitled {
    /// For a [`ConnectError::Forbidden`]; `None` for every other failure.
    pub fn of(settings: &Settings, failed: &ConnectError) -> Option<Self> {
        let ConnectError::Forbidden(namespace, why) = failed else { return None };
        let message = format!(
            "Sortie may not use the namespace \"{namespace}\", where sessions go: {why}. \
             Apply deploy/kubernetes/rbac.yaml; nothing else needs to be done."
        );
        Some(Self {
            namespace: settings.namespace.clone(),
            place: PlaceId::new(format!("unentitled:{namespace}")).ok()?,
            refusal: Refusal { code: "right_missing".to_owned(), message },
        })
    }

    /// What is missing, for people.
    pub fn missing(&self) -> &str {
        &self.refusal.message
    }

    /// Returns when the namespace can be read.
    pub async fn entitled(&self) {
        loop {
            tokio::time::sleep(ASK_AGAIN).await;
            match Cluster::connect(&self.namespace).await {
                Ok(_) => return,
                Err(failed) => debug!(error = %failed, "The namespace of sessions still cannot be read"),
            }
        }
    }

    fn refuse<T>(&self) -> Result<T, PortError> {
        Err(PortError::Rejected(self.refusal.message.clone()))
    }
}

impl Runtime for Unentitled {
    fn place(&self) -> &PlaceId {
        &self.place
    }

    fn condition(&self) -> Condition {
        Condition { kind: "kubernetes", problems: vec![self.refusal.clone()], limits: Vec::new() }
    }

    fn refusal(&self, _: &Spec) -> Option<Refusal> {
        Some(self.refusal.clone())
    }

    // Nothing was ever made in this place, so that "nothing" is the complete and true answer.
    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn observe<'a>(&'a self, _: &'a SessionId) -> PortResult<'a, Observed> {
        Box::pin(async { Ok(Observed::Absent) })
    }

    fn create<'a>(&'a self, _: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(async { self.refuse() })
    }

    fn delete<'a>(&'a self, _: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn relabel<'a>(&'a self, _: &'a Labels, _: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { Err(PortError::Conflict) })
    }

    fn open<'a>(&'a self, _: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(async { self.refuse() })
    }

    fn watch(&self, _: Wake) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}
