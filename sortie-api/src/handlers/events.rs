//! What happens, as it happens: server-sent events (WHATWG HTML §9.2), resumable by the position of the last one.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use sortie_control::{
    ControlError,
    account::token::Authenticated,
    epochs::EpochView,
    events::{EventFeed, FeedItem},
    stream::Trust,
};
use sortie_core::{
    event::{Event, EventBody, Positioned},
    id::SessionId,
    policy::Action,
    port::BoxError,
};
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};
use tracing::error;

use crate::{
    answer::{self, Body},
    api::Api,
    context::Context,
    error::{ApiError, Problem},
    handlers::services::Asker,
    slots::Slot,
    wire::event::name_and_data,
};

/// How often a silent stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that are kept as bytes: everybody who listens gets the same ones at about the same time.
const KEPT: usize = 256;

/// Events as bytes, made once for all who listen.
#[derive(Debug, Default)]
pub(crate) struct EventBytes(Mutex<VecDeque<(i64, Bytes)>>);

impl EventBytes {
    fn of(&self, event: &Positioned) -> Option<Bytes> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = kept.iter().rev().find(|(position, _)| *position == event.position) {
            return Some(bytes.clone());
        }
        let (name, data) = name_and_data(&event.event)
            .inspect_err(|cause| error!(error = %cause, "Event could not be written as JSON"))
            .ok()?;
        let bytes = Bytes::from(format!("id: {}\nevent: {name}\ndata: {data}\n\n", event.position));
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((event.position, bytes.clone()));
        Some(bytes)
    }
}

/// Listens to one's sessions and the catalog; administrators with `scope=all` to everybody's sessions.
#[utoipa::path(get, path = "/api/sessions/events", tag = "sessions",
    params(("after" = Option<i64>, Query), ("scope" = Option<String>, Query), ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 401, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn listen(cx: Context) -> Result<Response<Body>, ApiError> {
    let viewer = cx.signed_in.clone().ok_or_else(ApiError::not_signed_in)?;
    if !viewer.principal.permits(Action::ViewSession) {
        return Err(ControlError::ScopeMissing("see what happens to sessions").into());
    }
    let all = cx.query.get("scope") == Some("all");
    begin(&cx, Some(viewer), Hears::Sessions { all }).await
}

/// Listens to the machine's services.
#[utoipa::path(get, path = "/api/v1/events", tag = "services",
    params(("after" = Option<i64>, Query), ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn listen_to_services(cx: Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(&cx)?;
    cx.control().check_sees_services(asker.operator(&cx))?;
    let viewer = cx.signed_in.clone();
    begin(&cx, viewer, Hears::Services).await
}

async fn begin(cx: &Context, viewer: Option<Authenticated>, hears: Hears) -> Result<Response<Body>, ApiError> {
    // Strangers, where the door is open to them, are counted by their address.
    let who = viewer.as_ref().map_or_else(|| format!("@{}", cx.visit.client), |it| it.principal.user.to_string());
    let slot = cx.api.event_streams.take(who);
    let slot = slot.ok_or_else(|| ApiError::too_many("too_many_streams", HEARTBEAT))?;
    // A position that nobody can read is one that we do not know: the listener is told to read everything again.
    let after = cx.header("last-event-id").or_else(|| cx.query.get("after")).map(|it| it.parse().unwrap_or(-1));
    let feed = cx.control().events_from(after).await?;
    let begin = format!("retry: 2000\nid: {}\nevent: connected\ndata: {{}}\n\n", after.unwrap_or(feed.position()));
    let listener = Listener::new(Arc::clone(&cx.api), viewer, feed, hears, slot, begin);
    let mut response = answer::typed(StatusCode::OK, "text/event-stream", answer::streamed(listener.into_pieces()));
    // Proxies that gather bytes before passing them on are asked not to.
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// What a listener came for.
enum Hears {
    /// Sessions and the catalog; everybody's sessions with `all`.
    Sessions { all: bool },
    /// The machine's services.
    Services,
}

/// One listener's connection.
struct Listener {
    api: Arc<Api>,
    /// Nobody where services are open to strangers.
    viewer: Option<Authenticated>,
    feed: EventFeed,
    hears: Hears,
    /// The sessions of others that the viewer hears of, and the epoch of shares that was seen before they were read.
    shared: HashSet<SessionId>,
    shares_epoch: i64,
    epochs: watch::Receiver<EpochView>,
    heartbeat: Interval,
    trust: Trust,
    begin: Option<Bytes>,
    _slot: Slot<String>,
}

/// What woke a listener.
enum Woken {
    Item(Option<FeedItem>),
    Beat,
    EpochMoved,
    Ending,
}

impl Listener {
    fn new(
        api: Arc<Api>,
        viewer: Option<Authenticated>,
        feed: EventFeed,
        hears: Hears,
        slot: Slot<String>,
        begin: String,
    ) -> Self {
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        let epochs = api.control.epochs();
        let begin = Some(Bytes::from(begin));
        let trust = api.control.trust();
        let (shared, shares_epoch) = (HashSet::new(), -1);
        Self { api, viewer, feed, hears, shared, shares_epoch, epochs, heartbeat, trust, begin, _slot: slot }
    }

    fn into_pieces(self) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static {
        stream::unfold(self, |mut listener| async move {
            let piece = listener.next().await?;
            Some((Ok(piece), listener))
        })
    }

    /// The next bytes; `None` when the sign-in or the server ends.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(begin) = self.begin.take() {
            self.read_shared().await;
            return Some(begin);
        }
        loop {
            match self.woken().await {
                Woken::Item(Some(FeedItem::Event(event))) => {
                    if self.may_hear(&event.event)
                        && let Some(bytes) = self.api.event_bytes.of(&event)
                    {
                        return Some(bytes);
                    }
                }
                Woken::Item(Some(FeedItem::Resync)) => {
                    return Some(format!("id: {}\nevent: resync\ndata: {{}}\n\n", self.feed.position()).into());
                }
                Woken::Beat => {
                    self.check().await?;
                    // A position without data is remembered by the browser and shown to nobody.
                    return Some(format!(":\nid: {}\n\n", self.feed.position()).into());
                }
                Woken::EpochMoved => self.check().await?,
                Woken::Item(None) | Woken::Ending => return None,
            }
        }
    }

    fn may_hear(&self, event: &Event) -> bool {
        let all = match self.hears {
            Hears::Sessions { all } => all,
            Hears::Services if !matches!(event.body, EventBody::Services { .. }) => return false,
            Hears::Services => false,
        };
        match &self.viewer {
            Some(viewer) => self.api.control.may_hear(&viewer.principal, event, all, &self.shared),
            None => matches!(self.hears, Hears::Services),
        }
    }

    async fn woken(&mut self) -> Woken {
        tokio::select! {
            biased;
            () = self.api.draining.cancelled() => Woken::Ending,
            () = self.api.tasks.soft().cancelled() => Woken::Ending,
            moved = self.epochs.changed() => if moved.is_ok() { Woken::EpochMoved } else { Woken::Ending },
            item = self.feed.next() => Woken::Item(item),
            _ = self.heartbeat.tick() => Woken::Beat,
        }
    }

    /// Which sessions of others are heard of, if that may have changed. What cannot be read stays as it was for now.
    async fn read_shared(&mut self) {
        let epoch = self.epochs.borrow().epochs.shares;
        let (Hears::Sessions { .. }, Some(viewer)) = (&self.hears, &self.viewer) else { return };
        if epoch == self.shares_epoch {
            return;
        }
        if let Ok(shared) = self.api.control.sessions_heard_by(&viewer.principal).await {
            self.shared = shared;
            self.shares_epoch = epoch;
        }
    }

    /// Whether the sign-in still holds, with today's roles. While that cannot be asked the stream goes on for a while.
    async fn check(&mut self) -> Option<()> {
        let Some(viewer) = &self.viewer else { return Some(()) };
        match self.api.control.authenticate_hash(&viewer.token).await {
            Ok(Some(viewer)) => {
                self.viewer = Some(viewer);
                self.trust.renew();
                self.read_shared().await;
                Some(())
            }
            Ok(None) => None,
            Err(_) => (!self.trust.is_over()).then_some(()),
        }
    }
}
