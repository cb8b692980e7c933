//! Handing a workload over: what stands beside the pod first, the pod last, so that an interrupted one is found and gone on with.

use std::{fmt::Debug, time::Duration};

use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Resource,
    api::{ObjectMeta, Patch, PatchParams},
    core::PartialObjectMetaExt,
};
use serde::de::DeserializeOwned;
use serde_json::json;
use sortie_core::{port::PortError, time::Timestamp, workload::Labels};

use crate::{client::Cluster, error, identity, names, settings::Settings};

/// Writes other labels on everything of a workload; see [`sortie_core::port::Runtime::relabel`].
pub(crate) async fn relabel(
    cluster: &Cluster,
    settings: &Settings,
    from: &Labels,
    to: &Labels,
) -> Result<(), PortError> {
    let session = &from.session;
    if !hand_over(&cluster.pods, &names::pod(session), from, to, false).await? {
        return Err(PortError::Conflict);
    }
    hand_over(&cluster.claims, &names::session_claim(session), from, to, true).await?;
    hand_over(&cluster.secrets, &names::secret(session), from, to, true).await?;
    hand_over(&cluster.policies, &names::policy(session), from, to, true).await?;
    if let Some(limit) = settings.active_deadline {
        limit_life(cluster, from, to, limit).await?;
    }
    hand_over(&cluster.pods, &names::pod(session), from, to, true).await?;
    Ok(())
}

/// Looks whether one object may be handed over, and does it with `really`; answers whether there is such an object. The patch
/// holds only for the version that was looked at.
async fn hand_over<K>(api: &Api<K>, name: &str, from: &Labels, to: &Labels, really: bool) -> Result<bool, PortError>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
{
    let Some(found) = api.get_metadata_opt(name).await.map_err(error::port)? else { return Ok(false) };
    let carried = identity::read(&found.metadata);
    if carried.as_ref() == Some(to) {
        return Ok(true);
    }
    if carried.as_ref() != Some(from) || found.metadata.deletion_timestamp.is_some() {
        return Err(PortError::Conflict);
    }
    if really {
        let (labels, annotations) = identity::written(to);
        let metadata = ObjectMeta {
            resource_version: found.metadata.resource_version,
            uid: found.metadata.uid,
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        };
        let patch = Patch::Merge(metadata.into_request_partial::<K>());
        api.patch_metadata(name, &PatchParams::default(), &patch).await.map_err(error::port)?;
    }
    Ok(true)
}

/// Gives a pod that had no hard limit as long as nobody had it the one of its session. Kubernetes takes no later deadline than a
/// pod has already; an interrupted hand-over that is gone on with finds the same one.
async fn limit_life(cluster: &Cluster, from: &Labels, to: &Labels, limit: Duration) -> Result<(), PortError> {
    let name = names::pod(&from.session);
    let Some(pod) = cluster.pods.get_opt(&name).await.map_err(error::port)? else { return Err(PortError::Conflict) };
    let has_one = pod.spec.as_ref().is_some_and(|it| it.active_deadline_seconds.is_some());
    if has_one || identity::read(&pod.metadata).as_ref() != Some(from) {
        return Ok(());
    }
    let Some(seconds) = deadline(&pod, to.created_at, limit) else { return Ok(()) };
    let patch = json!({ "metadata": { "uid": pod.metadata.uid }, "spec": { "activeDeadlineSeconds": seconds } });
    cluster.pods.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.map_err(error::port)?;
    Ok(())
}

/// The hard limit of a session in seconds of its pod's life, which began before the session's. `None` for a pod that no node has
/// begun yet.
fn deadline(pod: &Pod, session_began: Timestamp, limit: Duration) -> Option<i64> {
    let began = pod.status.as_ref()?.start_time.as_ref()?.0.as_microsecond();
    let alone = session_began.since(Timestamp::from_micros(began));
    i64::try_from((alone + limit).as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::{
        api::core::v1::PodStatus,
        apimachinery::pkg::apis::meta::v1::Time,
        jiff::{self, ToSpan},
    };

    use super::*;

    #[test]
    fn a_session_gets_its_whole_time_however_long_its_pod_was_nobodys() {
        let began: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let pod =
            Pod { status: Some(PodStatus { start_time: Some(Time(began)), ..PodStatus::default() }), ..Pod::default() };
        let taken = |after: jiff::Span| Timestamp::from_micros((began + after).as_microsecond());
        let hour = Duration::from_hours(1);
        assert_eq!(deadline(&pod, taken(20.minutes()), hour), Some(4800));
        // Clocks of two machines.
        assert_eq!(deadline(&pod, taken(-3.seconds()), hour), Some(3600));
        assert_eq!(deadline(&Pod::default(), taken(20.minutes()), hour), None);
    }
}
