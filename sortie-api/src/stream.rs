//! The upgrade to a session's screen. Until the answer 101 refusals are plain HTTP; afterwards they are close codes, since
//! browsers hide the status of a refused upgrade.

mod attach;
mod close;
mod watch;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sortie_control::account::token::Authenticated;
use sortie_core::{id::SessionId, policy::Caller};
use sortie_stream::{
    socket,
    ws::accept::{SUBPROTOCOL, accept_key, is_key},
};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tracing::debug;

use crate::{
    answer::{self, Body},
    api::Api,
    context::Context,
    error::{ApiError, Problem},
};

/// How long the connection may take to become ours after the answer.
const UPGRADE: Duration = Duration::from_secs(10);

/// Who wants to see which session.
pub(crate) struct Viewer {
    api: Arc<Api>,
    caller: Caller,
    signed_in: Authenticated,
    session: SessionId,
    /// The address, as rates are counted.
    address: String,
}

/// The session's screen: RFB over WebSocket, subprotocol `binary`.
#[utoipa::path(get, path = "/ws/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 101), (status = 401, body = Problem), (status = 403, body = Problem), (status = 426, body = Problem)))]
pub(crate) fn open(cx: &Context, id: SessionId, upgrade: Option<OnUpgrade>) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let signed_in = cx.signed_in.clone().ok_or_else(ApiError::not_signed_in)?;
    let (key, with_protocol) = handshake(&cx.method, &cx.headers)?;
    let upgrade = upgrade.ok_or_else(upgrade_required)?;
    let address = crate::rates::address_key(cx.visit.client);
    let viewer = Viewer { api: Arc::clone(&cx.api), caller, signed_in, session: id, address };
    // The task belongs to the server, not to the request, which ends here.
    drop(cx.api.tasks.spawn("stream", Box::pin(take_over(viewer, upgrade))));
    let mut response = answer::bare(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if with_protocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    Ok(answer::with_header(response, header::SEC_WEBSOCKET_ACCEPT, &accept_key(&key)))
}

/// The opening handshake (RFC 6455 §4.2.1): the key, and whether our subprotocol was offered.
fn handshake(method: &Method, headers: &HeaderMap) -> Result<(String, bool), ApiError> {
    let has = |name: header::HeaderName, token: &str| {
        let lines = headers.get_all(name).iter().filter_map(|it| it.to_str().ok());
        lines.flat_map(|it| it.split(',')).any(|it| it.trim().eq_ignore_ascii_case(token))
    };
    let asks = has(header::UPGRADE, "websocket") && has(header::CONNECTION, "upgrade");
    if *method != Method::GET || !asks || !has(header::SEC_WEBSOCKET_VERSION, "13") {
        return Err(upgrade_required());
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|it| it.to_str().ok()).filter(|it| is_key(it));
    let key = key.ok_or_else(|| ApiError::bad_request("bad_handshake", "Sec-WebSocket-Key is missing or malformed"))?;
    let offered = headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL);
    let with_protocol = has(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    if offered && !with_protocol {
        return Err(ApiError::bad_request("bad_handshake", "the subprotocol of streams is binary"));
    }
    Ok((key.to_owned(), with_protocol))
}

fn upgrade_required() -> ApiError {
    ApiError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "this is a WebSocket of version 13")
}

/// Gets hold of the connection itself, so that bytes go to the socket without a layer between.
async fn take_over(viewer: Viewer, upgrade: OnUpgrade) {
    let Ok(Ok(upgraded)) = tokio::time::timeout(UPGRADE, upgrade).await else {
        debug!(session.id = %viewer.session, "Viewer left during the upgrade");
        return;
    };
    let upgraded = match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => {
            let client = parts.io.into_inner();
            prepare(&client);
            return attach::serve(viewer, client, parts.read_buf).await;
        }
        Err(upgraded) => upgraded,
    };
    match upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>() {
        Ok(parts) => {
            let client = parts.io.into_inner();
            prepare(client.get_ref().0);
            Box::pin(attach::serve(viewer, client, parts.read_buf)).await;
        }
        // Mounted over something else.
        Err(upgraded) => attach::serve(viewer, TokioIo::new(upgraded), Bytes::new()).await,
    }
}

fn prepare(client: &TcpStream) {
    if let Err(error) = socket::prepare_client(client) {
        debug!(error = %error, "Socket options could not be set");
    }
}
