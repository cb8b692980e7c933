//! Backups while others write, and how fast a large one comes back.

pub(crate) mod postgres;

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hyper::StatusCode;
use serde_json::json;
use tokio::{process::Command, task::JoinSet, time::MissedTickBehavior};

use crate::{
    client::Client,
    server::Server,
    table::{Table, percentile},
};

const WRITERS: u32 = 10;
/// Writes that all writers together try in a second.
const WRITES_PER_SECOND: u32 = 500;

/// How much is measured.
pub(crate) struct Size {
    pub(crate) backups: usize,
    pub(crate) mebibytes: u64,
}

/// Measures and prints.
pub(crate) async fn measure(bin: &Path, size: &Size) -> anyhow::Result<()> {
    let mut table = Table::default();
    under_writes(bin, size.backups, &mut table).await?;
    large(bin, size.mebibytes, &mut table).await?;
    Ok(table.print()?)
}

/// Each backup is restored, and has every app whose making was acknowledged before it was begun.
async fn under_writes(bin: &Path, backups: usize, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(bin, &folder, None).await?;
    let (_, token) = Client::sign_in(&server.address).await?;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let goes_on = Arc::new(AtomicBool::new(true));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let client = Client::with_token(&server.address, &token).await?;
        writers.spawn(write(client, writer, Arc::clone(&acknowledged), Arc::clone(&goes_on)));
    }
    let (mut made, mut restored, mut lost) = (Vec::new(), Vec::new(), 0);
    let begun = Instant::now();
    for round in 0..backups {
        let before = acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (source, to) = (folder.path().join("sortie.db"), folder.path().join(format!("b{round}")));
        made.push(run(bin, &["backup", "--db", text(&source)?, "--to", text(&to)?]).await?);
        let scratch = folder.path().join(format!("r{round}"));
        tokio::fs::create_dir(&scratch).await?;
        let target = scratch.join("sortie.db");
        restored.push(run(bin, &["restore", "--yes", "--db", text(&target)?, text(&to)?]).await?);
        let there = apps(&target).await?;
        lost += before.iter().filter(|it| !there.contains(it.as_str())).count();
        tokio::fs::remove_dir_all(scratch).await?;
        tokio::fs::remove_dir_all(to).await?;
    }
    let took = begun.elapsed();
    goes_on.store(false, Ordering::Relaxed);
    while let Some(done) = writers.join_next().await {
        done??;
    }
    server.stop().await?;
    let written = acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len();
    let rate = f64::from(u32::try_from(written)?) / took.as_secs_f64();
    let scenario = format!("{backups} backups under writes");
    table.tell(&scenario, "acknowledged writes", format!("{written}, {rate:.0}/s"));
    table.tell(&scenario, "acknowledged before and not restored", lost.to_string());
    table.tell(&scenario, "backup, p50 and most", spread(&mut made));
    table.tell(&scenario, "restore, p50 and most", spread(&mut restored));
    ensure!(lost == 0, "{lost} acknowledged rows are not in the backups that began after them");
    Ok(())
}

async fn write(
    mut client: Client,
    writer: u32,
    acknowledged: Arc<Mutex<Vec<String>>>,
    goes_on: Arc<AtomicBool>,
) -> anyhow::Result<()> {
    let mut pace = tokio::time::interval(Duration::from_secs(1) * WRITERS / WRITES_PER_SECOND);
    pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut number = 0;
    while goes_on.load(Ordering::Relaxed) {
        pace.tick().await;
        let id = format!("app-{writer}-{number}");
        number += 1;
        let app = json!({
            "id": id, "name": id, "url": "https://example.com/", "category": "Tools", "launch_type": "url",
        });
        let (status, ..) = client.send("POST", "/api/apps", Some(&app), None).await?;
        ensure!(status == StatusCode::CREATED, "making an app answered {status}");
        acknowledged.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }
    Ok(())
}

/// Backup, proof, restore and the first start of a database of this size.
async fn large(bin: &Path, mebibytes: u64, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    Server::start(bin, &folder, None).await?.stop().await?;
    let file = folder.path().join("sortie.db");
    // Entries of 4 KiB, which are as long as entries get.
    sql(
        &file,
        &format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) \
         INSERT INTO audit_log (timestamp, user, action, details) \
         SELECT '2026-01-01 00:00:00.000000', 'bench', 'LOGIN', hex(randomblob(1900)) FROM n",
            mebibytes * 256
        ),
    )
    .await?;
    let bytes = std::fs::metadata(&file)?.len();
    let to = folder.path().join("backups");
    let copied = begun_with(|| std::fs::copy(&file, folder.path().join("plain")).map(drop))?;
    std::fs::remove_file(folder.path().join("plain"))?;
    let made = run(bin, &["backup", "--db", text(&file)?, "--to", text(&to)?]).await?;
    std::fs::remove_file(&file)?;
    let restored = run(bin, &["restore", "--yes", "--db", text(&file)?, text(&to)?]).await?;
    let server = Server::start(bin, &folder, None).await?;
    let started = server.started_in;
    server.stop().await?;
    let scenario = format!("{} MiB", bytes >> 20);
    table.compare(&scenario, "backup, against a plain copy", "s", copied.as_secs_f64(), made.as_secs_f64());
    table.compare(&scenario, "restore, against a plain copy", "s", copied.as_secs_f64(), restored.as_secs_f64());
    table.tell(&scenario, "start on it", format!("{:.3} s", started.as_secs_f64()));
    Ok(())
}

fn begun_with(work: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

/// Runs a command to its end; answers how long it took.
async fn run(bin: &Path, args: &[&str]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let output = Command::new(bin).args(args).env_clear().env("PATH", "/usr/bin:/bin").output().await?;
    ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(begun.elapsed())
}

async fn apps(file: &Path) -> anyhow::Result<HashSet<String>> {
    Ok(sql(file, "SELECT id FROM applications").await?.lines().map(str::to_owned).collect())
}

/// Asks stock SQLite.
async fn sql(file: &Path, text: &str) -> anyhow::Result<String> {
    let output = Command::new("sqlite3").arg(file).arg(text).output().await.context("sqlite3 cannot be run")?;
    ensure!(output.status.success(), "sqlite3: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is not valid UTF-8")
}

fn spread(samples: &mut [Duration]) -> String {
    let (middle, most) = (percentile(samples, 50), percentile(samples, 100));
    format!("{middle:.0} ms, {most:.0} ms")
}
