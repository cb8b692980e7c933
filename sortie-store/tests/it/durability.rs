//! What was acknowledged is there, however the server ended.

use std::{
    env,
    io::{BufRead, BufReader, Write, sink, stdout},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use anyhow::{Context, Result};
use sortie_core::audit::AuditAction;
use sortie_core::port::CatalogStore;
use sortie_store::Store;
use sortie_testkit::contract::sample::{app, change};
use tokio::task::JoinSet;

use crate::{
    backend::{self, at_path},
    schema::sqlite3,
};

/// Set for the child: the file to write to, without end.
const FILE: &str = "SORTIE_STORE_TEST_FILE";
const CLIENTS: usize = 8;

/// Inserts apps and says each id to `said` once it was acknowledged.
async fn write<W: Write + 'static>(store: Arc<Store>, apps_each: usize, said: fn() -> W) -> Result<()> {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let store = Arc::clone(&store);
        clients.spawn(async move {
            for number in 0..apps_each {
                let id = format!("app-{client}-{number}");
                store.insert_app(&app(&id)?, change(AuditAction::CreateApp, 0)).await?;
                writeln!(said(), "acknowledged {id}")?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    Ok(())
}

fn stored(path: &Path) -> Result<Vec<String>> {
    Ok(sqlite3(path, "SELECT id FROM applications")?.lines().map(str::to_owned).collect())
}

/// Also the program that the other test kills: then it writes to the file that it is given, without end.
#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_change_has_its_row_and_its_audit_entry() -> Result<()> {
    if let Some(path) = env::var_os(FILE) {
        return write(Arc::new(Store::open(at_path(path))?), usize::MAX, stdout).await;
    }
    let database = backend::sqlite()?;
    write(Arc::clone(&database), 20, sink).await?;
    assert_eq!(stored(&database.path)?.len(), CLIENTS * 20);
    assert_eq!(sqlite3(&database.path, "SELECT count(*) FROM audit_log")?, (CLIENTS * 20).to_string());
    Ok(())
}

#[test]
fn killing_the_server_loses_no_acknowledged_change() -> Result<()> {
    let folder = tempfile::tempdir()?;
    for round in 0..5 {
        let path = folder.path().join(format!("{round}.db"));
        let mut child = Command::new(env::current_exe()?)
            .args(["--exact", "durability::every_acknowledged_change_has_its_row_and_its_audit_entry", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(child.stdout.take().context("the child's output")?).lines();
        let mut acknowledged = Vec::new();
        for line in lines {
            // The last line may be cut off: then it was not said.
            let Ok(line) = line else { break };
            let Some(id) = line.strip_prefix("acknowledged ") else { continue };
            acknowledged.push(id.to_owned());
            if acknowledged.len() == 50 * (round + 1) {
                child.kill()?;
            }
        }
        child.wait()?;
        // As the next server finds it: it may open the file at once, for the lock ended with the process.
        Store::open(at_path(&path))?.close();
        let stored = stored(&path)?;
        assert!(acknowledged.len() >= 50 * (round + 1), "the child ended early: {acknowledged:?}");
        for id in &acknowledged {
            assert!(stored.contains(id), "{id} was acknowledged and is lost");
        }
        assert_eq!(sqlite3(&path, "SELECT count(*) FROM audit_log")?, stored.len().to_string());
        assert_eq!(sqlite3(&path, "PRAGMA integrity_check")?, "ok");
    }
    Ok(())
}
