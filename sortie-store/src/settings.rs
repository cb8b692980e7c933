//! Which database to open.

use std::{fmt, path::PathBuf};

/// How to open the store.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which database.
    pub database: Database,
}

/// One of the two databases.
#[derive(Clone)]
pub enum Database {
    /// A file, made where it is missing. One server at a time.
    Sqlite {
        /// The file; its folder must exist.
        path: PathBuf,
    },
    /// A server, shared by any number of replicas.
    Postgres {
        /// A connection string as libpq takes it: a URL or `keyword=value` pairs.
        dsn: String,
        /// The same without a pooler in between, for the lock around migrations; `None` when there is no pooler.
        direct_dsn: Option<String>,
        /// How many connections at most; at least 1.
        max_connections: u32,
    },
}

impl fmt::Debug for Database {
    /// Connection strings hold passwords, so they are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
            Self::Postgres { max_connections, .. } => {
                f.debug_struct("Postgres").field("max_connections", max_connections).finish_non_exhaustive()
            }
        }
    }
}
