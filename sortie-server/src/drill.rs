//! A drill: a backup is restored beside everything, a server of its own is started on it, asked what matters, and thrown away.

mod http;
mod runtime;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use serde_json::json;
use sortie_api::auth::Argon2Credentials;
use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Change},
    id::{PlaceId, TenantId, UserId},
    port::{AccountStore, CredentialMaker, IdSource},
    secret::Secret,
    user::{Role, User},
};
use sortie_store::backup::Manifest;

use self::{http::Client, runtime::SimulatedRuntime};
use crate::{
    assemble::{self, Server},
    clock,
    config::{Settings, settings::Database},
    ids::UuidSource,
    web,
};

/// How long a session may take to be ready, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(100);

/// One thing that a drill looks at, and what it found.
pub(crate) type Item = (&'static str, anyhow::Result<String>);

/// What a drill's server is started with: everything of the real one but what reaches outside, and who may sign in.
pub(crate) fn settings(real: &Settings, database: Database, folder: &Path) -> Settings {
    let mut settings = real.clone();
    settings.bind = [127, 0, 0, 1].into();
    settings.port = 0;
    settings.public_urls = Vec::new();
    settings.trusted_proxies = Vec::new();
    settings.allow_http = false;
    settings.tls = None;
    settings.sso = None;
    settings.seed = None;
    // Looking after the machine's services would reach outside.
    settings.services = None;
    settings.database = database;
    settings.data_dir = folder.join("data");
    settings.audit.keep = None;
    settings.audit.forward = None;
    settings.backup.interval = None;
    settings
}

/// Starts the server, says when it is ready, and looks at everything but the database itself.
pub(crate) async fn look(settings: &Settings, manifest: &Manifest, ready: impl FnOnce()) -> anyhow::Result<Vec<Item>> {
    let place = PlaceId::new(format!("drill-{}", UuidSource.next()))?;
    let server = assemble::with_runtime(settings, Arc::new(SimulatedRuntime::new(place))).await?;
    let Server { store, api, tasks, listener, .. } = server;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(sortie_api::server::serve(listener, api.clone()));
    let password = Argon2Credentials::new().new_password();
    let mut client = Client { address, token: None };
    ensure!(client.get("/readyz").await?.status == 200, "the server does not get ready");
    ready();
    let name = enter(&store, &password).await?;
    let items = items(&mut client, &name, &password, manifest).await;
    api.drain().await;
    tasks.cancel();
    tasks.ended(PATIENCE).await;
    serving.abort();
    tokio::task::spawn_blocking(move || store.close()).await?;
    Ok(items)
}

/// Makes an administrator that only this server knows.
async fn enter(store: &sortie_store::Store, password: &Secret) -> anyhow::Result<String> {
    let id = UserId::new(UuidSource.next())?;
    let at = clock::own();
    let username = format!("drill-{id}");
    let user = User {
        display_name: "Drill".to_owned(),
        password: Some(Argon2Credentials::new().hash_password(password).await?),
        ..User::new(id, TenantId::default_tenant(), username.clone(), vec![Role::Admin], at)
    };
    let audit = AuditEntry::new(Actor::system(), AuditAction::CreateUser, vec![("username", username.clone())]);
    store.insert_user(&user, Change { at, audit, events: Vec::new() }).await.context("nobody can be let in")?;
    Ok(username)
}

async fn items(client: &mut Client, name: &str, password: &Secret, manifest: &Manifest) -> Vec<Item> {
    let signed_in = sign_in(client, name, password).await;
    vec![
        ("the API answers", signed_in),
        ("every application is there", applications(client, manifest).await),
        ("the web app loads", page(client).await),
        ("a session is made and ended (simulated)", session(client).await),
    ]
}

async fn sign_in(client: &mut Client, name: &str, password: &Secret) -> anyhow::Result<String> {
    for path in ["/healthz", "/readyz", "/api/config"] {
        let status = client.get(path).await?.status;
        ensure!(status == 200, "{path} answered {status}");
    }
    let said = json!({"username": name, "password": password.reveal()});
    let answer = client.post("/api/auth/login", &said).await?.json().context("signing in")?;
    client.token = answer["access_token"].as_str().map(str::to_owned);
    ensure!(client.token.is_some(), "signing in gave no token");
    let people = client.get("/api/users").await?.json().context("/api/users")?;
    client.get("/api/audit?limit=1").await?.json().context("/api/audit")?;
    Ok(format!("ready, signed in, {} accounts listed", people.as_array().map_or(0, Vec::len)))
}

async fn applications(client: &Client, manifest: &Manifest) -> anyhow::Result<String> {
    let expected = manifest.tables.get("applications").copied().unwrap_or(0);
    let tenants = client.get("/api/admin/tenants").await?.json().context("/api/admin/tenants")?;
    let mut found = 0;
    for tenant in tenants.as_array().context("tenants are no list")? {
        let tenant = tenant["id"].as_str().context("a tenant has no id")?;
        let apps = client.get_of(tenant, "/api/apps").await?.json().context("/api/apps")?;
        found += apps.as_array().context("apps are no list")?.len();
    }
    ensure!(u64::try_from(found)? == expected, "{found} of {expected}");
    Ok(format!("{found}, as in the backup"))
}

/// The page, and the program that it names.
async fn page(client: &Client) -> anyhow::Result<String> {
    if web::files().next().is_none() {
        return Ok("this build has none".to_owned());
    }
    let page = client.get("/").await?;
    ensure!(page.status == 200, "the page answered {}", page.status);
    let script =
        page.body.split("src=\"").skip(1).filter_map(|it| it.split('"').next()).find(|it| it.contains("/assets/"));
    let script = script.context("the page names no program")?;
    let program = client.get(script).await?;
    ensure!(program.status == 200 && !program.body.is_empty(), "{script} answered {}", program.status);
    Ok(format!("the page and {script}"))
}

async fn session(client: &Client) -> anyhow::Result<String> {
    let app = format!("drill-{}", UuidSource.next());
    let fields =
        json!({"id": app, "name": "Drill", "category": "Drill", "launch_type": "container", "command": ["true"]});
    client.post("/api/apps", &fields).await?.json().context("making an app")?;
    let session = client.post("/api/sessions", &json!({"app_id": app})).await?.json().context("launching it")?;
    let id = session["id"].as_str().context("the session has no id")?.to_owned();
    let path = format!("/api/sessions/{id}");
    let begun = std::time::Instant::now();
    loop {
        let session = client.get(&path).await?.json()?;
        match session["status"].as_str() {
            Some("running") => break,
            Some("creating") if begun.elapsed() < PATIENCE => tokio::time::sleep(STEP).await,
            other => bail!("the session is {}", other.unwrap_or("without a status")),
        }
    }
    let stopped = client.post(&format!("{path}/stop"), &json!({})).await?.json().context("ending it")?;
    ensure!(stopped["status"] == "stopped", "the session is {} after its end", stopped["status"]);
    Ok("launched, running, stopped".to_owned())
}
