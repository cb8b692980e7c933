//! Backups while others write, and how fast a large one comes back.

pub(crate) mod postgres;
mod under_writes;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    database::{Database, sql, text},
    server::Server,
    table::Table,
};

/// How much is measured.
pub(crate) struct Size {
    pub(crate) backups: usize,
    pub(crate) mebibytes: u64,
}

/// Measures and prints.
pub(crate) async fn measure(bin: &Path, size: &Size) -> anyhow::Result<()> {
    let mut table = Table::default();
    under_writes::sqlite(bin, size.backups, &mut table).await?;
    large(bin, size.mebibytes, &mut table).await?;
    Ok(table.print()?)
}

/// Backup, proof, restore and the first start of a database of this size.
async fn large(bin: &Path, mebibytes: u64, table: &mut Table) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    Server::start(bin, &folder, None).await?.stop().await?;
    let file = folder.path().join("sortie.db");
    let database = Database::Sqlite(file.clone());
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
    let made = database.run(bin, &["backup", "--to", text(&to)?]).await?;
    std::fs::remove_file(&file)?;
    let restored = database.run(bin, &["restore", "--yes", text(&to)?]).await?;
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
