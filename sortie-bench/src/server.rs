//! The server under test, on a port and a folder of its own.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::database::Database;

/// The administrator's password.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// How long a start may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) started_in: Duration,
    child: Child,
}

impl Server {
    /// Starts it in a folder, with an empty catalog unless a seed is given, and waits until it listens.
    pub(crate) async fn start(bin: &Path, folder: &TempDir, seed: Option<&Path>) -> anyhow::Result<Self> {
        let mut command = command(bin, folder);
        command.env("SORTIE_DB", folder.path().join("sortie.db"));
        if let Some(seed) = seed {
            command.env("SORTIE_SEED", seed);
        }
        Self::begin(command).await
    }

    /// The same on a database that is elsewhere.
    pub(crate) async fn start_on(bin: &Path, folder: &TempDir, database: &Database) -> anyhow::Result<Self> {
        let mut command = command(bin, folder);
        command.envs(database.variables()?);
        Self::begin(command).await
    }

    async fn begin(mut command: Command) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut child = command.spawn().context("the server cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await? {
                let entry: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                if entry["message"] == "Listening" {
                    return Ok(entry["address"].as_str().unwrap_or_default().to_owned());
                }
            }
            bail!("the server ended while it was starting")
        };
        let address = tokio::time::timeout(DEADLINE, listening).await.context("the server does not start")??;
        let started_in = begun.elapsed();
        // Read on, so that the server never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { address, started_in, child })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends it in order.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid())?;
        if let Some(pid) = rustix::process::Pid::from_raw(pid) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        tokio::time::timeout(DEADLINE, self.child.wait()).await.context("the server does not end")??;
        Ok(())
    }
}

fn command(bin: &Path, folder: &TempDir) -> Command {
    let mut command = Command::new(bin);
    command
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("SORTIE_BIND", "127.0.0.1")
        .env("SORTIE_PORT", "0")
        .env("SORTIE_DATA_DIR", folder.path())
        .env("SORTIE_ADMIN_PASSWORD", PASSWORD)
        .env("SORTIE_LOG_FORMAT", "json")
        .env("SORTIE_WRITE_RATE_LIMIT", "0")
        .env("SORTIE_GATEWAY_RATE_LIMIT", "0")
        .env("SORTIE_MAX_SESSIONS_PER_USER", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}
