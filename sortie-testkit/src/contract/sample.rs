//! What the store contracts write: plain rows with nothing special, and a store that has every port.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Result, bail, ensure};
use sortie_core::{
    app::{App, AppFields, LaunchType},
    audit::{Actor, AuditAction, AuditEntry, Change},
    event::{AppAudience, AppEventKind, Event, EventBody},
    id::{AppId, EventId, PlaceId, SessionId, SignInId, TenantId, UserId},
    port::{
        AccessStore, AccountStore, CatalogStore, CoordinationStore, IdentityStore, PortError, RecordStore,
        ServiceSecretStore, ServiceStore, SessionStore, SharingStore, TenantStore, WarmStore, records::AuditFilter,
    },
    secret::TokenHash,
    session::{NewSession, Reason, Session, SessionEvent, apply},
    sign_in::{ClientKind, SignIn},
    spec::Spec,
    time::Timestamp,
    user::{Role, User},
    workload::{Viewport, WorkspaceClaim},
};
use tokio::{sync::Barrier, task::JoinSet};

/// A store with every port.
pub trait Stores:
    AccessStore
    + AccountStore
    + TenantStore
    + CatalogStore
    + CoordinationStore
    + IdentityStore
    + RecordStore
    + ServiceSecretStore
    + ServiceStore
    + SessionStore
    + SharingStore
    + WarmStore
    + Send
    + Sync
    + 'static
{
}

impl<S> Stores for S where
    S: AccessStore
        + AccountStore
        + TenantStore
        + CatalogStore
        + CoordinationStore
        + IdentityStore
        + RecordStore
        + ServiceSecretStore
        + ServiceStore
        + SessionStore
        + SharingStore
        + WarmStore
        + Send
        + Sync
        + 'static
{
}

/// Seconds after a fixed point, plus some microseconds that must survive.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_763_700_000_120_450 + seconds * 1_000_000)
}

/// A text that no other call gives.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}-{:06}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The default tenant.
pub fn tenant() -> TenantId {
    TenantId::default_tenant()
}

/// A link app whose name is its id.
pub fn app(id: &str) -> Result<App> {
    let fields = AppFields {
        name: id.to_owned(),
        url: "https://example.com".to_owned(),
        launch_type: LaunchType::Url,
        ..AppFields::default()
    };
    Ok(App {
        id: AppId::new(id)?,
        tenant: tenant(),
        category: None,
        version: 1,
        fields,
        created_at: at(0),
        updated_at: at(0),
    })
}

/// A user whose id is the name with `u-` before it.
pub fn user(name: &str) -> Result<User> {
    Ok(User {
        id: UserId::new(format!("u-{name}"))?,
        tenant: tenant(),
        username: name.to_owned(),
        display_name: "Somebody".to_owned(),
        email: String::new(),
        password: None,
        roles: vec![Role::User],
        disabled: false,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
        last_sign_in_at: None,
    })
}

/// A program's sign-in with tokens made of its id, good for an hour, ending after ten.
pub fn sign_in(id: &str, user: &User) -> Result<SignIn> {
    Ok(SignIn {
        id: SignInId::new(id)?,
        user: user.id.clone(),
        client: ClientKind::Api,
        token: TokenHash::new(format!("token-{id}")),
        refresh: Some(TokenHash::new(format!("refresh-{id}"))),
        previous_refresh: None,
        created_at: at(0),
        last_used_at: at(0),
        expires_at: at(3_600),
        ends_at: at(36_000),
        revoked_at: None,
        source_ip: "192.0.2.1".to_owned(),
        user_agent: "sample/1".to_owned(),
        name: String::new(),
        scopes: None,
    })
}

/// The place of the sample sessions.
pub fn place() -> Result<PlaceId> {
    Ok(PlaceId::new("place-1")?)
}

/// A fresh session of `owner`, launched at `seconds`.
pub fn session(id: &str, owner: &str, seconds: i64) -> Result<Session> {
    let mut fields = app("terminal")?.fields;
    fields.launch_type = LaunchType::Container;
    fields.command = vec!["/usr/bin/xterm".to_owned()];
    let spec: Spec = App { fields, ..app("terminal")? }.resolve()?;
    let new = NewSession {
        id: SessionId::new(id)?,
        tenant: tenant(),
        owner: UserId::new(owner)?,
        owner_name: format!("name of {owner}"),
        spec,
        place: place()?,
        viewport: Viewport::DEFAULT,
        workspace: WorkspaceClaim::Ephemeral,
        idle_timeout: None,
        max_lifetime: None,
        replaces: None,
    };
    Ok(Session::launched(new, at(seconds)))
}

/// The session running, failed, released: each one move after the other.
pub fn running(session: &Session, seconds: i64) -> Result<Session> {
    let ready = SessionEvent::BecameReady { name: "w-1".to_owned(), address: Some("192.0.2.7".to_owned()) };
    Ok(session.after(&apply(session.status, ready)?, at(seconds)))
}

/// The session after it failed.
pub fn failed(session: &Session, seconds: i64) -> Result<Session> {
    let event = SessionEvent::Fail {
        reason: Reason::AppExited,
        detail: "exit code 1".to_owned(),
        output: vec!["one line".to_owned(), "another \"line\"".to_owned()],
    };
    Ok(session.after(&apply(session.status, event)?, at(seconds)))
}

/// A change by somebody, without events.
pub fn change(action: AuditAction, seconds: i64) -> Change {
    let audit = AuditEntry::new(Actor::system(), action, vec![("what", "sample".to_owned())]);
    Change { at: at(seconds), audit, events: Vec::new() }
}

/// A change with one event, which names `app`.
pub fn told(action: AuditAction, app: &AppId, seconds: i64) -> Result<Change> {
    let body = EventBody::App { app: app.clone(), kind: AppEventKind::Updated, audience: AppAudience::default() };
    let event = Event { id: EventId::new(unique("e"))?, tenant: tenant(), body, at: at(seconds) };
    Ok(Change { events: vec![event], ..change(action, seconds) })
}

/// The default tenant's whole audit.
pub fn whole_audit() -> AuditFilter {
    AuditFilter { tenant: tenant(), user: None, action: None, from: None, to: None }
}

/// How many entries the audit has.
pub async fn audited<S: Stores>(store: &Arc<S>) -> Result<u64> {
    Ok(store.count_audit(&whole_audit()).await?)
}

/// Lets `count` tasks do the same at the same time, each with its number; answers what they answered.
pub async fn at_once<S, T, F>(store: &Arc<S>, count: usize, task: impl Fn(Arc<S>, usize) -> F) -> Result<Vec<T>>
where
    S: Stores,
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let line = Arc::new(Barrier::new(count));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (line, store, task) = (Arc::clone(&line), Arc::clone(store), task(Arc::clone(store), number));
        tasks.spawn(async move {
            // A pool that makes its connections when they are needed has them when it counts.
            for _ in 0..3 {
                line.wait().await;
                store.ping().await?;
            }
            line.wait().await;
            task.await
        });
    }
    let mut answers = Vec::new();
    while let Some(answer) = tasks.join_next().await {
        answers.push(answer??);
    }
    Ok(answers)
}

/// That a call found somebody else's change in its way.
pub fn ensure_conflict<T: std::fmt::Debug>(result: Result<T, PortError>) -> Result<()> {
    match result {
        Err(PortError::Conflict) => Ok(()),
        found => bail!("expected a conflict, found {found:?}"),
    }
}

/// That two values are the same; shows both when not.
pub fn ensure_same<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<()> {
    ensure!(found == expected, "found    {found:#?}\nexpected {expected:#?}");
    Ok(())
}
