//! Catalog reads and app writes with 32 clients.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::ensure;
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::{
    client::Client,
    server::Server,
    table::{Table, percentile},
};

const CLIENTS: usize = 32;
const APPS: usize = 200;
const READS: usize = 600;
const WRITES: usize = 60;

/// How one kind of request went.
struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
    failed: usize,
}

/// Measures and prints.
pub(crate) async fn measure(bin: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(bin, &folder, None).await?;
    let (mut admin, token) = Client::sign_in(&server.address).await?;
    for n in 0..APPS {
        let (status, ..) = admin.send("POST", "/api/apps", Some(&app(&format!("app-{n}"))), None).await?;
        ensure!(status == StatusCode::CREATED, "creating an app answered {status}");
    }
    let (_, tag, body) = admin.send("GET", "/api/apps", None, None).await?;
    let (address, tag) = (server.address.as_str(), tag.unwrap_or_default());
    let health = reads(address, &token, "/healthz", None, StatusCode::OK).await?;
    let full = reads(address, &token, "/api/apps", None, StatusCode::OK).await?;
    let known = reads(address, &token, "/api/apps", Some(&tag), StatusCode::NOT_MODIFIED).await?;
    let written = writes(address, &token).await?;

    let mut table = Table::default();
    let size = body.len() / 1000;
    let scenario = format!("GET /api/apps, {APPS} apps, {size} kB");
    table.compare(&scenario, "against /healthz", "req/s", health.per_second, full.per_second);
    table.tell(&scenario, "p50, p99, failed", shown(&full));
    table.compare("the same, 304", "against the whole answer", "req/s", full.per_second, known.per_second);
    table.tell("the same, 304", "p50, p99, failed", shown(&known));
    table.tell("POST /api/apps", "successful", format!("{:.0} req/s", written.per_second));
    table.tell("POST /api/apps", "p50, p99, failed", shown(&written));
    // On a slow machine the server has closed the first connection meanwhile, for it was silent too long.
    let mut admin = Client::with_token(address, &token).await?;
    let (_, _, audit) = admin.send("GET", "/api/audit?action=CREATE_APP&limit=1", None, None).await?;
    let audited = serde_json::from_slice::<Value>(&audit)?["total"].as_u64().unwrap_or_default();
    let made = APPS + CLIENTS * WRITES - written.failed;
    table.tell("POST /api/apps", "audit rows of apps made", format!("{audited} of {made}"));
    server.stop().await?;
    Ok(table.print()?)
}

fn shown(run: &Run) -> String {
    format!("{:.2} ms, {:.2} ms, {}", run.p50, run.p99, run.failed)
}

fn app(id: &str) -> Value {
    json!({
        "id": id, "name": format!("App {id}"), "description": "An entry of a catalog that is as long as real ones are.",
        "url": format!("https://{id}.example.com/start"), "category": "Tools", "launch_type": "url",
    })
}

async fn reads(address: &str, token: &str, path: &str, etag: Option<&str>, wanted: StatusCode) -> anyhow::Result<Run> {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = Client::with_token(address, token).await?;
        let (path, etag) = (path.to_owned(), etag.map(str::to_owned));
        clients.push(async move {
            let mut samples = Vec::with_capacity(READS);
            let mut failed = 0;
            for _ in 0..READS {
                let begun = Instant::now();
                let (status, ..) = client.send("GET", &path, None, etag.as_deref()).await?;
                samples.push(begun.elapsed());
                failed += usize::from(status != wanted);
            }
            Ok((samples, failed))
        });
    }
    together(clients).await
}

async fn writes(address: &str, token: &str) -> anyhow::Result<Run> {
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        let mut client = Client::with_token(address, token).await?;
        clients.push(async move {
            let mut samples = Vec::with_capacity(WRITES);
            let mut failed = 0;
            for m in 0..WRITES {
                let begun = Instant::now();
                let (status, ..) = client.send("POST", "/api/apps", Some(&app(&format!("new-{n}-{m}"))), None).await?;
                samples.push(begun.elapsed());
                failed += usize::from(status != StatusCode::CREATED);
            }
            Ok((samples, failed))
        });
    }
    together(clients).await
}

type Samples = anyhow::Result<(Vec<Duration>, usize)>;

async fn together(clients: Vec<impl Future<Output = Samples> + Send + 'static>) -> anyhow::Result<Run> {
    let begun = Instant::now();
    let running: Vec<_> = clients.into_iter().map(tokio::spawn).collect();
    let (mut all, mut failed) = (Vec::new(), 0);
    for client in running {
        let (samples, wrong) = client.await??;
        all.extend(samples);
        failed += wrong;
    }
    let done = all.len() - failed;
    let per_second = f64::from(u32::try_from(done)?) / begun.elapsed().as_secs_f64();
    Ok(Run { per_second, p50: percentile(&mut all, 50), p99: percentile(&mut all, 99), failed })
}
