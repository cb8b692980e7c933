//! Sortie's HTTP face inside a hyper server of one's own: `/own` is ours, everything else is Sortie's.
//!
//! It stands on a fresh SQLite file and a runtime that runs nothing, asks itself two questions, prints the answers, and ends.

use std::{convert::Infallible, error::Error, path::Path, sync::Arc, time::Duration, time::Instant};

use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use sortie_api::{Api, Assets, Peer, Settings, Site, auth::Argon2Credentials};
use sortie_control::{Control, Ports, tasks::Tasks};
use sortie_core::{
    id::{PlaceId, SessionId},
    port::{BoxFuture, Clock, IdSource, PortError, PortResult, Runtime, runtime::Wake},
    spec::Spec,
    time::Timestamp,
    workload::{Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};
use tokio::net::{TcpListener, TcpStream};

type Failure = Box<dyn Error + Send + Sync>;

#[expect(clippy::print_stdout, reason = "an example shows what it got")]
#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (own, catalog) = run().await?;
    println!("/own answers {own}; /api/apps answers {catalog}");
    Ok(())
}

/// Serves, asks for `/own` and for `/api/apps`, and answers what came.
pub(crate) async fn run() -> Result<(String, String), Failure> {
    let folder = tempfile::tempdir()?;
    let tasks = Tasks::new();
    let control = Control::new(ports(folder.path())?, sortie_control::Settings::default());
    control.start(&tasks).await?;
    let site = Site::new(&[], &[], false, true).map_err(|it| format!("{it:?}"))?;
    let api = Api::new(control, Settings::new(site), Assets::default(), tasks.clone())?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tasks.spawn("serve", serve(listener, Arc::clone(&api)));
    let answers = (ask(address, "/own").await?, ask(address, "/api/apps").await?);
    api.drain().await;
    tasks.cancel();
    Ok(answers)
}

/// One's own server: any hyper connection will do, as long as it is served with upgrades, which streams need.
async fn serve(listener: TcpListener, api: Arc<Api>) {
    while let Ok((socket, address)) = listener.accept().await {
        let api = Arc::clone(&api);
        let service = service_fn(move |request: Request<Incoming>| {
            let api = Arc::clone(&api);
            async move {
                if request.uri().path() == "/own" {
                    let body = Full::from("hello from the outer server").map_err(|never| match never {}).boxed_unsync();
                    return Ok::<_, Infallible>(Response::new(body));
                }
                Ok(api.answer(Peer { address: address.ip(), is_tls: false }, request).await)
            }
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(socket), service)
                .with_upgrades(),
        );
    }
}

async fn ask(address: std::net::SocketAddr, path: &str) -> Result<String, Failure> {
    let socket = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(socket).await?;
    tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost").body(Empty::<bytes::Bytes>::new())?;
    let body = sender.send_request(request).await?.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8(body.to_vec())?)
}

/// The adapters: a SQLite file, this machine's time, and nothing that could run an app.
fn ports(folder: &Path) -> Result<Ports, Failure> {
    let database = sortie_store::Database::Sqlite { path: folder.join("sortie.db") };
    let store = sortie_store::Store::open(sortie_store::Settings { database })?;
    Ok(Ports {
        sessions: Arc::new(store.clone()),
        catalog: Arc::new(store.clone()),
        accounts: Arc::new(store.clone()),
        sharing: Arc::new(store.clone()),
        identities: Arc::new(store.clone()),
        access: Arc::new(store.clone()),
        tenants: Arc::new(store.clone()),
        records: Arc::new(store.clone()),
        warm: Arc::new(store.clone()),
        coordination: Arc::new(store),
        runtime: Arc::new(Nothing(PlaceId::new("nowhere")?)),
        credentials: Arc::new(Argon2Credentials::new()),
        provider: None,
        clock: Arc::new(SystemClock(Instant::now())),
        ids: Arc::new(Ids),
    })
}

struct Nothing(PlaceId);

impl Runtime for Nothing {
    fn place(&self) -> &PlaceId {
        &self.0
    }

    fn condition(&self) -> Condition {
        Condition { kind: "local", problems: vec![no_apps()], limits: Vec::new() }
    }

    fn refusal(&self, _: &Spec) -> Option<Refusal> {
        Some(no_apps())
    }

    fn list(&self) -> PortResult<'_, Vec<Workload>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn observe<'a>(&'a self, _: &'a SessionId) -> PortResult<'a, Observed> {
        Box::pin(async { Ok(Observed::Absent) })
    }

    fn create<'a>(&'a self, _: &'a WorkloadOrder) -> PortResult<'a, ()> {
        Box::pin(async { Err(PortError::Rejected(no_apps().message)) })
    }

    fn delete<'a>(&'a self, _: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn relabel<'a>(&'a self, _: &'a Labels, _: &'a Labels) -> PortResult<'a, ()> {
        Box::pin(async { Err(PortError::Conflict) })
    }

    fn open<'a>(&'a self, _: &'a SessionId) -> PortResult<'a, Endpoint> {
        Box::pin(async { Err(PortError::unavailable(no_apps().message)) })
    }

    fn watch(&self, _: Wake) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

fn no_apps() -> Refusal {
    Refusal { code: "nothing_runs_here".to_owned(), message: "This example runs no apps.".to_owned() }
}

struct SystemClock(Instant);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

struct Ids;

impl IdSource for Ids {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
