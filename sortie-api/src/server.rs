//! Connections: accepting them, bounding them, and letting them end.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tracing::{debug, warn};

use crate::{api::Api, guard::Peer, tls::Tls};

/// The largest head of a request in bytes.
const MOST_HEAD: usize = 64 * 1024;
/// The most headers.
const MOST_HEADERS: usize = 100;
/// How long to wait when the process has no more file handles.
const BREATHER: Duration = Duration::from_millis(100);

/// Serves plain HTTP until [`Api::drain`] is called or the tasks are asked to end. Connections run on the server's tasks.
pub async fn serve(listener: TcpListener, api: Arc<Api>) -> io::Result<()> {
    accept(listener, api, None).await
}

/// Serves as [`serve`] does, over TLS. A handshake takes no longer than the head of a request may.
pub async fn serve_tls(listener: TcpListener, api: Arc<Api>, tls: Tls) -> io::Result<()> {
    accept(listener, api, Some(tls)).await
}

async fn accept(listener: TcpListener, api: Arc<Api>, tls: Option<Tls>) -> io::Result<()> {
    loop {
        let accepted = tokio::select! {
            biased;
            () = api.draining.cancelled() => return Ok(()),
            () = api.tasks.soft().cancelled() => return Ok(()),
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, address)) => take(&api, socket, address, tls.clone()),
            Err(error) => {
                warn!(error = %error, "Connection could not be accepted");
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

/// Serves one connection, unless there are too many.
fn take(api: &Arc<Api>, socket: TcpStream, address: SocketAddr, tls: Option<Tls>) {
    let ip = address.ip().to_canonical();
    let slot = if api.connections.total() >= api.settings.max_connections {
        None
    } else if api.settings.site.trusts(ip) {
        api.connections.take_uncounted(ip)
    } else {
        api.connections.take(ip)
    };
    let Some(slot) = slot else {
        debug!(peer = %ip, "Connection refused: there are too many");
        return;
    };
    if let Err(error) = socket.set_nodelay(true) {
        debug!(error = %error, "Socket option could not be set");
    }
    let served = Arc::clone(api);
    // The task is waited for through the tracker.
    drop(api.tasks.spawn("connection", async move {
        let peer = Peer { address: ip, is_tls: tls.is_some() };
        match tls {
            None => connection(served, TokioIo::new(socket), peer).await,
            Some(tls) => encrypted(served, tls, socket, peer).await,
        }
        drop(slot);
    }));
}

/// Makes the handshake within its time, then serves the connection.
async fn encrypted(api: Arc<Api>, tls: Tls, socket: TcpStream, peer: Peer) {
    let shaking = tokio::select! {
        shaking = tokio::time::timeout(api.settings.header_timeout, tls.accept(socket)) => shaking,
        () = api.draining.cancelled() => return,
    };
    match shaking {
        Ok(Ok(stream)) => connection(api, TokioIo::new(stream), peer).await,
        Ok(Err(error)) => debug!(peer = %peer.address, error = %error, "Handshake failed"),
        Err(_) => debug!(peer = %peer.address, "Handshake took too long"),
    }
}

/// Speaks HTTP/1.1 on one connection until it ends or becomes a stream.
async fn connection<S>(api: Arc<Api>, io: TokioIo<S>, peer: Peer)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answering = Arc::clone(&api);
    let service = service_fn(move |request| {
        let api = Arc::clone(&answering);
        async move { Ok::<_, Infallible>(api.answer(peer, request).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(api.settings.header_timeout)
        .max_headers(MOST_HEADERS)
        .max_header_size(MOST_HEAD)
        .max_buf_size(2 * MOST_HEAD);
    let mut serving = Box::pin(builder.serve_connection(io, service).with_upgrades());
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = api.draining.cancelled() => {
            serving.as_mut().graceful_shutdown();
            match tokio::time::timeout(api.settings.drain_timeout, serving).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        debug!(peer = %peer.address, error = %error, "Connection ended badly");
    }
}
