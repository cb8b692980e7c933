//! Removing a workload: the pod first, what guards it when it is gone. Each delete names the unique id that was looked at.

use std::fmt::Debug;

use kube::{
    Api, Resource,
    api::{DeleteParams, Preconditions, PropagationPolicy},
};
use serde::de::DeserializeOwned;
use sortie_core::{port::PortError, workload::Labels};

use crate::{client::Cluster, error, identity, names};

/// Begins, or goes on, to remove what carries these labels; see [`sortie_core::port::Runtime::delete`].
pub(crate) async fn delete(cluster: &Cluster, labels: &Labels) -> Result<(), PortError> {
    let session = &labels.session;
    if !remove(&cluster.pods, &names::pod(session), labels).await? {
        return Ok(());
    }
    remove(&cluster.claims, &names::session_claim(session), labels).await?;
    remove(&cluster.secrets, &names::secret(session), labels).await?;
    remove(&cluster.policies, &names::policy(session), labels).await?;
    Ok(())
}

/// Deletes one object; answers whether it is gone.
async fn remove<K>(api: &Api<K>, name: &str, labels: &Labels) -> Result<bool, PortError>
where
    K: Resource + Clone + Debug + DeserializeOwned,
{
    let Some(found) = api.get_metadata_opt(name).await.map_err(error::port)? else { return Ok(true) };
    if identity::read(&found.metadata).as_ref() != Some(labels) {
        return Err(PortError::Conflict);
    }
    if found.metadata.deletion_timestamp.is_some() {
        return Ok(false);
    }
    let exactly_this = DeleteParams {
        preconditions: Some(Preconditions { uid: found.metadata.uid, resource_version: None }),
        propagation_policy: Some(PropagationPolicy::Background),
        ..DeleteParams::default()
    };
    match api.delete(name, &exactly_this).await {
        Ok(either) => Ok(either.is_right()),
        Err(failed) if error::is_absent(&failed) => Ok(true),
        Err(failed) => Err(error::port(failed)),
    }
}
