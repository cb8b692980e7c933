//! Handing a workload over: what stands beside the pod first, the pod last, so that an interrupted one is found and gone on with.

use std::fmt::Debug;

use kube::{
    Api, Resource,
    api::{ObjectMeta, Patch, PatchParams},
    core::PartialObjectMetaExt,
};
use serde::de::DeserializeOwned;
use sortie_core::{port::PortError, workload::Labels};

use crate::{client::Cluster, error, identity, names};

/// Writes other labels on everything of a workload; see [`sortie_core::port::Runtime::relabel`].
pub(crate) async fn relabel(cluster: &Cluster, from: &Labels, to: &Labels) -> Result<(), PortError> {
    let session = &from.session;
    if !hand_over(&cluster.pods, &names::pod(session), from, to, false).await? {
        return Err(PortError::Conflict);
    }
    hand_over(&cluster.claims, &names::session_claim(session), from, to, true).await?;
    hand_over(&cluster.secrets, &names::secret(session), from, to, true).await?;
    hand_over(&cluster.policies, &names::policy(session), from, to, true).await?;
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
