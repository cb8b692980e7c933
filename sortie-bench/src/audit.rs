//! The audit page of a long audit.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::ensure;
use hyper::StatusCode;

use crate::{
    client::Client,
    database::sql,
    server::Server,
    table::{Table, percentile},
};

const ENTRIES: u32 = 100_000;
/// How many entries a deep page leaves out.
const DEPTH: u32 = 90_000;
const ROUNDS: usize = 50;

/// Measures and prints: what costs more the longer the audit is, against its first page.
pub(crate) async fn measure(bin: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    Server::start(bin, &folder, None).await?.stop().await?;
    sql(
        &folder.path().join("sortie.db"),
        &format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ENTRIES}) \
             INSERT INTO audit_log (timestamp, user, action, details) \
             SELECT strftime('%Y-%m-%d %H:%M:%f000', 1700000000 + i * 60, 'unixepoch'), 'user-' || (i % 200), \
               'ACTION_' || (i % 12), '{{}}' FROM n"
        ),
    )
    .await?;
    let server = Server::start(bin, &folder, None).await?;
    let (mut admin, _) = Client::sign_in(&server.address).await?;
    let first = fetch(&mut admin, "/api/audit?limit=50").await?;
    let mut table = Table::default();
    for (metric, path) in [
        ("page of 50 at depth 90,000, against the first", format!("/api/audit?limit=50&offset={DEPTH}")),
        ("page of 50 of one user, against the first", "/api/audit?limit=50&user=user-7".to_owned()),
        ("what can be filtered by, against the first page", "/api/audit/filters".to_owned()),
    ] {
        table.compare("100,000 audit entries", metric, "ms, p50", first, fetch(&mut admin, &path).await?);
    }
    server.stop().await?;
    Ok(table.print()?)
}

/// Milliseconds of one answer, at the median.
async fn fetch(admin: &mut Client, path: &str) -> anyhow::Result<f64> {
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let (status, ..) = admin.send("GET", path, None, None).await?;
        took.push(begun.elapsed());
        ensure!(status == StatusCode::OK, "{path} answered {status}");
    }
    Ok(percentile(&mut took, 50))
}
