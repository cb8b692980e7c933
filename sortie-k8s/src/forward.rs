//! Screens reached through the API server, for a Sortie that runs outside the cluster. Each shows itself as a socket.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use sortie_core::{id::SessionId, port::PortError};
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    task::{AbortHandle, JoinSet},
};
use tracing::{debug, warn};

use crate::{client::Cluster, names};

/// One listening socket per session. Dropping it ends them.
#[derive(Debug, Default)]
pub(crate) struct Forwards(Mutex<HashMap<SessionId, Forward>>);

#[derive(Debug)]
struct Forward {
    /// The pod that it leads to: another pod of the same name is another screen.
    uid: Option<String>,
    path: PathBuf,
    task: AbortHandle,
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
        // A socket that nobody listens on any more; one that is gone already is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Forwards {
    /// The socket that leads to a pod's screen; made on first use.
    pub(crate) async fn socket(
        &self,
        cluster: &Cluster,
        folder: &Path,
        session: &SessionId,
        pod: &Pod,
        port: u16,
    ) -> Result<PathBuf, PortError> {
        if let Some(path) = self.known(session, pod) {
            return Ok(path);
        }
        // The pod's unique id keeps the name short: a socket's whole path has at most 107 bytes.
        let id = pod.metadata.uid.as_deref().unwrap_or_default();
        let path = folder.join(format!("{}.sock", id.split('-').next_back().unwrap_or(id)));
        match tokio::fs::remove_file(&path).await {
            Err(failed) if failed.kind() != std::io::ErrorKind::NotFound => return Err(PortError::unavailable(failed)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(PortError::unavailable)?;
        let task = tokio::spawn(serve(listener, cluster.pods.clone(), names::pod(session), port)).abort_handle();
        let forward = Forward { uid: pod.metadata.uid.clone(), path: path.clone(), task };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session.clone(), forward);
        Ok(path)
    }

    /// Forgets a session that is gone.
    pub(crate) fn forget(&self, session: &SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    fn known(&self, session: &SessionId, pod: &Pod) -> Option<PathBuf> {
        let forwards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let forward = forwards.get(session)?;
        (forward.uid == pod.metadata.uid && !forward.task.is_finished()).then(|| forward.path.clone())
    }
}

async fn serve(listener: UnixListener, pods: Api<Pod>, pod: String, port: u16) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(carry(stream, pods.clone(), pod.clone(), port)); }
                Err(failed) => {
                    warn!(error = %failed, "Forwarding a screen ended");
                    return;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(mut near: UnixStream, pods: Api<Pod>, pod: String, port: u16) {
    let mut forwarder = match pods.portforward(&pod, &[port]).await {
        Ok(forwarder) => forwarder,
        Err(failed) => {
            warn!(error = %failed, "The API server did not forward to a screen");
            return;
        }
    };
    let Some(mut far) = forwarder.take_stream(port) else { return };
    if let Err(failed) = copy_bidirectional(&mut near, &mut far).await {
        debug!(error = %failed, "A forwarded stream ended");
    }
    drop(far);
    // The peer of a closed stream is told by the forwarder's own end.
    let _ = forwarder.join().await;
}
