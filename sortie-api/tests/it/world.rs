//! A server with people and apps, and how to ask it.

pub(crate) mod client;
mod display;
mod ports;
mod runtime;

use std::{borrow::Cow, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};
use sortie_api::{
    Api, Assets, Settings, Site, SsoFace,
    auth::{Argon2Credentials, KeyFile},
};
use sortie_control::{
    Control, Ports,
    account::users::UserFields,
    services::{ServicePorts, ServiceSettings},
    tasks::Tasks,
};
use sortie_core::{
    app::AppFields,
    id::{InstallationId, RequestId, SignInId, TenantId, UserId},
    policy::{Caller, Principal},
    port::IdSource,
    secret::Secret,
    services::Rules,
    user::Role,
};
use sortie_local::SimulatedEngine;
use sortie_store::Store;
use sortie_testkit::provider::ToyProvider;
use tokio::net::TcpListener;

pub(crate) use client::{Answer, Ask, eventually};
pub(crate) use runtime::ToyRuntime;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A running server.
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) api: Arc<Api>,
    pub(crate) control: Control,
    pub(crate) runtime: Arc<ToyRuntime>,
    pub(crate) store: Store,
    pub(crate) provider: Arc<ToyProvider>,
    /// Takes the database away, as far as the catalog and the epochs need it.
    pub(crate) away: ports::Away,
    tasks: Tasks,
    _folder: tempfile::TempDir,
}

/// The people of every world: an administrator, an author, an auditor, and two users.
pub(crate) const PEOPLE: [(&str, Role); 4] =
    [("ann", Role::AppAuthor), ("olga", Role::Auditor), ("adele", Role::User), ("bob", Role::User)];

impl World {
    /// With the usual settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With settings of one's own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(ServiceSettings::default(), change).await
    }

    /// With services that anybody may see and change, and their loop.
    pub(crate) async fn start_open() -> Self {
        Self::start_services(ServiceSettings { open: true, ..ServiceSettings::default() }).await
    }

    /// With services and their loop.
    pub(crate) async fn start_services(chosen: ServiceSettings) -> Self {
        let world = Self::start_in(chosen, |_| {}).await;
        world.control.start_services(&world.tasks);
        world
    }

    async fn start_in(chosen: ServiceSettings, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = ports::open(folder.path());
        let away = ports::Away::new(store.clone());
        let runtime = Arc::new(ToyRuntime::new(folder.path()));
        let provider = Arc::<ToyProvider>::default();
        let ports = Ports {
            sessions: Arc::new(store.clone()),
            catalog: Arc::new(away.clone()),
            accounts: Arc::new(store.clone()),
            sharing: Arc::new(store.clone()),
            identities: Arc::new(store.clone()),
            access: Arc::new(store.clone()),
            tenants: Arc::new(store.clone()),
            records: Arc::new(store.clone()),
            warm: Arc::new(store.clone()),
            coordination: Arc::new(away.clone()),
            runtime: Arc::clone(&runtime) as _,
            credentials: Arc::new(Argon2Credentials::new()),
            provider: Some(Arc::clone(&provider) as _),
            clock: Arc::new(ports::SystemClock::default()),
            ids: Arc::new(ports::Ids),
        };
        let control = Control::new(ports, sortie_control::Settings::default());
        let tasks = Tasks::new();
        control.start(&tasks).await.unwrap();
        let engine = SimulatedEngine::new(InstallationId::new("world").unwrap());
        let services = ServicePorts {
            store: Arc::new(store.clone()),
            engine: Arc::new(engine),
            secrets: Arc::new(store.clone()),
            sealer: Arc::new(KeyFile::new(folder.path().join("services.key"))),
        };
        let rules = Rules { settle: Duration::ZERO, ..Rules::default() };
        control.with_services(services, ServiceSettings { rules, ..chosen });
        control.ensure_first_admin("root", Some(Secret::new(PASSWORD))).await.unwrap();
        let mut settings = Settings::new(Site::new(&[], &[], false, true).unwrap());
        settings.rates.writes.per_second = None;
        settings.rates.sign_ins_per_address.per_second = None;
        settings.rates.joins.per_second = None;
        settings.rates.streams.per_second = None;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let redirect_url = format!("http://localhost:{}/api/auth/oidc/callback", address.port());
        settings.sso = Some(SsoFace { name: "Corp".to_owned(), redirect_url });
        change(&mut settings);
        let api = Api::new(control.clone(), settings, assets(), tasks.clone()).unwrap();
        tasks.spawn("serve", sortie_api::server::serve(listener, Arc::clone(&api)));
        let world = Self { address, api, control, runtime, store, provider, away, tasks, _folder: folder };
        world.furnish().await;
        world
    }

    async fn furnish(&self) {
        let admin = Self::admin_caller();
        for (name, role) in PEOPLE {
            let fields = UserFields {
                username: name.to_owned(),
                display_name: name.to_owned(),
                email: String::new(),
                roles: vec![role.name().to_owned()],
                disabled: false,
                password: Some(Secret::new(PASSWORD)),
            };
            self.control.create_user(&admin, fields).await.unwrap();
        }
        for app in [shell("shell", "public"), shell("hidden", "admin_only"), link("docs")] {
            let id = app["id"].as_str().unwrap().to_owned();
            self.control.create_app(&admin, &id, fields(&app)).await.unwrap();
        }
    }

    /// The administrator as the use cases know it.
    fn admin_caller() -> Caller {
        let principal = Principal {
            user: UserId::new("setup").unwrap(),
            username: "root".to_owned(),
            tenant: TenantId::default_tenant(),
            roles: vec![Role::Admin],
            grants: Arc::default(),
            sign_in: SignInId::new("setup").unwrap(),
            scopes: None,
            guest: None,
        };
        let tenant = TenantId::default_tenant();
        Caller {
            principal,
            tenant,
            source_ip: "127.0.0.1".to_owned(),
            request: RequestId::new(ports::Ids.next()).unwrap(),
        }
    }

    /// An access token, as a program gets it.
    pub(crate) async fn token(&self, name: &str) -> String {
        let answer = self.ask("POST", "/api/auth/login").json(&json!({"username": name, "password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A cookie, as a browser gets it.
    pub(crate) async fn cookie(&self, name: &str) -> String {
        let said = json!({"username": name, "password": PASSWORD});
        let answer = self.ask("POST", "/api/auth/login").header("origin", &self.origin()).json(&said).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// Our own origin.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// Begins a request.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        Ask::new(self.address, method, path)
    }

    /// Launches the shell for somebody.
    pub(crate) async fn launch(&self, token: &str) -> String {
        let answer = self.ask("POST", "/api/sessions").bearer(token).json(&json!({"app_id": "shell"})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Launches the shell and waits until its screen answers.
    pub(crate) async fn running(&self, token: &str) -> String {
        let id = self.launch(token).await;
        let path = format!("/api/sessions/{id}");
        eventually("the session runs", || async {
            self.ask("GET", &path).bearer(token).send().await.json()["status"] == "running"
        })
        .await;
        id
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.tasks.cancel();
    }
}

/// An app that starts a workload.
pub(crate) fn shell(id: &str, visibility: &str) -> Value {
    json!({
        "id": id, "name": format!("App {id}"), "launch_type": "container", "visibility": visibility,
        "container_image": "example.org/shell:1", "command": ["xterm"], "env": [{"name": "KEY", "value": "canary-env"}],
    })
}

/// An app that is a link.
pub(crate) fn link(id: &str) -> Value {
    json!({"id": id, "name": format!("Link {id}"), "url": "https://docs.example/"})
}

fn fields(app: &Value) -> AppFields {
    let text = serde_json::to_vec(&json!([app])).unwrap();
    sortie_api::wire::seed::parse(&text).unwrap().remove(0).1
}

fn assets() -> Assets {
    let file = |path: &str, text: &'static str| (path.to_owned(), Cow::Borrowed(text.as_bytes()));
    Assets::from_files([
        file("index.html", "<!doctype html>page"),
        file("assets/app-1.js", "plain script"),
        file("assets/app-1.js.gz", "gzipped script"),
        file("assets/app-1.js.br", "brotli script"),
        file("docs/guide.html", "guide"),
        file("docs/index.html", "documentation"),
        file("theme.js", "theme"),
    ])
    .with_moved([("/guide/old".to_owned(), "/docs/guide.html".to_owned())])
}
