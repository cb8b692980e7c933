//! How fast a large PostgreSQL database comes back, beside the server's own tools.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use sortie_testkit::postgres::Cluster;
use tokio::process::Command;

use super::{Size, under_writes};
use crate::{database::text, table::Table};

/// Measures and prints. The server is one of this process's own, which writes nothing through to the disk.
pub(crate) async fn measure(bin: &Path, size: &Size) -> anyhow::Result<()> {
    let mut table = Table::default();
    under_writes::postgres(bin, size.backups, &mut table).await?;
    large(bin, size.mebibytes, &mut table).await?;
    Ok(table.print()?)
}

async fn large(bin: &Path, mebibytes: u64, table: &mut Table) -> anyhow::Result<()> {
    let cluster = Cluster::shared();
    let (source, target, peer) = (cluster.empty_database()?, cluster.empty_database()?, cluster.empty_database()?);
    let folder = tempfile::tempdir()?;
    run(bin, &["migrate"], &source).await?;
    // Entries of 4 KiB, which are as long as entries get, of signs that no compression makes shorter.
    cluster.query(
        &source,
        &format!(
            "INSERT INTO audit_log (timestamp, \"user\", action, details) \
             SELECT '2026-01-01 00:00:00', 'bench', 'LOGIN', \
             (SELECT string_agg(md5(random()::text || i || j), '') FROM generate_series(1, 119) j) \
             FROM generate_series(1, {}) i",
            mebibytes * 256
        ),
    )?;
    let bytes: u64 = cluster.query(&source, "SELECT pg_database_size(current_database())")?.parse()?;
    let (to, dump) = (folder.path().join("backups"), folder.path().join("peer.dump"));
    let (to, dump) = (text(&to)?, text(&dump)?);
    let dumped = run(Path::new("pg_dump"), &["--format=custom", "--file", dump, &source], "").await?;
    let into = format!("--dbname={peer}");
    let loaded = run(Path::new("pg_restore"), &["--no-owner", &into, dump], "").await?;
    let made = run(bin, &["backup", "--to", to], &source).await?;
    let verified = run(bin, &["verify", to], &source).await?;
    let restored = run(bin, &["restore", "--yes", to], &target).await?;
    let count = |dsn: &str| cluster.query(dsn, "SELECT count(*) FROM audit_log WHERE action = 'LOGIN'");
    ensure!(count(&source)? == count(&target)?, "not every row came back");
    let scenario = format!("{} MiB of PostgreSQL", bytes >> 20);
    table.compare(&scenario, "backup, against pg_dump", "s", dumped.as_secs_f64(), made.as_secs_f64());
    table.compare(&scenario, "restore, against pg_restore", "s", loaded.as_secs_f64(), restored.as_secs_f64());
    table.tell(&scenario, "verify", format!("{:.1} s", verified.as_secs_f64()));
    Ok(())
}

/// Runs a program to its end, on this database; answers how long it took.
async fn run(program: &Path, args: &[&str], dsn: &str) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(args).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("SORTIE_DB_TYPE", "postgres").env("SORTIE_DB_DSN", dsn).env("SORTIE_DATA_DIR", "/nonexistent");
    let output = command.output().await.with_context(|| format!("{} cannot be run", program.display()))?;
    ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(begun.elapsed())
}
