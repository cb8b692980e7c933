//! Events on their way out: numbered in commit order, then told to everybody who listens.

use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sortie_core::{
    event::{Event, EventBody, Positioned},
    id::SessionId,
    policy::{Action, Object, Principal, may},
    sharing::{Part, Permission},
    user::Role,
};
use tokio::sync::{Notify, broadcast};
use tracing::{debug, warn};

use crate::{Control, ControlError, lease::LEASE_TERM};

/// How many events a slow listener may be behind before it is told to read everything again.
const RING: usize = 1_024;
/// How many events are read at once.
const BATCH: u32 = 500;

/// Everybody who listens in this process.
#[derive(Debug)]
pub struct EventHub {
    ring: broadcast::Sender<Arc<Positioned>>,
    hint: Notify,
    told: AtomicI64,
}

impl Default for EventHub {
    fn default() -> Self {
        Self { ring: broadcast::Sender::new(RING), hint: Notify::new(), told: AtomicI64::new(0) }
    }
}

impl EventHub {
    /// Something was committed.
    pub(crate) fn hint(&self) {
        self.hint.notify_one();
    }

    /// Events up to this position are history.
    pub(crate) fn begin_at(&self, position: i64) {
        self.told.store(position, Ordering::Release);
    }
}

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum FeedItem {
    /// The next event.
    Event(Arc<Positioned>),
    /// Events were lost: read everything again.
    Resync,
}

/// Events for one listener: first what it missed, then what happens.
pub struct EventFeed {
    replay: VecDeque<Arc<Positioned>>,
    live: broadcast::Receiver<Arc<Positioned>>,
    seen: i64,
    lost: bool,
}

impl EventFeed {
    /// Behind which event the listener is: where to resume from.
    pub fn position(&self) -> i64 {
        self.seen
    }

    /// The next item; `None` when the server ends. Safe to drop and call again.
    pub async fn next(&mut self) -> Option<FeedItem> {
        if std::mem::take(&mut self.lost) {
            return Some(FeedItem::Resync);
        }
        if let Some(event) = self.replay.pop_front() {
            self.seen = event.position;
            return Some(FeedItem::Event(event));
        }
        loop {
            match self.live.recv().await {
                Ok(event) if event.position <= self.seen => {}
                Ok(event) => {
                    self.seen = event.position;
                    return Some(FeedItem::Event(event));
                }
                Err(broadcast::error::RecvError::Lagged(_)) => return Some(FeedItem::Resync),
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Control {
    /// Listens: from behind `after` where a listener comes back, else from now on.
    pub async fn events_from(&self, after: Option<i64>) -> Result<EventFeed, ControlError> {
        let live = self.events.ring.subscribe();
        let told = self.events.told.load(Ordering::Acquire);
        let Some(after) = after else {
            return Ok(EventFeed { replay: VecDeque::new(), live, seen: told, lost: false });
        };
        let range = self.ports.coordination.event_range().await?;
        let known = range.map_or(after == 0, |(first, last)| after >= first - 1 && after <= last);
        let mut feed = EventFeed { replay: VecDeque::new(), live, seen: told, lost: !known };
        if !known {
            return Ok(feed);
        }
        let mut position = after;
        loop {
            let batch = self.ports.coordination.events_after(position, BATCH).await?;
            let Some(last) = batch.last() else { break };
            position = last.position;
            feed.replay.extend(batch.into_iter().map(Arc::new));
            if feed.replay.len() > RING {
                feed.replay.clear();
                feed.lost = true;
                break;
            }
        }
        Ok(feed)
    }

    /// Whether a principal may hear an event: its own sessions', those `shared` with it (an administrator everybody's, when
    /// it asks for `all`), what is about itself, and its tenant's catalog's.
    pub fn may_hear(&self, principal: &Principal, event: &Event, all: bool, shared: &HashSet<SessionId>) -> bool {
        match &event.body {
            EventBody::Session { session, owner, kind, audience, .. } => {
                let watches = !kind.is_private() && (shared.contains(session) || audience.contains(&principal.user));
                let part = watches.then_some(Part::Viewer(Permission::ReadOnly));
                let object = Object::Session { id: session, tenant: &event.tenant, owner, part };
                (all || watches || *owner == principal.user) && may(principal, Action::ViewSession, object).is_granted()
            }
            EventBody::App { audience, .. } => {
                let grants = &principal.grants;
                let near = |it| grants.administers.contains(it) || grants.approved.contains(it);
                let hears = audience.everybody
                    || principal.has(&event.tenant, Role::AppAuthor)
                    || audience.categories.iter().any(near);
                hears && principal.is_member(&event.tenant) && principal.guest.is_none()
            }
            EventBody::AccessRequest { user, category, .. } => {
                let object = Object::Category { tenant: &event.tenant, id: category, is_seen: true };
                let hears = *user == principal.user || may(principal, Action::UpdateCategory, object).is_granted();
                hears && principal.is_member(&event.tenant) && principal.guest.is_none()
            }
            EventBody::Services { .. } => may(principal, Action::ViewServices, Object::Installation(None)).is_granted(),
        }
    }
}

/// Numbers what was committed, and tells it.
pub(crate) async fn run(control: Control) {
    let mut next_lease = Duration::ZERO;
    let mut sequencer = false;
    loop {
        let _ = tokio::time::timeout(control.settings.event_poll, control.events.hint.notified()).await;
        if control.monotonic() >= next_lease {
            let taken = control
                .ports
                .coordination
                .take_lease("sequencer", &control.settings.instance, LEASE_TERM)
                .await
                .inspect_err(|error| debug!(error = %error, "Sequencer lease could not be taken"));
            sequencer = matches!(taken, Ok(Some(_)));
            next_lease = control.monotonic() + if sequencer { LEASE_TERM / 4 } else { Duration::from_secs(1) };
        }
        if let Err(error) = tell(&control, sequencer).await {
            warn!(error = %error, "Events could not be read; they are told when the database is back");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn tell(control: &Control, sequencer: bool) -> Result<(), ControlError> {
    if sequencer {
        control.ports.coordination.number_events().await?;
    }
    loop {
        let told = control.events.told.load(Ordering::Acquire);
        let batch = control.ports.coordination.events_after(told, BATCH).await?;
        let Some(last) = batch.last().map(|it| it.position) else { return Ok(()) };
        // Who reads again because of an event must not be answered from caches that are older than it.
        control.refresh_epochs().await?;
        for event in batch {
            // Nobody listening is no error.
            let _ = control.events.ring.send(Arc::new(event));
        }
        control.events.told.store(last, Ordering::Release);
    }
}
