//! Everything that requests share.

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sortie_control::{Control, tasks::Tasks};
use sortie_core::id::RequestId;
use sortie_stream::registry::Streams;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    assets::Assets, catalog::Catalog, error::ApiError, handlers::events::EventBytes, metrics::Metrics, openapi,
    rates::Limiters, settings::Settings, slots::Slots,
};

/// How often idle rate limits are forgotten and metrics folded.
const UPKEEP: Duration = Duration::from_secs(30);

/// Why an [`Api`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ApiStartError {
    /// The metrics cannot be set up.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// The HTTP face of one server.
pub struct Api {
    pub(crate) control: Control,
    pub(crate) settings: Settings,
    pub(crate) assets: Assets,
    pub(crate) tasks: Tasks,
    pub(crate) metrics: Metrics,
    pub(crate) limiters: Limiters,
    pub(crate) catalog: Catalog,
    pub(crate) event_bytes: EventBytes,
    /// Written when somebody first asks.
    openapi: OnceLock<bytes::Bytes>,
    pub(crate) streams: Streams,
    pub(crate) event_streams: Slots<String>,
    pub(crate) connections: Slots<IpAddr>,
    /// Cancelled when the server is asked to end: nothing new is begun.
    pub(crate) draining: CancellationToken,
    started: AtomicBool,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Api {
    /// Puts the HTTP face in front of the use cases. Its tasks end with `tasks`.
    pub fn new(control: Control, settings: Settings, assets: Assets, tasks: Tasks) -> Result<Arc<Self>, ApiStartError> {
        let api = Arc::new(Self {
            metrics: Metrics::new()?,
            limiters: Limiters::new(&settings.rates),
            catalog: Catalog::default(),
            event_bytes: EventBytes::default(),
            openapi: OnceLock::new(),
            streams: Streams::new(),
            event_streams: Slots::new(settings.max_streams_per_user),
            connections: Slots::new(settings.max_connections_per_address),
            draining: CancellationToken::new(),
            started: AtomicBool::new(false),
            control,
            settings,
            assets,
            tasks,
        });
        let kept = Arc::downgrade(&api);
        api.tasks.spawn_loop("upkeep", move || {
            let kept = kept.clone();
            async move {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    let Some(api) = kept.upgrade() else { continue };
                    api.metrics.upkeep();
                    api.limiters.forget_idle();
                }
            }
        });
        Ok(api)
    }

    /// Whether this server can serve. Once the database has answered, its absence does not make this server less ready than
    /// any other.
    pub(crate) async fn is_ready(&self) -> Result<(), &'static str> {
        if self.draining.is_cancelled() {
            return Err("draining");
        }
        if !self.started.load(Ordering::Acquire) {
            self.control.ping().await.map_err(|_| "database")?;
            // What strangers are shown while the database is away must have been seen once.
            if self.settings.anonymous_catalog {
                self.catalog.for_strangers(&self.control).await.map_err(|_| "database")?;
            }
            self.started.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// Ends what is under way: not ready any more, nothing new is accepted, streams are told to come back (1012), requests may
    /// finish. Returns when all is done or its time is up.
    pub async fn drain(&self) {
        self.draining.cancel();
        let patience = self.settings.drain_timeout;
        let finishing = tokio::time::timeout(patience, self.connections.empty());
        let (streams_left, finished) = tokio::join!(self.streams.drain(patience), finishing);
        let finished = finished.is_ok();
        info!(streams_left, requests_finished = finished, "Connections drained");
    }

    /// The description of the interface.
    pub(crate) fn openapi(&self) -> Result<bytes::Bytes, ApiError> {
        if let Some(written) = self.openapi.get() {
            return Ok(written.clone());
        }
        let written = serde_json::to_vec(&openapi::document()).map_err(ApiError::internal)?;
        Ok(self.openapi.get_or_init(|| written.into()).clone())
    }

    /// A fresh id for a request.
    pub(crate) fn new_request_id() -> RequestId {
        let text = uuid::Uuid::now_v7().to_string();
        // INVARIANT: a UUID is printable and short.
        RequestId::new(text).unwrap_or_else(|invalid| unreachable!("a UUID is a legal id: {invalid}"))
    }
}
