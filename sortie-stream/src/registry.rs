//! The live streams of this process, found by keys that the caller chooses: to count them, cap them, list who looks, and end
//! them.

mod connected;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::cancel::{self, Cancel, Canceller};
use crate::close::{CloseCode, CloseReason};
use crate::rfb::Rights;

pub use self::connected::Connected;

/// All live streams. Clones are the same list.
#[derive(Clone, Debug)]
pub struct Streams(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    list: Mutex<List>,
    /// The number of live streams, for [`Streams::drain`] to wait on.
    n_live: watch::Sender<usize>,
}

/// INVARIANT: `by_key` holds a number under a key exactly when the stream of that number lives and has that key.
#[derive(Debug, Default)]
struct List {
    next: u64,
    is_draining: bool,
    live: HashMap<u64, Live>,
    by_key: HashMap<String, Vec<u64>>,
}

#[derive(Debug)]
struct Live {
    keys: Vec<String>,
    canceller: Canceller,
    begun: Instant,
    /// `None` until the caller knows who it is: see [`Membership::identify`].
    viewer: Option<(String, Rights)>,
}

impl List {
    fn add_key(&mut self, number: u64, key: &str) {
        let Some(live) = self.live.get_mut(&number) else { return };
        if !live.keys.iter().any(|it| it == key) {
            live.keys.push(key.to_owned());
            self.by_key.entry(key.to_owned()).or_default().push(number);
        }
    }
}

/// Why a stream was not taken into the list. Each has its close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The key has as many streams as it may have.
    #[error("too many streams")]
    TooMany,
    /// The server is going away.
    #[error("the server is restarting")]
    Draining,
}

impl NotOpened {
    /// What to tell the viewer.
    pub fn code(self) -> CloseCode {
        match self {
            Self::TooMany => CloseCode::TooManyStreams,
            Self::Draining => CloseCode::Restarting,
        }
    }
}

/// A stream's place in the list; dropping it takes the stream out.
#[derive(Debug)]
pub struct Membership {
    streams: Streams,
    number: u64,
}

impl Default for Streams {
    fn default() -> Self {
        Self::new()
    }
}

impl Streams {
    /// An empty list.
    pub fn new() -> Self {
        Self(Arc::new(Shared { list: Mutex::default(), n_live: watch::Sender::new(0) }))
    }

    /// Takes a stream in. It is found by `key`, of which at most `cap` may be live, and by each of `others`, which are not
    /// capped (its sign-in, say, beside its session). Keep the [`Membership`] until the stream is over.
    pub fn open(&self, key: &str, others: &[&str], cap: usize) -> Result<(Membership, Cancel), NotOpened> {
        let mut list = self.list();
        if list.is_draining {
            return Err(NotOpened::Draining);
        }
        if list.by_key.get(key).map_or(0, Vec::len) >= cap {
            return Err(NotOpened::TooMany);
        }
        let (canceller, cancel) = cancel::pair();
        let number = list.next;
        list.next += 1;
        list.live.insert(number, Live { keys: Vec::new(), canceller, begun: Instant::now(), viewer: None });
        list.add_key(number, key);
        for other in others {
            list.add_key(number, other);
        }
        self.0.n_live.send_replace(list.live.len());
        Ok((Membership { streams: self.clone(), number }, cancel))
    }

    /// The number of live streams.
    pub fn count(&self) -> usize {
        self.list().live.len()
    }

    /// The number of live streams under `key`.
    pub fn count_of(&self, key: &str) -> usize {
        self.list().by_key.get(key).map_or(0, Vec::len)
    }

    /// Who is connected under `key`, in the order in which they came. Streams that were not yet identified are not among them.
    pub fn connected(&self, key: &str) -> Vec<Connected> {
        let list = self.list();
        let numbers = list.by_key.get(key).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<(u64, Connected)> = numbers
            .iter()
            .filter_map(|number| {
                let live = list.live.get(number)?;
                let (viewer, rights) = live.viewer.clone()?;
                Some((*number, Connected { viewer, rights, lasting: live.begun.elapsed() }))
            })
            .collect();
        found.sort_unstable_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, connected)| connected).collect()
    }

    /// The keys of all live streams, each once, in no order: for whoever checks whether they may still live.
    pub fn keys(&self) -> Vec<String> {
        self.list().by_key.keys().cloned().collect()
    }

    /// Ends all streams under `key`. Answers how many had not been ended before.
    pub fn close(&self, key: &str, reason: &CloseReason) -> usize {
        let list = self.list();
        let numbers = list.by_key.get(key).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|it| list.live.get(it)).filter(|it| it.canceller.cancel(reason.clone())).count()
    }

    /// Takes no more streams, ends all with 1012 and waits until they are gone, for at most `patience`. Answers how many are
    /// left.
    pub async fn drain(&self, patience: Duration) -> usize {
        {
            let mut list = self.list();
            list.is_draining = true;
            for live in list.live.values() {
                // One that was ended before keeps its reason.
                live.canceller.cancel(CloseCode::Restarting.into());
            }
        }
        let mut n_live = self.0.n_live.subscribe();
        // Whether they went or the time did, the count says it.
        let _ = timeout(patience, n_live.wait_for(|n| *n == 0)).await;
        self.count()
    }

    fn list(&self) -> MutexGuard<'_, List> {
        // Nothing between locking and unlocking can leave the list half changed, so a panic elsewhere does not matter.
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Membership {
    /// Says who looks and with which rights, and by which further keys (a share's, the viewer's) the stream is found from now on.
    ///
    /// What is ended by one of these keys from now on ends this stream, too. What was ended before is not known here: whoever
    /// checked the permission before this call checks it once more after it.
    pub fn identify(&self, viewer: &str, rights: Rights, keys: &[&str]) {
        let mut list = self.streams.list();
        for key in keys {
            list.add_key(self.number, key);
        }
        if let Some(live) = list.live.get_mut(&self.number) {
            live.viewer = Some((viewer.to_owned(), rights));
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut list = self.streams.list();
        let Some(live) = list.live.remove(&self.number) else { return };
        for key in live.keys {
            if let Some(numbers) = list.by_key.get_mut(&key) {
                numbers.retain(|it| *it != self.number);
                if numbers.is_empty() {
                    list.by_key.remove(&key);
                }
            }
        }
        self.streams.0.n_live.send_replace(list.live.len());
    }
}
