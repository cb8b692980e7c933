//! The port's face of this room.

use std::time::Duration;

use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, PortResult, Runtime, runtime::Wake},
    spec::Spec,
    workload::{Condition, Endpoint, Labels, LimitReport, Observed, Refusal, Workload, WorkloadOrder},
};

use crate::{
    client::Cluster,
    create,
    error::{ConnectError, in_time},
    forward::Forwards,
    guard, list, open, refusal, relabel, remove,
    settings::Settings,
    watch,
};

/// The longest that one session's questions and orders may take, and the list of all.
const PATIENCE: Duration = Duration::from_secs(10);
const PATIENCE_WITH_ALL: Duration = Duration::from_mins(1);

/// Runs workloads as pods in one namespace of one cluster.
pub struct KubernetesRuntime {
    cluster: Cluster,
    place: PlaceId,
    settings: Settings,
    forwards: Forwards,
}

impl KubernetesRuntime {
    /// Connects to the cluster that this pod, or else the kubeconfig, is of.
    pub async fn connect(settings: Settings) -> Result<Self, ConnectError> {
        let (cluster, place) = Cluster::connect(&settings.namespace).await?;
        Ok(Self { cluster, place, settings, forwards: Forwards::default() })
    }
}

impl Runtime for KubernetesRuntime {
    fn place(&self) -> &PlaceId {
        &self.place
    }

    fn condition(&self) -> Condition {
        let enforced = |name| LimitReport { name, enforced: true };
        Condition {
            kind: "kubernetes",
            problems: Vec::new(),
            // How many processes a pod may have is the kubelet's own setting, which no API tells.
            limits: vec![enforced("memory"), enforced("cpu"), LimitReport { name: "pids", enforced: false }],
        }
    }

    fn refusal(&self, spec: &Spec) -> Option<Refusal> {
        refusal::of(spec, &self.settings)
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        Box::pin(in_time(PATIENCE_WITH_ALL, list::list(&self.cluster)))
    }

    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed> {
        Box::pin(in_time(PATIENCE, list::one(&self.cluster, session)))
    }

    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(in_time(PATIENCE, create::create(&self.cluster, &self.settings, order)))
    }

    fn guard<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(in_time(PATIENCE, guard::follow(&self.cluster, &self.settings, order)))
    }

    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()> {
        self.forwards.forget(&labels.session);
        Box::pin(in_time(PATIENCE, remove::delete(&self.cluster, labels)))
    }

    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(in_time(PATIENCE, relabel::relabel(&self.cluster, from, to)))
    }

    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(in_time(PATIENCE, open::open(&self.cluster, &self.settings.reach, &self.forwards, session)))
    }

    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()> {
        Box::pin(watch::watch(self.cluster.pods.clone(), wake))
    }
}
