//! One type for a connection to either database, so that each query is written once.

use diesel::{PgConnection, SqliteConnection};

/// A connection to PostgreSQL or SQLite.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// What Diesel calls the pair of databases.
pub(crate) type AnyBackend = <AnyConnection as diesel::Connection>::Backend;
