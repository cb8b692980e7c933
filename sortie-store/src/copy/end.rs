//! What a copy asks of a database beyond the moving of tables.

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use sortie_core::audit::Change;

use crate::{
    bulk::Engine,
    error::OpenError,
    migrate::Dialect,
    postgres::{self, LONG},
    row::audit::NewAuditRow,
    schema::audit_log,
    store::MIGRATION_LOCK,
};

/// A database that can be copied.
pub(super) trait End: Engine + Dialect {
    /// Works in a transaction in which nobody else of ours uses the database.
    fn alone<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, OpenError>) -> Result<T, OpenError>;
    /// The last number that a table gave to a row, also where that row is gone; `None` where it gave none.
    fn counter(&mut self, table: &str) -> QueryResult<Option<i64>>;
    /// Lets the table's numbers go on behind this one.
    fn set_counter(&mut self, table: &str, last: i64) -> QueryResult<()>;
    /// Writes an entry of the audit.
    fn note(&mut self, change: &Change) -> QueryResult<()>;
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn first(rows: Vec<Number>) -> Option<i64> {
    rows.into_iter().next().map(|it| it.number)
}

impl End for SqliteConnection {
    fn alone<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, OpenError>) -> Result<T, OpenError> {
        self.exclusive_transaction(work)
    }

    fn counter(&mut self, table: &str) -> QueryResult<Option<i64>> {
        // A table that was made anew without a row has 0.
        let text = "SELECT seq AS number FROM sqlite_sequence WHERE name = ? COLLATE NOCASE AND seq > 0";
        Ok(first(sql_query(text).bind::<Text, _>(table).load(self)?))
    }

    fn set_counter(&mut self, table: &str, last: i64) -> QueryResult<()> {
        let text = "DELETE FROM sqlite_sequence WHERE name = ? COLLATE NOCASE";
        sql_query(text).bind::<Text, _>(table).execute(self)?;
        let text = "INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_master \
                    WHERE type = 'table' AND name = ? COLLATE NOCASE";
        sql_query(text).bind::<BigInt, _>(last).bind::<Text, _>(table).execute(self).map(drop)
    }

    fn note(&mut self, change: &Change) -> QueryResult<()> {
        let row = NewAuditRow::new(&change.audit, change.at);
        diesel::insert_into(audit_log::table).values(row).execute(self).map(drop)
    }
}

impl End for PgConnection {
    fn alone<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, OpenError>) -> Result<T, OpenError> {
        self.transaction(|connection| {
            connection.batch_execute(LONG)?;
            // A server that starts meanwhile waits here until the copy is over.
            connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK});"))?;
            postgres::refuse_live(connection)?;
            work(connection)
        })
    }

    fn counter(&mut self, table: &str) -> QueryResult<Option<i64>> {
        let text = "SELECT last_value AS number FROM pg_sequences \
                    WHERE format('%I.%I', schemaname, sequencename)::regclass = pg_get_serial_sequence($1, 'id')::regclass \
                    AND last_value IS NOT NULL";
        Ok(first(sql_query(text).bind::<Text, _>(table).load(self)?))
    }

    fn set_counter(&mut self, table: &str, last: i64) -> QueryResult<()> {
        let text = "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)";
        sql_query(text).bind::<Text, _>(table).bind::<BigInt, _>(last).execute(self).map(drop)
    }

    fn note(&mut self, change: &Change) -> QueryResult<()> {
        let row = NewAuditRow::new(&change.audit, change.at);
        diesel::insert_into(audit_log::table).values(row).execute(self).map(drop)
    }
}
