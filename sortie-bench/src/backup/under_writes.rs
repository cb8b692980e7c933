//! Backups while others write: each is restored, and has every row that was acknowledged before it was begun.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use hyper::StatusCode;
use serde_json::json;
use sortie_testkit::postgres::Cluster;
use tempfile::TempDir;
use tokio::{task::JoinSet, time::MissedTickBehavior};

use crate::{
    client::Client,
    database::{Database, text},
    server::Server,
    table::{Table, percentile},
};

const WRITERS: u32 = 10;
/// Writes that all writers together try in a second.
const WRITES_PER_SECOND: u32 = 500;

/// Backs a SQLite file up.
pub(crate) async fn sqlite(bin: &Path, backups: usize, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let database = Database::Sqlite(folder.path().join("sortie.db"));
    measure(bin, &folder, &database, backups, &format!("{backups} backups under writes"), table).await
}

/// Backs a PostgreSQL database up.
pub(crate) async fn postgres(bin: &Path, backups: usize, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let database = Database::Postgres(Cluster::shared().empty_database()?);
    measure(bin, &folder, &database, backups, &format!("{backups} backups of PostgreSQL under writes"), table).await
}

async fn measure(
    bin: &Path,
    folder: &TempDir,
    database: &Database,
    backups: usize,
    scenario: &str,
    table: &mut Table,
) -> anyhow::Result<()> {
    let server = Server::start_on(bin, folder, database).await?;
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
        let to = folder.path().join(format!("b{round}"));
        made.push(database.run(bin, &["backup", "--to", text(&to)?]).await?);
        let target = database.another(&folder.path().join(format!("r{round}")))?;
        restored.push(target.run(bin, &["restore", "--yes", text(&to)?]).await?);
        let (there, audited) = (target.lines("SELECT id FROM applications").await?, target.audited_apps().await?);
        lost += before.iter().filter(|it| !there.contains(it.as_str()) || !audited.contains(it.as_str())).count();
        target.remove()?;
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
    table.tell(scenario, "acknowledged writes", format!("{written} in {:.0} s, {rate:.0}/s", took.as_secs_f64()));
    table.tell(scenario, "acknowledged before and not restored", lost.to_string());
    table.tell(scenario, "backup, p50 and most", spread(&mut made));
    table.tell(scenario, "restore, p50 and most", spread(&mut restored));
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

fn spread(samples: &mut [Duration]) -> String {
    let (middle, most) = (percentile(samples, 50), percentile(samples, 100));
    format!("{middle:.0} ms, {most:.0} ms")
}
