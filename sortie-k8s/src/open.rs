//! Where a pod's screen answers, and with which passwords.

use k8s_openapi::api::core::v1::{Pod, Secret};
use sortie_core::{
    id::SessionId,
    port::PortError,
    secret,
    workload::{Address, Endpoint, Observed},
};

use crate::{client::Cluster, error, forward::Forwards, manifest, names, observe, settings::Reach};

/// See [`sortie_core::port::Runtime::open`].
pub(crate) async fn open(
    cluster: &Cluster,
    reach: &Reach,
    forwards: &Forwards,
    session: &SessionId,
) -> Result<Endpoint, PortError> {
    let pod = cluster.pods.get_opt(&names::pod(session)).await.map_err(error::port)?;
    let pod = pod.ok_or_else(|| PortError::unavailable("the session has no pod"))?;
    let Observed::Ready { address: Some(address), .. } = observe::pod(&pod, &[]) else {
        return Err(PortError::unavailable("the session's pod is not ready"));
    };
    let port = screen_port(&pod).ok_or_else(|| PortError::broken("the pod does not say where its screen is"))?;
    let secret = cluster.secrets.get_opt(&names::secret(session)).await.map_err(error::port)?;
    let password = |key: &str| secret.as_ref().and_then(|it| text(it, key)).map(secret::Secret::new);
    let address = match reach {
        Reach::PodAddress => Address::Tcp(address, port),
        Reach::PortForward(folder) => Address::Unix(forwards.socket(cluster, folder, session, &pod, port).await?),
    };
    Ok(Endpoint {
        address,
        password: password(manifest::PASSWORD),
        view_only_password: password(manifest::VIEW_ONLY_PASSWORD),
    })
}

fn screen_port(pod: &Pod) -> Option<u16> {
    pod.metadata.annotations.as_ref()?.get(manifest::SCREEN_PORT)?.parse().ok()
}

fn text(secret: &Secret, key: &str) -> Option<String> {
    String::from_utf8(secret.data.as_ref()?.get(key)?.0.clone()).ok()
}
