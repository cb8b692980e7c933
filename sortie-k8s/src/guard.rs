//! What a pod may reach: its network policy exists before it does, and follows its app while it lives.

use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use sortie_core::{
    port::PortError,
    session::Reason,
    workload::{Held, WorkloadOrder},
};
use tracing::info;

use crate::{client::Cluster, create, error, identity, manifest, names, settings::Settings};

/// Makes the policy, or finds it. Without one no pod is made, so whatever speaks against it is the cause.
pub(crate) async fn ensure(cluster: &Cluster, settings: &Settings, order: &WorkloadOrder) -> Result<(), PortError> {
    let policy = wanted(settings, order)?;
    create::ensure(&cluster.policies, &policy, &order.labels).await.map_err(|failed| match failed {
        PortError::Rejected(why) => policy_failed(&why),
        PortError::Unavailable(why) => match why.downcast_ref::<Held>() {
            Some(held) if held.reason == Reason::RightMissing => policy_failed(&held.detail),
            _ => PortError::Unavailable(why),
        },
        other @ (PortError::Conflict | PortError::Broken(_)) => other,
    })
}

/// Makes the policy of a session say what the order says; see [`sortie_core::port::Runtime::guard`].
pub(crate) async fn follow(cluster: &Cluster, settings: &Settings, order: &WorkloadOrder) -> Result<(), PortError> {
    let name = names::policy(&order.labels.session);
    let wanted = wanted(settings, order)?;
    let Some(found) = cluster.policies.get_opt(&name).await.map_err(error::port)? else { return Ok(()) };
    if identity::read(&found.metadata).as_ref() != Some(&order.labels) {
        return Err(PortError::Conflict);
    }
    if found.metadata.deletion_timestamp.is_some() || says_the_same(&found, &wanted) {
        return Ok(());
    }
    // The unique id is a precondition: another policy of this name is not touched.
    let patch = json!({ "metadata": { "uid": found.metadata.uid }, "spec": wanted.spec });
    match cluster.policies.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await {
        Ok(_) => {
            info!(session.id = %order.labels.session, "Network policy follows its app");
            Ok(())
        }
        Err(failed) if error::is_absent(&failed) => Ok(()),
        Err(failed) => Err(error::port(failed)),
    }
}

fn wanted(settings: &Settings, order: &WorkloadOrder) -> Result<NetworkPolicy, PortError> {
    manifest::policy(order, settings).map_err(|it| PortError::Rejected(it.to_string()))
}

/// The API server leaves out empty lists.
fn says_the_same(found: &NetworkPolicy, wanted: &NetworkPolicy) -> bool {
    let (Some(found), Some(wanted)) = (&found.spec, &wanted.spec) else { return false };
    let nothing = Vec::new();
    found.egress.as_ref().unwrap_or(&nothing) == wanted.egress.as_ref().unwrap_or(&nothing)
        && found.ingress == wanted.ingress
        && found.pod_selector == wanted.pod_selector
}

fn policy_failed(why: &str) -> PortError {
    error::held(Reason::PolicyFailed, format!("The session's network policy was not made: {why}"))
}
