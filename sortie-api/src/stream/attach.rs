//! From a connection that was upgraded to a running relay, and to its end.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use sortie_control::stream::{StreamGrant, StreamSummary};
use sortie_core::{secret::Secret, workload::Endpoint};
use sortie_stream::{
    cancel::Cancel,
    close::{CloseCode, CloseReason},
    dial::{self, Upstream},
    registry::Membership,
    relay::{self, Counters, Limits, Relay, Summary},
    rfb::{Rights, handshake::upstream},
};
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::{info, warn};

use super::{Viewer, close, watch};

/// How long a display may take to answer a dial.
const DIAL: Duration = Duration::from_secs(5);
/// How long its handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Everything a relay needs besides the viewer's connection.
struct Attached {
    grant: StreamGrant,
    upstream: Upstream,
    cancel: Cancel,
    membership: Membership,
}

/// Attaches the viewer and stays until the stream is over.
pub(super) async fn serve<C>(viewer: Viewer, client: C, leftover: Bytes)
where
    C: AsyncRead + AsyncWrite + Unpin + Send,
{
    match attach(&viewer).await {
        Ok(attached) => run(&viewer, attached, client, leftover).await,
        Err(reason) => {
            info!(session.id = %viewer.session, close = %reason, "Stream refused");
            viewer.api.metrics.stream_closed(reason.code().number(), 0, 0);
            relay::refuse(client, &reason).await;
        }
    }
}

async fn attach(viewer: &Viewer) -> Result<Attached, CloseReason> {
    let Viewer { api, caller, session, .. } = viewer;
    let counted = api.limiters.streams.count(&viewer.address);
    counted.map_err(|_| CloseReason::from(CloseCode::TooManyStreams))?;
    let keys = [viewer.session_key(), viewer.own_key()];
    let others = [keys[0].as_str(), keys[1].as_str()];
    let cap = api.settings.max_streams_per_user;
    let (membership, mut cancel) =
        api.streams.open(&viewer.user_key(), &others, cap).map_err(|it| CloseReason::from(it.code()))?;
    let grant = api.control.open_stream(caller, session).await.map_err(close::of_refusal)?;
    let reached = tokio::select! {
        biased;
        reason = cancel.cancelled() => Err(reason),
        reached = reach(viewer, &grant) => reached,
    };
    match reached {
        Ok(upstream) => Ok(Attached { grant, upstream, cancel, membership }),
        Err(reason) => {
            let summary = StreamSummary { seconds: 0, bytes_up: 0, bytes_down: 0, reason: reason.to_string() };
            api.control.stream_closed(caller, &grant, summary).await;
            Err(reason)
        }
    }
}

/// Dials the display and ends its security handshake.
async fn reach(viewer: &Viewer, grant: &StreamGrant) -> Result<Upstream, CloseReason> {
    let endpoint = &grant.endpoint;
    let password = password_for(endpoint, grant.rights.input);
    let failed = |error: &dyn std::error::Error| {
        warn!(session.id = %viewer.session, error = %error, "Display cannot be reached");
    };
    let reached = match dial::dial(&endpoint.address, DIAL).await {
        Ok(mut upstream) => match upstream::open(&mut upstream, password, HANDSHAKE).await {
            Ok(()) => Some(upstream),
            Err(error) => {
                failed(&error);
                None
            }
        },
        Err(error) => {
            failed(&error);
            None
        }
    };
    if let Some(upstream) = reached {
        return Ok(upstream);
    }
    // It may just have ended.
    match viewer.api.control.ending_of(&viewer.session).await {
        Some((reason, detail)) => Err(close::of_ending(reason, detail)),
        None => Err(CloseReason::new(CloseCode::WorkloadError, "the screen cannot be reached")),
    }
}

/// The second lock: with this password the display itself ignores whoever may only look.
fn password_for(endpoint: &Endpoint, input: bool) -> Option<&Secret> {
    let view_only = endpoint.view_only_password.as_ref().filter(|_| !input);
    view_only.or(endpoint.password.as_ref())
}

async fn run<C>(viewer: &Viewer, attached: Attached, client: C, leftover: Bytes)
where
    C: AsyncRead + AsyncWrite + Unpin + Send,
{
    let Attached { grant, upstream, cancel, membership } = attached;
    let counters = Arc::new(Counters::new());
    let rights =
        Rights { input: grant.rights.input, clipboard_in: grant.rights.clipboard_in, resize: grant.rights.resize };
    let who = grant.attendance.viewer.as_ref().map_or("owner", |it| it.as_str());
    membership.identify(who, rights, &[]);
    let limits = Limits { clipboard: grant.rights.max_clipboard_in, ..Limits::STANDARD };
    let relay = Relay { client, leftover, upstream, rights, limits, counters: Arc::clone(&counters), cancel };
    info!(session.id = %viewer.session, user.id = %viewer.caller.principal.user, "Stream opened");
    let watching = watch::watch(viewer, &grant, &counters);
    let summary = tokio::select! {
        summary = relay.run(|_| watch::ending(viewer)) => summary,
        never = watching => match never {},
    };
    drop(membership);
    closed(viewer, &grant, &counters, &summary).await;
}

async fn closed(viewer: &Viewer, grant: &StreamGrant, counters: &Counters, summary: &Summary) {
    let Viewer { api, caller, session, .. } = viewer;
    watch::tell_input(viewer, counters, &mut 0);
    let Summary { reason, bytes_up, bytes_down, duration, .. } = summary;
    info!(session.id = %session, close = %reason, bytes_up, bytes_down, seconds = duration.as_secs(), "Stream closed");
    api.metrics.stream_closed(reason.code().number(), *bytes_up, *bytes_down);
    let summary = StreamSummary {
        seconds: duration.as_secs(),
        bytes_up: *bytes_up,
        bytes_down: *bytes_down,
        reason: reason.to_string(),
    };
    api.control.stream_closed(caller, grant, summary).await;
}

impl Viewer {
    /// Names all streams of this person.
    fn user_key(&self) -> String {
        format!("user {}", self.caller.principal.user)
    }

    /// Names all streams of this session.
    fn session_key(&self) -> String {
        format!("session {}", self.session)
    }

    /// Names this one stream.
    pub(super) fn own_key(&self) -> String {
        format!("request {}", self.caller.request)
    }
}

#[cfg(test)]
mod tests {
    use sortie_core::workload::Address;

    use super::*;

    #[test]
    fn whoever_may_only_look_dials_with_the_password_for_looking_where_there_is_one() {
        let endpoint = |view_only: Option<&str>| Endpoint {
            address: Address::Tcp("localhost".to_owned(), 5900),
            password: Some(Secret::new("full")),
            view_only_password: view_only.map(Secret::new),
        };
        let dials = |view_only, input| password_for(&endpoint(view_only), input).map(|it| it.reveal().to_owned());
        assert_eq!(dials(Some("look"), false).as_deref(), Some("look"));
        assert_eq!(dials(Some("look"), true).as_deref(), Some("full"));
        assert_eq!(dials(None, false).as_deref(), Some("full"));
    }
}
