//! The bundle of ports and settings that every use case works with.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use sortie_core::{
    port::{
        AccessStore, AccountStore, CatalogStore, Clock, CoordinationStore, CredentialMaker, IdSource, IdentityProvider,
        IdentityStore, RecordStore, Runtime, SessionStore, SharingStore, TenantStore, WarmStore,
    },
    quota::Limits,
    spec::Resources,
    time::Timestamp,
    workload::Condition,
};
use tokio::sync::OnceCell;
use tracing::info;

use crate::{
    account::{sso::SsoRules, token_cache::TokenCache},
    activity::Activity,
    backups::BackupReport,
    epochs::EpochWatch,
    error::ControlError,
    events::EventHub,
    forward::ForwardReport,
    housekeeping, place,
    place::Identity,
    reconciler::Reconciler,
    session::cache::SessionCache,
    sharing::cache::SharingCache,
    stream::StreamPolicy,
    sweeper,
    tasks::Tasks,
    warm::Pool,
};

/// The adapters.
#[derive(Clone)]
pub struct Ports {
    /// Sessions at rest.
    pub sessions: Arc<dyn SessionStore>,
    /// The catalog at rest.
    pub catalog: Arc<dyn CatalogStore>,
    /// Accounts at rest.
    pub accounts: Arc<dyn AccountStore>,
    /// Single sign-on at rest.
    pub identities: Arc<dyn IdentityStore>,
    /// Categories, rights and requests at rest.
    pub access: Arc<dyn AccessStore>,
    /// Tenants at rest.
    pub tenants: Arc<dyn TenantStore>,
    /// Audit, analytics and settings at rest.
    pub records: Arc<dyn RecordStore>,
    /// Shares, viewers and connections at rest.
    pub sharing: Arc<dyn SharingStore>,
    /// Warm workloads at rest.
    pub warm: Arc<dyn WarmStore>,
    /// Leases, epochs and the outbox.
    pub coordination: Arc<dyn CoordinationStore>,
    /// Where workloads run.
    pub runtime: Arc<dyn Runtime>,
    /// Passwords and tokens.
    pub credentials: Arc<dyn CredentialMaker>,
    /// Another service that vouches for people, where one is set up.
    pub provider: Option<Arc<dyn IdentityProvider>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
}

/// What an operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who takes leases. The same after a restart where only one server can serve the place.
    pub instance: String,
    /// The machine, where the runtime serves one machine only.
    pub machine: Option<String>,
    /// Time without input until a session expires; `None` for never.
    pub idle_timeout: Option<Duration>,
    /// The longest life of a session; `None` for no limit.
    pub max_lifetime: Option<Duration>,
    /// How often expired sessions are looked for.
    pub cleanup_interval: Duration,
    /// How long a workload may take to get ready.
    pub ready_timeout: Duration,
    /// How many sessions may live at once.
    pub limits: Limits,
    /// Requests and limits for apps that name none.
    pub default_resources: Resources,
    /// What becomes of live streams while the database is away.
    pub stream_policy: StreamPolicy,
    /// How long a browser's sign-in lasts without use.
    pub browser_idle: Duration,
    /// How long a browser's sign-in lasts at all.
    pub browser_lifetime: Duration,
    /// How long a program's access token is good.
    pub access_lifetime: Duration,
    /// How long a program's sign-in lasts at all.
    pub refresh_lifetime: Duration,
    /// Whether strangers may make accounts for themselves, where no stored setting says so.
    pub allow_registration: bool,
    /// What the word of the identity provider is worth.
    pub sso: SsoRules,
    /// How often activity is written down.
    pub activity_interval: Duration,
    /// How often everything is listed and compared.
    pub relist_interval: Duration,
    /// How often the outbox is looked at without a hint: what other replicas' events may be late.
    pub event_poll: Duration,
    /// How long events can be resumed from.
    pub event_retention: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            instance: "sortie".to_owned(),
            machine: None,
            idle_timeout: Some(Duration::from_hours(2)),
            max_lifetime: None,
            cleanup_interval: Duration::from_mins(5),
            ready_timeout: Duration::from_mins(2),
            limits: Limits::default(),
            default_resources: Resources::default(),
            stream_policy: StreamPolicy::default(),
            browser_idle: Duration::from_hours(2),
            browser_lifetime: Duration::from_hours(12),
            access_lifetime: Duration::from_mins(15),
            refresh_lifetime: Duration::from_hours(24),
            allow_registration: false,
            sso: SsoRules::default(),
            activity_interval: Duration::from_secs(10),
            relist_interval: Duration::from_secs(10),
            event_poll: Duration::from_secs(1),
            event_retention: Duration::from_hours(24),
        }
    }
}

/// Everything that can be asked of Sortie. Cheap to clone.
#[derive(Clone)]
pub struct Control {
    pub(crate) ports: Arc<Ports>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) identity: Arc<OnceCell<Identity>>,
    pub(crate) reconciler: Arc<Reconciler>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) activity: Arc<Activity>,
    pub(crate) epochs: Arc<EpochWatch>,
    pub(crate) events: Arc<EventHub>,
    pub(crate) tokens: Arc<TokenCache>,
    pub(crate) sessions: Arc<SessionCache>,
    pub(crate) sharing: Arc<SharingCache>,
    pub(crate) backups: Arc<BackupReport>,
    pub(crate) forwarding: Arc<OnceLock<ForwardReport>>,
    pub(crate) services: crate::services::Slot,
    /// This process, among all that ever served this database.
    pub(crate) replica: Arc<str>,
}

impl Control {
    /// Puts the ports together. Nothing runs yet: see [`Control::start`].
    pub fn new(ports: Ports, settings: Settings) -> Self {
        let replica = ports.ids.next().into();
        Self {
            ports: Arc::new(ports),
            settings: Arc::new(settings),
            identity: Arc::default(),
            reconciler: Arc::default(),
            pool: Arc::default(),
            activity: Arc::default(),
            epochs: Arc::default(),
            events: Arc::default(),
            tokens: Arc::default(),
            sessions: Arc::default(),
            sharing: Arc::default(),
            backups: Arc::default(),
            forwarding: Arc::default(),
            services: Arc::default(),
            replica,
        }
    }

    /// Registers this place and starts the loops. Fails when another machine serves this kind of place.
    pub async fn start(&self, tasks: &Tasks) -> Result<(), ControlError> {
        let identity = place::identify(self).await?;
        place::report_elsewhere(self).await?;
        self.refresh_epochs().await?;
        self.events.begin_at(self.ports.coordination.event_range().await?.map_or(0, |(_, last)| last));
        let installation = identity.installation.id.to_string();
        info!(installation.id = %installation, place.id = %self.ports.runtime.place(), "Control started");
        for (name, run) in loops() {
            let control = self.clone();
            tasks.spawn_loop(name, move || run(control.clone()));
        }
        tasks.spawn("lease", place::give_lease_back(self.clone(), tasks.soft().clone()));
        Ok(())
    }

    /// What the runtime found out about its place.
    pub fn condition(&self) -> Condition {
        self.ports.runtime.condition()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), ControlError> {
        Ok(self.ports.coordination.ping().await?)
    }

    /// What the operator chose.
    pub fn chosen(&self) -> &Settings {
        &self.settings
    }

    /// The loop's counters.
    pub fn reconciler(&self) -> &Reconciler {
        &self.reconciler
    }

    /// What the pool of warm workloads counts.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The wall clock.
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    pub(crate) fn monotonic(&self) -> Duration {
        self.ports.clock.monotonic()
    }

    pub(crate) fn ids(&self) -> &dyn IdSource {
        self.ports.ids.as_ref()
    }

    /// After every commit of this process: caches learn of it before the caller gets an answer, and events go out.
    pub(crate) async fn committed(&self) {
        self.events.hint();
        if let Err(error) = self.refresh_epochs().await {
            tracing::warn!(error = %error, "Epochs could not be read after a write; caches are not used until they can");
            self.epochs.distrust();
        }
    }
}

type Loop = fn(Control) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// Every loop, by name.
fn loops() -> [(&'static str, Loop); 11] {
    [
        ("lease", |it| Box::pin(place::keep_lease(it))),
        ("streams lease", |it| Box::pin(crate::sharing::live::keep_lease(it))),
        ("epochs", |it| Box::pin(crate::epochs::poll(it))),
        ("hints", |it| Box::pin(crate::epochs::hear(it))),
        ("events", |it| Box::pin(crate::events::run(it))),
        ("activity", |it| Box::pin(crate::activity::flush_loop(it))),
        ("watch", |it| Box::pin(crate::reconciler::watch(it))),
        ("reconciler", |it| Box::pin(crate::controller::run(crate::reconciler::Sessions(it)))),
        ("warm", |it| Box::pin(crate::warm::run(it))),
        ("sweeper", |it| Box::pin(sweeper::run(it))),
        ("housekeeping", |it| Box::pin(housekeeping::run(it))),
    ]
}
