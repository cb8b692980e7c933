//! Where a drill restores to, and the record of drills beside the backups.

use std::path::Path;

use chrono::DateTime;
use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use serde::{Deserialize, Serialize};
use sortie_core::port::{Already, Shelf};

use super::{BackupError, Found, shelf::read_small};
use crate::{
    connection::AnyConnection,
    error::OpenError,
    postgres::{self, with_parameters},
    settings::{Database, Settings},
    sqlite,
};

/// The file with the record, one JSON object a line, oldest first.
const RECORD: &str = "drills.jsonl";

/// What a drill found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drilled {
    /// When it was begun, in seconds since the Unix epoch.
    pub at: i64,
    /// Which backup was tried.
    pub backup: String,
    /// How old that backup was: what was written since would have been lost.
    pub lost_seconds: u64,
    /// How long it took from the beginning until a server answered.
    pub restore_milliseconds: u64,
    /// What was wrong; empty when all was well.
    pub issues: Vec<String>,
    /// Who did it.
    pub tester: String,
}

impl Drilled {
    /// The day, as the table of drills has it.
    pub fn date(&self) -> String {
        DateTime::from_timestamp(self.at, 0).unwrap_or_default().format("%Y-%m-%d").to_string()
    }
}

/// Adds a drill to the record beside the backups.
pub fn keep_record(shelf: &dyn Shelf, drilled: &Drilled) -> Result<(), BackupError> {
    let line = serde_json::to_string(drilled)
        .map_err(|error| BackupError::Unfit(format!("the drill cannot be written: {error}")))?;
    let mut record = read_small(shelf, RECORD)?.unwrap_or_default();
    record.extend_from_slice(line.as_bytes());
    record.push(b'\n');
    let length = u64::try_from(record.len()).unwrap_or(u64::MAX);
    Ok(shelf.put(RECORD, &mut record.as_slice(), length, Already::Replace)?)
}

/// The last drill in the record; `None` where there was none, or where the last line is not one of ours.
pub fn last_record(shelf: &dyn Shelf) -> Option<Drilled> {
    let record = read_small(shelf, RECORD).ok()??;
    serde_json::from_str(std::str::from_utf8(&record).ok()?.lines().last()?).ok()
}

/// A database for one drill: a file in a folder, or a schema of its own on the server. Gone when this is dropped.
pub struct Scratch {
    settings: Settings,
    schema: Option<(String, String)>,
}

impl Scratch {
    /// Makes an empty one of the backup's kind.
    pub fn new(real: &Settings, found: &Found, folder: &Path) -> Result<Self, BackupError> {
        if found.manifest.database == "sqlite" {
            let database = Database::Sqlite { path: folder.join("drill.db") };
            return Ok(Self { settings: Settings { database }, schema: None });
        }
        let Database::Postgres { dsn, direct_dsn, .. } = &real.database else {
            return Err(super::no_server(found));
        };
        let direct = direct_dsn.as_deref().unwrap_or(dsn);
        let schema = format!("sortie_drill_{}", std::process::id());
        let text = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        postgres::connect(direct)?.batch_execute(&text)?;
        // Another name than servers have: the real one may be running beside it.
        let path = format!("-csearch_path={schema}");
        let dsn = with_parameters(direct, &[("options", &path), ("application_name", "sortie-drill")]);
        let database = Database::Postgres { dsn, direct_dsn: None, max_connections: 5 };
        Ok(Self { settings: Settings { database }, schema: Some((direct.to_owned(), schema)) })
    }

    /// How it is opened.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Gives what was restored there another installation's id, so that it takes nothing of the real one's for its own.
    pub fn rename(&self, installation: &str) -> Result<(), BackupError> {
        let mut connection = match &self.settings.database {
            Database::Sqlite { path } => {
                let path = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
                AnyConnection::Sqlite(sqlite::connect(path)?)
            }
            Database::Postgres { dsn, .. } => AnyConnection::Postgres(postgres::connect(dsn)?),
        };
        sql_query("UPDATE installation SET id = $1").bind::<Text, _>(installation).execute(&mut connection)?;
        Ok(())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some((dsn, schema)) = &self.schema {
            let dropped = postgres::connect(dsn)
                .and_then(|mut it| Ok(it.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))?));
            if let Err(error) = dropped {
                tracing::warn!(error = %error, schema, "Schema of a drill is left behind");
            }
        }
    }
}
