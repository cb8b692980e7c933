//! Start to ready, and what an idle server holds.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::{
    process::{Resident, resident},
    server::Server,
    table::{Table, percentile},
};

const ROUNDS: usize = 7;
/// How long a server does nothing before its memory is looked at: its trial of a sandbox is over then.
const REST: Duration = Duration::from_secs(3);

/// Measures and prints.
pub(crate) async fn measure(bin: &Path) -> anyhow::Result<()> {
    let (mut bare, mut empty, mut existing, mut most) = (Vec::new(), Vec::new(), Vec::new(), Resident::default());
    for _ in 0..ROUNDS {
        bare.push(version(bin).await?);
        let folder = tempfile::tempdir()?;
        let first = Server::start(bin, &folder, None).await?;
        empty.push(first.started_in);
        first.stop().await?;
        let second = Server::start(bin, &folder, None).await?;
        existing.push(second.started_in);
        tokio::time::sleep(REST).await;
        let resident = resident(second.pid())?;
        if resident.kib > most.kib {
            most = resident;
        }
        second.stop().await?;
    }
    let bare = percentile(&mut bare, 50);
    let mut table = Table::default();
    table.compare("start", "empty database to listening, median", "ms", bare, percentile(&mut empty, 50));
    table.compare("start", "existing database to listening, median", "ms", bare, percentile(&mut existing, 50));
    table.tell("start", "resident memory when idle, most of 7", format!("{:.1} MiB", most.kib / 1024.0));
    table.tell("start", "of it the process's own, not mapped from files", format!("{:.1} MiB", most.own_kib / 1024.0));
    let size = std::fs::metadata(bin)?.len();
    table.tell("start", "size of the binary with the web app", format!("{} kB", size / 1_000));
    Ok(table.print()?)
}

/// What the process itself costs.
async fn version(bin: &Path) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    tokio::process::Command::new(bin).arg("--version").stdout(Stdio::null()).status().await?;
    Ok(begun.elapsed())
}
