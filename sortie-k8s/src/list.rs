//! What stands in the namespace, read in full from the API server.

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use k8s_openapi::{api::core::v1::Pod, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{Api, Resource, api::ListParams};
use serde::de::DeserializeOwned;
use sortie_core::{
    id::SessionId,
    port::PortError,
    session::Reason,
    workload::{Labels, Observed, Workload},
};
use tracing::warn;

use crate::{client::Cluster, error, identity, names, observe};

/// Objects that the API server answers with at once.
const PAGE: u32 = 500;
/// Lines of an app's output that are kept when it ends.
const LAST_LINES: i64 = 20;
/// How long they are waited for.
const OUTPUT_PATIENCE: Duration = Duration::from_secs(3);

/// Every workload; either all of them or an error.
pub(crate) async fn list(cluster: &Cluster) -> Result<Vec<Workload>, PortError> {
    let mut found: BTreeMap<SessionId, Workload> = BTreeMap::new();
    // Pods last: what is made between the lists was guarded before, so a pod is never seen without its session.
    let beside = metadata(&cluster.claims).await?.into_iter().chain(metadata(&cluster.secrets).await?);
    let beside = beside.chain(metadata(&cluster.policies).await?);
    for labels in beside.filter_map(|it| ours(&it)) {
        found.insert(labels.session.clone(), Workload { labels, observed: Observed::Partial });
    }
    for pod in pods(cluster).await? {
        if let Some(labels) = ours(&pod.metadata) {
            found.insert(labels.session.clone(), Workload { labels, observed: observe::pod(&pod, &[]) });
        }
    }
    Ok(found.into_values().collect())
}

/// One workload, with what the cluster's events and the app's output say about it.
pub(crate) async fn one(cluster: &Cluster, session: &SessionId) -> Result<Observed, PortError> {
    let Some(pod) = cluster.pods.get_opt(&names::pod(session)).await.map_err(error::port)? else {
        return Ok(if anything_beside(cluster, session).await? { Observed::Partial } else { Observed::Absent });
    };
    match observe::pod(&pod, &[]) {
        Observed::Starting { .. } => Ok(observe::pod(&pod, &events(cluster, &pod).await)),
        Observed::Broken(breakage) if breakage.reason == Reason::ImagePullFailed => {
            Ok(observe::pod(&pod, &events(cluster, &pod).await))
        }
        // A node that is silent tells nothing of its apps either.
        Observed::Broken(breakage) if breakage.reason == Reason::NodeLost => Ok(Observed::Broken(breakage)),
        Observed::Broken(mut breakage) => {
            breakage.output = output(cluster, &pod).await;
            Ok(Observed::Broken(breakage))
        }
        settled @ (Observed::Absent | Observed::Partial | Observed::Ready { .. } | Observed::Ending) => Ok(settled),
    }
}

async fn anything_beside(cluster: &Cluster, session: &SessionId) -> Result<bool, PortError> {
    let claim = cluster.claims.get_metadata_opt(&names::session_claim(session)).await.map_err(error::port)?;
    if claim.is_some() {
        return Ok(true);
    }
    let secret = cluster.secrets.get_metadata_opt(&names::secret(session)).await.map_err(error::port)?;
    if secret.is_some() {
        return Ok(true);
    }
    Ok(cluster.policies.get_metadata_opt(&names::policy(session)).await.map_err(error::port)?.is_some())
}

fn ours(metadata: &ObjectMeta) -> Option<Labels> {
    let labels = identity::read(metadata);
    if labels.is_none() {
        warn!(name = metadata.name, "An object has our labels and does not say whose it is: left alone");
    }
    labels
}

async fn pods(cluster: &Cluster) -> Result<Vec<Pod>, PortError> {
    let mut all = Vec::new();
    let mut wanted = ListParams::default().labels(&identity::selector()).limit(PAGE);
    loop {
        let page = cluster.pods.list(&wanted).await.map_err(error::port)?;
        all.extend(page.items);
        match page.metadata.continue_.filter(|it| !it.is_empty()) {
            Some(next) => wanted.continue_token = Some(next),
            None => return Ok(all),
        }
    }
}

async fn metadata<K>(api: &Api<K>) -> Result<Vec<ObjectMeta>, PortError>
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let mut all = Vec::new();
    let mut wanted = ListParams::default().labels(&identity::selector()).limit(PAGE);
    loop {
        let page = api.list_metadata(&wanted).await.map_err(error::port)?;
        all.extend(page.items.into_iter().map(|it| it.metadata));
        match page.metadata.continue_.filter(|it| !it.is_empty()) {
            Some(next) => wanted.continue_token = Some(next),
            None => return Ok(all),
        }
    }
}

/// What the cluster tells of a pod, oldest first. They explain and decide nothing, so that they may be missing.
async fn events(cluster: &Cluster, pod: &Pod) -> Vec<k8s_openapi::api::core::v1::Event> {
    let Some(uid) = &pod.metadata.uid else { return Vec::new() };
    let of_it = ListParams::default().fields(&format!("involvedObject.uid={uid}"));
    let mut events = match cluster.events.list(&of_it).await {
        Ok(list) => list.items,
        Err(failed) => {
            warn!(error = %failed, "Events of a pod could not be read");
            return Vec::new();
        }
    };
    events.sort_by_key(|it| it.last_timestamp.as_ref().map(|it| it.0));
    events
}

/// The last lines that the app wrote; none where they cannot be had.
async fn output(cluster: &Cluster, pod: &Pod) -> Vec<String> {
    let wanted = kube::api::LogParams {
        container: Some(crate::manifest::APP.to_owned()),
        tail_lines: Some(LAST_LINES),
        limit_bytes: Some(16 * 1024),
        ..kube::api::LogParams::default()
    };
    let Some(name) = &pod.metadata.name else { return Vec::new() };
    // The node is asked for them, and the end of a session must not wait for a node.
    let lines = tokio::time::timeout(OUTPUT_PATIENCE, cluster.pods.logs(name, &wanted)).await;
    let text = lines.ok().and_then(Result::ok).unwrap_or_default();
    let shown = |line: &str| line.chars().filter(|it| !it.is_control() || *it == '\t').take(400).collect();
    text.lines().map(shown).collect()
}
