//! Where a pod's screen answers, and with which passwords.

use k8s_openapi::api::core::v1::{Pod, Secret};
use sortie_core::{
    app::DisplayProtocol,
    id::SessionId,
    port::PortError,
    secret,
    workload::{Address, Endpoint, Observed, screen},
};

use crate::{client::Cluster, error, forward::Forwards, manifest, names, observe, settings::Reach};

/// See [`sortie_core::port::Runtime::open`].
pub(crate) async fn open(
    cluster: &Cluster,
    reach: &Reach,
    forwards: &Forwards,
    session: &SessionId,
) -> Result<Endpoint, PortError> {
    let (pod, secret) = (names::pod(session), names::secret(session));
    let (pod, secret) =
        tokio::try_join!(cluster.pods.get_opt(&pod), cluster.secrets.get_opt(&secret)).map_err(error::port)?;
    let pod = pod.ok_or_else(|| PortError::unavailable("the session has no pod"))?;
    let Observed::Ready { address: Some(address), .. } = observe::pod(&pod, &[]) else {
        return Err(PortError::unavailable("the session's pod is not ready"));
    };
    let speaks_websocket = about(&pod, manifest::SCREEN_PROTOCOL) == Some(DisplayProtocol::WebSocket.name());
    let path = about(&pod, manifest::SCREEN_PATH).unwrap_or("/").to_owned();
    let port = screen_port(&pod).ok_or_else(|| PortError::broken("the pod does not say where its screen is"))?;
    let password = |key: &str| secret.as_ref().and_then(|it| text(it, key)).map(secret::Secret::new);
    let address = match reach {
        Reach::PodAddress if speaks_websocket => Address::WebSocket { host: address, port, path },
        Reach::PodAddress => Address::Tcp(address, port),
        Reach::PortForward(folder) => {
            let socket = forwards.socket(cluster, folder, session, &pod, port).await?;
            if speaks_websocket { Address::UnixWebSocket { socket, path } } else { Address::Unix(socket) }
        }
    };
    Ok(Endpoint {
        address,
        password: password(screen::PASSWORD),
        view_only_password: password(screen::VIEW_ONLY_PASSWORD),
    })
}

fn screen_port(pod: &Pod) -> Option<u16> {
    about(pod, manifest::SCREEN_PORT)?.parse().ok()
}

fn about<'a>(pod: &'a Pod, key: &str) -> Option<&'a str> {
    pod.metadata.annotations.as_ref()?.get(key).map(String::as_str)
}

fn text(secret: &Secret, key: &str) -> Option<String> {
    String::from_utf8(secret.data.as_ref()?.get(key)?.0.clone()).ok()
}
