//! Making a workload: what guards it first, the pod last. Every step finds what an interrupted attempt left.

use std::fmt::Debug;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Api, Resource, api::PostParams};
use rand::distr::{Alphanumeric, SampleString};
use serde::{Serialize, de::DeserializeOwned};
use sortie_core::{
    port::PortError,
    workload::{Labels, WorkloadOrder},
};
use tracing::info;

use crate::{client::Cluster, error, guard, identity, manifest, manifest::Files, settings::Settings};

/// VNC authentication looks at no more characters than these (RFC 6143 §7.2.2).
const PASSWORD_CHARS: usize = 8;

/// Fulfils an order; see [`sortie_core::port::Runtime::create`].
pub(crate) async fn create(cluster: &Cluster, settings: &Settings, order: &WorkloadOrder) -> Result<(), PortError> {
    // The pod needs all three, and none of them another.
    tokio::try_join!(
        guard::ensure(cluster, settings, order),
        passwords(cluster, order),
        files(cluster, settings, order)
    )?;
    ensure(&cluster.pods, &manifest::pod(order, settings), &order.labels).await
}

async fn passwords(cluster: &Cluster, order: &WorkloadOrder) -> Result<(), PortError> {
    match order.spec.display {
        None => ensure(&cluster.secrets, &secret(order), &order.labels).await,
        Some(_) => Ok(()),
    }
}

async fn files(cluster: &Cluster, settings: &Settings, order: &WorkloadOrder) -> Result<(), PortError> {
    match Files::of(order) {
        Files::Scratch => Ok(()),
        Files::OfSession(_) => ensure(&cluster.claims, &manifest::session_claim(order, settings), &order.labels).await,
        Files::Kept(workspace) => {
            let claim = manifest::claim(workspace, order, settings);
            match cluster.claims.create(&PostParams::default(), &claim).await {
                Ok(_) => info!("Claim made"),
                // It is the person's from an earlier session; control gave it to this one.
                Err(failed) if error::is_conflict(&failed) => {}
                Err(failed) => return Err(error::port(failed)),
            }
            Ok(())
        }
    }
}

fn secret(order: &WorkloadOrder) -> k8s_openapi::api::core::v1::Secret {
    let mut rng = rand::rng();
    let [full, view_only] = [(); 2].map(|()| Alphanumeric.sample_string(&mut rng, PASSWORD_CHARS));
    let cookie = format!("{:032x}", rand::random::<u128>());
    manifest::secret(order, &full, &view_only, &cookie)
}

/// Makes an object, or finds that it is there and ours.
pub(crate) async fn ensure<K>(api: &Api<K>, object: &K, labels: &Labels) -> Result<(), PortError>
where
    K: Resource + Clone + Debug + Serialize + DeserializeOwned,
{
    match api.create(&PostParams::default(), object).await {
        Ok(_) => return Ok(()),
        Err(failed) if error::is_conflict(&failed) => {}
        Err(failed) => return Err(error::port(failed)),
    }
    let name = object.meta().name.as_deref().unwrap_or_default();
    let Some(found) = api.get_metadata_opt(name).await.map_err(error::port)? else {
        return Err(PortError::unavailable(format!("{name} vanished while it was made")));
    };
    adopt(&found.metadata, labels)
}

fn adopt(found: &ObjectMeta, labels: &Labels) -> Result<(), PortError> {
    if found.deletion_timestamp.is_some() {
        return Err(PortError::unavailable("what was there under this name is still going away"));
    }
    if identity::read(found).as_ref() == Some(labels) { Ok(()) } else { Err(PortError::Conflict) }
}
