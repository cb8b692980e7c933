//! A real SQLite database, one that can be taken away, the time, and ids.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sortie_core::{
    app::App,
    audit::Change,
    event::Positioned,
    id::AppId,
    policy::Scope,
    port::{
        CatalogStore, Clock, CoordinationStore, IdSource, Page, PageRequest, PortError, PortResult,
        coordination::{Epochs, Installation, Lease, Place},
    },
    time::Timestamp,
};
use sortie_store::{Database, Settings, Store};
use tokio::sync::watch;

pub(crate) fn open(folder: &Path) -> Store {
    Store::open(Settings { database: Database::Sqlite { path: folder.join("sortie.db") } }).unwrap()
}

/// The same store, with a switch for "the database does not answer".
#[derive(Clone)]
pub(crate) struct Away {
    store: Store,
    gone: Arc<AtomicBool>,
    /// While true, inserting an app waits.
    held: Arc<watch::Sender<bool>>,
    begun: Arc<watch::Sender<bool>>,
}

impl Away {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            gone: Arc::default(),
            held: Arc::new(watch::Sender::new(false)),
            begun: Arc::new(watch::Sender::new(false)),
        }
    }

    pub(crate) fn go_away(&self) {
        self.gone.store(true, Ordering::SeqCst);
    }

    pub(crate) fn hold_inserts(&self) {
        self.begun.send_replace(false);
        self.held.send_replace(true);
    }

    pub(crate) async fn insert_begun(&self) {
        self.begun.subscribe().wait_for(|it| *it).await.unwrap();
    }

    pub(crate) fn let_inserts_go(&self) {
        self.held.send_replace(false);
    }

    fn or_away<'a, T: 'a>(&self, answer: PortResult<'a, T>) -> PortResult<'a, T> {
        if self.gone.load(Ordering::SeqCst) {
            return Box::pin(async { Err(PortError::unavailable("canary-inside: connection refused")) });
        }
        answer
    }
}

macro_rules! forward {
    ($($name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name<'a>(&'a self, $($arg: $type),*) -> PortResult<'a, $answer> {
            self.or_away(self.store.$name($($arg),*))
        })*
    };
}

impl CatalogStore for Away {
    fn insert_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()> {
        Box::pin(async move {
            self.begun.send_replace(true);
            self.held.subscribe().wait_for(|it| !it).await.map_err(PortError::broken)?;
            self.store.insert_app(app, change).await
        })
    }

    forward! {
        list_apps(scope: &'a Scope, page: &'a PageRequest) -> Page<App>;
        find_app(id: &'a AppId) -> Option<App>;
        update_app(before: i64, app: &'a App, change: Change) -> ();
        delete_app(app: &'a App, change: Change) -> ();
        seed_apps(apps: &'a [App], change: Change) -> bool;
    }
}

#[expect(clippy::elidable_lifetime_names, reason = "one macro writes the methods with and without arguments")]
impl CoordinationStore for Away {
    forward! {
        installation() -> Installation;
        register_place(place: &'a Place) -> ();
        take_lease(name: &'a str, holder: &'a str, term: Duration) -> Option<Lease>;
        give_lease_back(name: &'a str, holder: &'a str) -> ();
        epochs() -> Epochs;
        number_events() -> u64;
        events_after(position: i64, limit: u32) -> Vec<Positioned>;
        event_range() -> Option<(i64, i64)>;
        prune_events(before: Timestamp) -> u64;
        hinted(seen: u64) -> u64;
        time() -> Timestamp;
        ping() -> ();
    }
}

/// The time of this machine.
pub(crate) struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Real ids.
pub(crate) struct Ids;

impl IdSource for Ids {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
