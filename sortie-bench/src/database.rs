//! The two kinds of database, through the tools that they bring.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use sortie_testkit::postgres::Cluster;
use tokio::process::Command;

/// Where a database is.
pub(crate) enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A connection string, on the server that this process starts.
    Postgres(String),
}

impl Database {
    /// An empty one of the same kind, to restore to. A file is not there yet; it has this folder for itself.
    pub(crate) fn another(&self, folder: &Path) -> anyhow::Result<Self> {
        Ok(match self {
            Self::Sqlite(_) => {
                std::fs::create_dir(folder)?;
                Self::Sqlite(folder.join("sortie.db"))
            }
            Self::Postgres(_) => Self::Postgres(Cluster::shared().empty_database()?),
        })
    }

    /// What tells Sortie of it.
    pub(crate) fn variables(&self) -> anyhow::Result<Vec<(&'static str, String)>> {
        Ok(match self {
            Self::Sqlite(file) => vec![("SORTIE_DB", text(file)?.to_owned())],
            Self::Postgres(dsn) => vec![("SORTIE_DB_TYPE", "postgres".to_owned()), ("SORTIE_DB_DSN", dsn.clone())],
        })
    }

    /// Runs one of Sortie's commands on it, to its end; answers how long it took.
    pub(crate) async fn run(&self, bin: &Path, args: &[&str]) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let mut command = Command::new(bin);
        command.args(args).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        if matches!(self, Self::Postgres(_)) {
            command.env("SORTIE_DATA_DIR", "/nonexistent");
        }
        let output = command.envs(self.variables()?).output().await?;
        ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(begun.elapsed())
    }

    /// The lines that a query answers, one column each; stock tools ask.
    pub(crate) async fn lines(&self, question: &str) -> anyhow::Result<HashSet<String>> {
        let answer = match self {
            Self::Sqlite(file) => sql(file, question).await?,
            Self::Postgres(dsn) => Cluster::shared().query(dsn, question)?,
        };
        Ok(answer.lines().map(str::to_owned).collect())
    }

    /// The apps whose making is in the audit.
    pub(crate) async fn audited_apps(&self) -> anyhow::Result<HashSet<String>> {
        let id = match self {
            Self::Sqlite(_) => "json_extract(details, '$.app_id')",
            Self::Postgres(_) => "details::json ->> 'app_id'",
        };
        self.lines(&format!("SELECT {id} FROM audit_log WHERE action = 'CREATE_APP'")).await
    }

    /// Throws it away, a file with the folder that it is in.
    pub(crate) fn remove(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(file) => Ok(std::fs::remove_dir_all(file.parent().context("no folder")?)?),
            Self::Postgres(dsn) => {
                let cluster = Cluster::shared();
                let (server, name) = dsn.rsplit_once("dbname=").context("no name in the connection string")?;
                cluster.query(&format!("{server}dbname=postgres"), &format!("DROP DATABASE {name}"))?;
                Ok(())
            }
        }
    }
}

pub(crate) fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is not valid UTF-8")
}

/// Asks stock SQLite.
pub(crate) async fn sql(file: &Path, text: &str) -> anyhow::Result<String> {
    let output = Command::new("sqlite3").arg(file).arg(text).output().await.context("sqlite3 cannot be run")?;
    ensure!(output.status.success(), "sqlite3: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
