//! One server's inside: control over the real store, with everything else in the test's hand.

mod clock;
mod credentials;
mod runtime;

use std::{path::Path, sync::Arc, time::Duration};

use sortie_control::{
    Control, Ports, Settings,
    account::{
        sign_in::{Arrival, SignInAttempt},
        users::UserFields,
    },
    session::launch::LaunchRequest,
    tasks::Tasks,
};
use sortie_core::{
    app::{AppFields, LaunchType, Visibility, WorkspaceKind},
    id::{AppId, RequestId, SessionId, UserId},
    policy::Caller,
    port::{IdSource, SessionStore},
    secret::Secret,
    session::{Session, Status},
    sign_in::ClientKind,
};
use sortie_store::{Database, Store};
use sortie_testkit::provider::ToyProvider;
use tempfile::TempDir;

pub(crate) use clock::TestClock;
pub(crate) use runtime::{Mood, TestRuntime};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Longer than anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);

struct Uuids;

impl IdSource for Uuids {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}

/// See the module.
pub(crate) struct Stage {
    pub(crate) control: Control,
    pub(crate) runtime: Arc<TestRuntime>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Store,
    pub(crate) provider: Arc<ToyProvider>,
    pub(crate) credentials: credentials::PlainCredentials,
    tasks: Tasks,
    settings: Settings,
    folder: TempDir,
}

impl Stage {
    /// A running server with an administrator.
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// The same with settings.
    pub(crate) async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        let (runtime, clock) = (Arc::new(TestRuntime::default()), Arc::new(TestClock::default()));
        let provider = Arc::<ToyProvider>::default();
        let credentials = credentials::PlainCredentials::default();
        let control = control(&store, &runtime, &clock, &provider, &credentials, &settings);
        let tasks = Tasks::new();
        control.ensure_first_admin("admin", Some(Secret::new(PASSWORD))).await.unwrap();
        control.start(&tasks).await.unwrap();
        Self { control, runtime, clock, store, provider, credentials, tasks, settings, folder }
    }

    /// The server is told to end, and does.
    pub(crate) async fn end(&self) {
        self.tasks.cancel();
        assert!(self.tasks.ended(DEADLINE).await, "the server does not end");
    }

    /// What a SIGKILL and a new start are to the loops: everything in memory is gone, the database and the world stay.
    /// (That the database itself survives a SIGKILL is for the store's own tests and the flows through the binary.)
    pub(crate) async fn crash_and_restart(&mut self) {
        self.tasks.cancel();
        self.tasks.ended(DEADLINE).await;
        self.control =
            control(&self.store, &self.runtime, &self.clock, &self.provider, &self.credentials, &self.settings);
        self.tasks = Tasks::new();
        self.control.start(&self.tasks).await.unwrap();
    }

    /// Another server on the same database, as far as requests and epochs go.
    pub(crate) async fn replica(&self) -> Control {
        let control =
            control(&self.store, &self.runtime, &self.clock, &self.provider, &self.credentials, &self.settings);
        control.start(&self.tasks).await.unwrap();
        control
    }

    /// Where the database is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Signs somebody in.
    pub(crate) async fn caller(&self, username: &str) -> Caller {
        let signed_in = self.control.sign_in(attempt(username, ClientKind::Browser)).await.unwrap();
        self.caller_of(&signed_in.token).await
    }

    /// Whose token this is.
    pub(crate) async fn caller_of(&self, token: &Secret) -> Caller {
        let principal = self.control.authenticate(token.reveal()).await.unwrap().unwrap().principal;
        let tenant = principal.tenant.clone();
        Caller { principal, tenant, source_ip: "192.0.2.1".to_owned(), request: RequestId::new("r-1").unwrap() }
    }

    /// The administrator, and a new user of this name.
    pub(crate) async fn admin_and(&self, username: &str) -> (Caller, Caller) {
        let admin = self.caller("admin").await;
        self.control.create_user(&admin, user(username, "user")).await.unwrap();
        (admin, self.caller(username).await)
    }

    /// Makes an app that starts a workload.
    pub(crate) async fn app(&self, id: &str, change: impl FnOnce(&mut AppFields)) {
        let mut fields = AppFields {
            name: id.to_owned(),
            launch_type: LaunchType::Container,
            command: vec!["xterm".to_owned()],
            ..AppFields::default()
        };
        change(&mut fields);
        let admin = self.caller("admin").await;
        self.control.create_app(&admin, id, fields).await.unwrap();
    }

    /// Launches an app for its caller.
    pub(crate) async fn launch(&self, caller: &Caller, app: &str) -> Session {
        self.control.launch(caller, request(app)).await.unwrap()
    }

    /// A session as it is stored now.
    pub(crate) async fn stored(&self, id: &SessionId) -> Session {
        self.store.find_session(id).await.unwrap().unwrap()
    }

    /// Waits until a session runs, or has ended and is released.
    pub(crate) async fn settled(&self, id: &SessionId) -> Session {
        let is_settled =
            |it: &Session| it.status == Status::Running || (it.status.is_final() && it.released_at.is_some());
        self.until(id, "settled", is_settled).await
    }

    /// Waits until a stored session is as wanted.
    pub(crate) async fn until(&self, id: &SessionId, what: &str, wanted: impl Fn(&Session) -> bool) -> Session {
        let waiting = async {
            loop {
                let session = self.stored(id).await;
                if wanted(&session) {
                    return session;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if let Ok(session) = tokio::time::timeout(DEADLINE, waiting).await {
            return session;
        }
        panic!("the session never was {what}: {:#?}\n{:#?}", self.stored(id).await, self.runtime)
    }
}

/// Waits for something.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("it took too long: {what}"))
}

fn open(folder: &Path) -> Store {
    Store::open(sortie_store::Settings { database: Database::Sqlite { path: folder.join("sortie.db") } }).unwrap()
}

fn control(
    store: &Store,
    runtime: &Arc<TestRuntime>,
    clock: &Arc<TestClock>,
    provider: &Arc<ToyProvider>,
    credentials: &credentials::PlainCredentials,
    settings: &Settings,
) -> Control {
    let ports = Ports {
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
        runtime: Arc::clone(runtime) as Arc<dyn sortie_core::port::Runtime>,
        credentials: Arc::new(credentials.clone()),
        provider: Some(Arc::clone(provider) as _),
        clock: Arc::clone(clock) as Arc<dyn sortie_core::port::Clock>,
        ids: Arc::new(Uuids),
    };
    Control::new(ports, settings.clone())
}

pub(crate) fn attempt(username: &str, client: ClientKind) -> SignInAttempt {
    SignInAttempt { username: username.to_owned(), password: Secret::new(PASSWORD), arrival: arrival(client) }
}

pub(crate) fn arrival(client: ClientKind) -> Arrival {
    Arrival {
        client,
        source_ip: "192.0.2.1".to_owned(),
        user_agent: "test/1".to_owned(),
        device: None,
        request: RequestId::new("r-1").unwrap(),
    }
}

pub(crate) fn request(app: &str) -> LaunchRequest {
    LaunchRequest { app: AppId::new(app).unwrap(), viewport: None, idle_timeout: None, owner: None }
}

pub(crate) fn request_for(app: &str, owner: &UserId) -> LaunchRequest {
    LaunchRequest { owner: Some(owner.clone()), ..request(app) }
}

pub(crate) fn user(username: &str, role: &str) -> UserFields {
    UserFields {
        username: username.to_owned(),
        display_name: String::new(),
        email: String::new(),
        roles: vec![role.to_owned()],
        disabled: false,
        password: Some(Secret::new(PASSWORD)),
    }
}

pub(crate) fn persistent(fields: &mut AppFields) {
    fields.workspace = WorkspaceKind::Persistent;
}

pub(crate) fn hidden(fields: &mut AppFields) {
    fields.visibility = Visibility::AdminOnly;
}
