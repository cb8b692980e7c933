//! The one sentence that names every adapter.

mod audit;
mod first_start;
mod services;
mod sso;

use std::{fs, net::SocketAddr, os::unix::fs::DirBuilderExt, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use sortie_api::{
    Api, Assets, Branding, Rates, Settings as ApiSettings, Site, SsoFace, Tls, auth::Argon2Credentials, settings::Rate,
};
use sortie_control::{
    Control, Ports,
    backups::{BackupPlan, DrillReport},
    tasks::Tasks,
};
use sortie_core::{
    port::{Backups, IdSource, IdentityProvider, Runtime, engine::EngineIdentity},
    time::Timestamp,
    workload::Condition,
};
use sortie_k8s::{KubernetesRuntime, Unentitled, settings::Reach};
use sortie_local::{ContainerRuntime, ContainerSettings, EngineAddress, LocalRuntime};
use sortie_store::{
    Adoption, Store,
    backup::{Destination, Keeper, last_record},
};
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::{
    clock::{SharedClock, follow},
    config::{Settings, branding, kubernetes::RuntimeKind, settings::Database},
    enclosure,
    ids::UuidSource,
    seed, shelf,
    telemetry::say,
    tls, web,
};

/// How long after a trial that found something missing the next one is made.
const PROBE_AGAIN: Duration = Duration::from_secs(30);
/// How often the record of drills is looked at.
const DRILLS: Duration = Duration::from_secs(20);

/// Everything that is running or about to.
pub(crate) struct Server {
    pub(crate) store: Store,
    pub(crate) api: Arc<Api>,
    pub(crate) tasks: Tasks,
    pub(crate) listener: TcpListener,
    /// The certificate, where we speak TLS ourselves.
    pub(crate) tls: Option<Tls>,
    /// What runs apps while the cluster gives us no rights, so that we notice when it does.
    pub(crate) unentitled: Option<Arc<Unentitled>>,
}

/// Puts the server together and starts its loops; it serves nobody yet.
pub(crate) async fn server(settings: &Settings) -> anyhow::Result<Server> {
    let tasks = Tasks::new();
    together(settings, tasks.clone(), async || runtime(settings, Some(&tasks)).await).await
}

/// The same over a runtime that is there already.
pub(crate) async fn with_runtime(settings: &Settings, runtime: Arc<dyn Runtime>) -> anyhow::Result<Server> {
    together(settings, Tasks::new(), async || Ok((runtime, None))).await
}

async fn together(
    settings: &Settings,
    tasks: Tasks,
    runtime: impl AsyncFnOnce() -> anyhow::Result<(Arc<dyn Runtime>, Option<Arc<Unentitled>>)>,
) -> anyhow::Result<Server> {
    prepare_folder(&settings.data_dir)?;
    let listener = TcpListener::bind(SocketAddr::new(settings.bind, settings.port)).await.with_context(|| {
        format!("cannot listen on {}:{}; set SORTIE_PORT to another port", settings.bind, settings.port)
    })?;
    let address = listener.local_addr()?;
    let store = Store::open(store_settings(settings)).context("the database cannot be used")?;
    let tls = settings.tls.as_ref().map(|files| tls::load(files, &tasks)).transpose()?;
    let (runtime, unentitled) = runtime().await?;
    let sign_on = sso::sign_on(settings, address)?;
    let clock = SharedClock::of(&store, settings).await;
    if clock.is_shared() {
        let (clock, store) = (Arc::clone(&clock), store.clone());
        tasks.spawn_loop("clock", move || follow(Arc::clone(&clock), store.clone()));
    }
    let control = Control::new(ports(&store, runtime, clock, sign_on.provider), control_settings(settings));
    control.start(&tasks).await.context("the server cannot take care of this place")?;
    services::start(settings, &store, &control, &tasks).await?;
    tasks.spawn_loop("identity provider", {
        let control = control.clone();
        move || sso::ask(control.clone())
    });
    let backups = shelf::of(settings)?;
    schedule_backups(&control, settings, backups.clone(), &tasks);
    follow_drills(&control, &backups, &tasks);
    audit::start(&control, &store, settings, &tasks)?;
    first_start::run(&control, settings).await?;
    if let Some(path) = &settings.seed {
        seed::sow(&control, path).await?;
    }
    let api = api(settings, control, sign_on.face, &tasks, address)?;
    announce(settings, address);
    Ok(Server { store, api, tasks, listener, tls, unentitled })
}

/// Has the server make backups of its own. Replicas of one PostgreSQL database do so only into a folder that was named: one of
/// the replica's own would go with it.
fn schedule_backups(control: &Control, settings: &Settings, to: Destination, tasks: &Tasks) {
    let has_place = settings.backup.is_named || matches!(settings.database, Database::Sqlite(_));
    let Some(interval) = settings.backup.interval.filter(|_| has_place) else { return };
    let plan = BackupPlan { interval, retention: settings.backup.retention };
    let keeper: Arc<dyn Backups> = {
        let (database, scratch, settings) = (store_settings(settings), settings.data_dir.clone(), settings.clone());
        let seal = move || enclosure::seal(&settings).map_err(|error| format!("{error:#}").into());
        Arc::new(Keeper::new(database, to, scratch).enclosing(seal))
    };
    let control = control.clone();
    tasks.spawn_loop("backups", move || {
        let (control, keeper) = (control.clone(), keeper.clone());
        async move { control.keep_backups(keeper, plan).await }
    });
}

/// Has drills that somebody made by hand shown in the metrics.
fn follow_drills(control: &Control, backups: &Destination, tasks: &Tasks) {
    let (control, shelf) = (control.clone(), backups.shelf());
    tasks.spawn_loop("drills", move || {
        let (control, shelf) = (control.clone(), Arc::clone(&shelf));
        async move {
            loop {
                let shelf = Arc::clone(&shelf);
                if let Ok(Some(it)) = tokio::task::spawn_blocking(move || last_record(shelf.as_ref())).await {
                    control.backup_report().note_drill(DrillReport {
                        at: Timestamp::from_micros(it.at.saturating_mul(1_000_000)),
                        lost: Duration::from_secs(it.lost_seconds),
                        restore: Duration::from_millis(it.restore_milliseconds),
                        issues: it.issues.len(),
                    });
                }
                tokio::time::sleep(DRILLS).await;
            }
        }
    });
}

/// The use cases for one command: no loop runs, and nobody is served.
pub(crate) async fn without_loops(settings: &Settings) -> anyhow::Result<(Store, Control)> {
    let store = Store::open(store_settings(settings)).context("the database cannot be used")?;
    let (runtime, _) = runtime(settings, None).await?;
    let clock = SharedClock::of(&store, settings).await;
    let control = Control::new(ports(&store, runtime, clock, None), control_settings(settings));
    services::set_up(settings, &store, &control).await?;
    Ok((store, control))
}

/// Opens what runs apps; with tasks it is tried out in the background.
async fn runtime(
    settings: &Settings,
    tasks: Option<&Tasks>,
) -> anyhow::Result<(Arc<dyn Runtime>, Option<Arc<Unentitled>>)> {
    match settings.runtime {
        RuntimeKind::Local => {
            let runtime =
                LocalRuntime::open(local_settings(settings)).await.context("the local runtime cannot be used")?;
            if let Some(tasks) = tasks.filter(|_| !settings.only_services) {
                let tried = runtime.clone();
                tasks.spawn_loop("probe", move || probe_until_good(tried.clone()));
            }
            Ok((Arc::new(runtime), None))
        }
        RuntimeKind::Docker => {
            let runtime = ContainerRuntime::connect(container_settings(settings)?).await;
            let runtime = runtime.context("the container engine cannot be used")?;
            warn_of_limits(&runtime.condition());
            Ok((Arc::new(runtime), None))
        }
        RuntimeKind::Kubernetes => {
            if let Reach::PortForward(folder) = &settings.kubernetes.reach {
                prepare_folder(folder).context("screens of pods cannot be shown")?;
            }
            let failed = match KubernetesRuntime::connect(settings.kubernetes.clone()).await {
                Ok(runtime) => return Ok((Arc::new(runtime), None)),
                Err(failed) => failed,
            };
            let Some(unentitled) = Unentitled::of(&settings.kubernetes, &failed) else {
                return Err(failed).context("the Kubernetes runtime cannot be used");
            };
            warn!(place.id = %unentitled.place(), missing = unentitled.missing(), "No app can be started");
            let unentitled = Arc::new(unentitled);
            Ok((unentitled.clone(), Some(unentitled)))
        }
    }
}

fn ports(
    store: &Store,
    runtime: Arc<dyn Runtime>,
    clock: Arc<SharedClock>,
    provider: Option<Arc<dyn IdentityProvider>>,
) -> Ports {
    Ports {
        sessions: Arc::new(store.clone()),
        catalog: Arc::new(store.clone()),
        accounts: Arc::new(store.clone()),
        sharing: Arc::new(store.clone()),
        identities: Arc::new(store.clone()),
        access: Arc::new(store.clone()),
        tenants: Arc::new(store.clone()),
        records: Arc::new(store.clone()),
        warm: Arc::new(store.clone()),
        coordination: Arc::new(store.clone()),
        runtime,
        credentials: Arc::new(Argon2Credentials::new()),
        provider,
        clock,
        ids: Arc::new(UuidSource),
    }
}

/// Makes a folder for this user alone; one that exists keeps its mode.
fn prepare_folder(path: &Path) -> anyhow::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}

/// How the store is opened.
pub(crate) fn store_settings(settings: &Settings) -> sortie_store::Settings {
    let database = match &settings.database {
        Database::Sqlite(path) => sortie_store::Database::Sqlite { path: path.clone() },
        Database::Postgres { dsn, direct_dsn, max_connections } => sortie_store::Database::Postgres {
            dsn: dsn.reveal().to_owned(),
            direct_dsn: direct_dsn.as_ref().map(|it| it.reveal().to_owned()),
            max_connections: *max_connections,
        },
    };
    sortie_store::Settings { database }
}

fn local_settings(settings: &Settings) -> sortie_local::Settings {
    sortie_local::Settings {
        uid_base: settings.uid_base,
        allow_host_network: settings.allow_host_network,
        cgroup: settings.cgroup.clone(),
        home_limit: settings.home_limit,
        default_limits: settings.default_resources,
        ..sortie_local::Settings::new(&settings.data_dir)
    }
}

fn container_settings(settings: &Settings) -> anyhow::Result<ContainerSettings> {
    let EngineAddress::Unix(engine) = &settings.engine else { bail!("the container engine is on another machine") };
    Ok(ContainerSettings {
        display_image: settings.kubernetes.display_image.clone(),
        browser_image: settings.kubernetes.browser_image.clone(),
        allow_host_network: settings.allow_host_network,
        default_limits: settings.default_resources,
        ..ContainerSettings::new(&settings.data_dir, engine)
    })
}

/// The machine's id (machine-id(5)); `None` where it has none, and then a second machine is not noticed.
fn this_machine() -> Option<String> {
    let id = fs::read_to_string("/etc/machine-id").ok()?;
    Some(id.trim().to_owned()).filter(|it| !it.is_empty())
}

fn control_settings(settings: &Settings) -> sortie_control::Settings {
    sortie_control::Settings {
        instance: match settings.runtime {
            // One server at a time has this data directory, so a restarted one continues its predecessor's leases.
            RuntimeKind::Local | RuntimeKind::Docker => format!("local:{}", settings.data_dir.display()),
            // Any number of servers take care of a namespace, each in its turn.
            RuntimeKind::Kubernetes => format!("server:{}", UuidSource.next()),
        },
        machine: match settings.runtime {
            RuntimeKind::Local | RuntimeKind::Docker => this_machine(),
            RuntimeKind::Kubernetes => None,
        },
        idle_timeout: settings.idle_timeout,
        max_lifetime: settings.max_lifetime,
        cleanup_interval: settings.cleanup_interval,
        ready_timeout: settings.ready_timeout,
        limits: settings.limits,
        default_resources: settings.default_resources,
        stream_policy: settings.stream_policy,
        browser_idle: settings.sign_in_idle,
        browser_lifetime: settings.sign_in_lifetime,
        access_lifetime: settings.access_lifetime,
        refresh_lifetime: settings.refresh_lifetime,
        allow_registration: settings.allow_registration,
        sso: settings.sso.as_ref().map(|it| it.rules.clone()).unwrap_or_default(),
        ..sortie_control::Settings::default()
    }
}

/// The HTTP face with the embedded web app.
fn api(
    settings: &Settings,
    control: Control,
    sso: Option<SsoFace>,
    tasks: &Tasks,
    address: SocketAddr,
) -> anyhow::Result<Arc<Api>> {
    let loopback = address.ip().is_loopback();
    let site = Site::new(&settings.public_urls, &settings.trusted_proxies, settings.allow_http, loopback)
        .map_err(|errors| anyhow::anyhow!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))
        .context("SORTIE_PUBLIC_URL or SORTIE_TRUSTED_PROXIES")?;
    if !site.has_public_urls() && !loopback && settings.tls.is_none() {
        warn!(
            "SORTIE_PUBLIC_URL is not set: signing in works over https behind trusted proxies, or with SORTIE_ALLOW_HTTP=true"
        );
    }
    let branding = branding::load(settings)?;
    let rates = Rates {
        writes: rate(settings.write_rate, settings.write_burst),
        streams: rate(settings.gateway_rate, settings.gateway_burst),
        ..Rates::default()
    };
    let api_settings = ApiSettings {
        branding: Branding {
            tenant_name: branding.tenant_name,
            logo_url: branding.logo_url,
            primary_color: branding.primary_color,
            secondary_color: branding.secondary_color,
        },
        anonymous_catalog: settings.anonymous_catalog,
        metrics_token: settings.metrics_token.clone(),
        sso,
        rates,
        ..ApiSettings::new(site)
    };
    let assets = Assets::from_files(web::files()).with_moved(web::moved());
    Ok(Api::new(control, api_settings, assets, tasks.clone())?)
}

fn rate(per_second: Option<std::num::NonZeroU32>, burst: std::num::NonZeroU32) -> Rate {
    Rate { per_second: per_second.map(|it| f64::from(it.get())), burst }
}

/// Tries the sandbox in the background, because a trial takes a while and nobody who is signed in needs to wait for it; again
/// and again while something is missing, because an operator may install it. The runtime itself logs what it misses.
async fn probe_until_good(runtime: LocalRuntime) {
    loop {
        let condition = runtime.probe().await;
        if condition.problems.is_empty() {
            warn_of_limits(&condition);
            return std::future::pending().await;
        }
        tokio::time::sleep(PROBE_AGAIN).await;
    }
}

fn warn_of_limits(condition: &Condition) {
    for limit in condition.limits.iter().filter(|it| !it.enforced) {
        warn!(limit = limit.name, "Limit is not enforced on this machine");
    }
}

/// Tells where to go. A person at a terminal gets a line that stands out.
fn announce(settings: &Settings, address: SocketAddr) {
    use std::io::IsTerminal;
    let url = settings.public_urls.first().cloned().unwrap_or_else(|| {
        let host = if address.ip().is_unspecified() { "localhost".to_owned() } else { address.ip().to_string() };
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{host}:{}", address.port())
    });
    info!(address = %address, url, "Listening");
    if std::io::stdout().is_terminal() {
        say("");
        say(&format!("  Sortie is ready:  {url}"));
        say("");
    }
}

/// What the machine or its engine lacks, found by a real trial, without starting a server.
pub(crate) fn probe(settings: &Settings) -> anyhow::Result<Condition> {
    // A folder of its own: a server may be using the real one.
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let data_dir = folder.path().to_owned();
        if settings.runtime == RuntimeKind::Docker {
            let there = ContainerSettings { data_dir, ..container_settings(settings)? };
            return Ok(ContainerRuntime::connect(there).await?.condition());
        }
        let local = LocalRuntime::open(sortie_local::Settings { data_dir, ..local_settings(settings) }).await?;
        Ok(local.probe().await)
    })
}

/// What the engine of services says of itself; `None` where there are none, or only simulated ones.
pub(crate) fn services_engine(settings: &Settings) -> anyhow::Result<Option<EngineIdentity>> {
    if !settings.services.as_ref().is_some_and(|it| it.real) {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let identity = runtime.block_on(sortie_local::identify_engine(settings.engine.clone()));
    identity.map(Some).context("the container engine of services cannot be asked")
}

/// What the first start on a database of an older system does; `None` for every other database. Changes nothing.
pub(crate) fn adoption(settings: &Settings) -> anyhow::Result<Option<Adoption>> {
    Store::adoption(&store_settings(settings)).context("the database cannot be used")
}

/// Brings the schema up to date, or with `check_only` changes nothing; answers the migrations that were or would be applied.
pub(crate) fn migrate(settings: &Settings, check_only: bool) -> anyhow::Result<Vec<String>> {
    if !check_only {
        prepare_folder(&settings.data_dir)?;
    }
    Store::migrate(&store_settings(settings), check_only).context("the database cannot be used")
}
