//! `sortie db`: moving a whole installation to another database.

use clap::Subcommand;
use sortie_core::audit::{AuditAction, Change};
use sortie_store::{
    Database, Settings,
    copy::{self, Copied},
};

use super::backup::change;
use crate::{assemble::store_settings, cli::Flags, progress::Bar, telemetry::say};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Copy everything into an empty database, and compare every table; no server may run on either.
    Copy {
        /// A SQLite file, or a connection string of PostgreSQL (default: the configured database).
        #[arg(long, value_name = "DATABASE")]
        from: Option<String>,
        /// The same for the target (default: the configured database).
        #[arg(long, value_name = "DATABASE", required_unless_present = "from")]
        to: Option<String>,
    },
}

impl Db {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let Self::Copy { from, to } = self;
        let end = |named: Option<String>| match named {
            Some(text) => Ok(database(&text)),
            None => super::settings(flags).map(|(settings, _)| store_settings(&settings)),
        };
        let (from, to) = (end(from)?, end(to)?);
        let mut bar = Bar::default();
        let copied = copy::run(&from, &to, &|copied| noted(&from, copied), &mut |it| bar.show_rows(it))?;
        bar.end();
        say(&format!("Copied, and read again: {} tables, {} rows; each is the same.", copied.tables, copied.rows));
        for table in &copied.left {
            say(&format!("Not copied, because it is nothing of ours: {table}"));
        }
        say("Start servers on the copy only: two databases of one installation would both look after its desktops.");
        Ok(())
    }
}

fn noted(from: &Settings, copied: &Copied) -> Change {
    let kind = match from.database {
        Database::Sqlite { .. } => "sqlite",
        Database::Postgres { .. } => "postgres",
    };
    let details =
        vec![("from", kind.to_owned()), ("tables", copied.tables.to_string()), ("rows", copied.rows.to_string())];
    change(AuditAction::CopyDatabase, details)
}

/// A connection string as libpq takes it, or the path of a file.
fn database(text: &str) -> Settings {
    let is_pairs = ["host", "hostaddr", "dbname", "service", "user"]
        .iter()
        .any(|key| text.split_whitespace().any(|it| it.strip_prefix(key).is_some_and(|it| it.starts_with('='))));
    let database = if text.starts_with("postgres://") || text.starts_with("postgresql://") || is_pairs {
        Database::Postgres { dsn: text.to_owned(), direct_dsn: None, max_connections: 1 }
    } else {
        Database::Sqlite { path: text.strip_prefix("sqlite:").unwrap_or(text).into() }
    };
    Settings { database }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_told_from_a_file() {
        for text in ["postgres://h/d", "postgresql:///d", "host=/run/pg dbname=sortie", "service=sortie"] {
            assert!(matches!(database(text).database, Database::Postgres { dsn, .. } if dsn == text), "{text}");
        }
        for (text, file) in [("/data/sortie.db", "/data/sortie.db"), ("sqlite:a.db", "a.db"), ("host.db", "host.db")] {
            assert!(matches!(database(text).database, Database::Sqlite { path } if path.as_os_str() == file), "{text}");
        }
    }
}
