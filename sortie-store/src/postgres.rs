//! PostgreSQL: what every connection must be like, and the lock around migrations.

pub(crate) mod beat;
pub(crate) mod bell;
pub(crate) mod pooler;

use std::time::Duration;

use diesel::{
    Connection, OptionalExtension, PgConnection, QueryResult, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Bool},
};
use tracing::warn;

use crate::error::OpenError;

/// How long a connection may take to be made.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Parameters of libpq that bound how long anything can hang. What the connection string says itself stays.
const DEFAULTS: [(&str, &str); 7] = [
    ("connect_timeout", "2"),
    ("application_name", "sortie"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    // Milliseconds that sent data may stay unacknowledged: a server that vanished is noticed.
    ("tcp_user_timeout", "8000"),
];

/// What holds on every pooled connection. Dates are written in one form whatever the server's locale is.
const STATE: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
                     SET idle_in_transaction_session_timeout = '10s'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO';";

/// What holds in transactions that take as long as they need: values are written in one form.
pub(crate) const LONG: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
                               SET LOCAL lock_timeout = '10s'; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; \
                               SET LOCAL extra_float_digits = 1;";

/// Makes a fresh connection one of the pool's.
pub(crate) fn prepare(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute(STATE)
}

/// A connection of its own, for migrations: statements may take as long as they need. A pooler may be in between.
pub(crate) fn connect(dsn: &str) -> Result<PgConnection, OpenError> {
    let mut connection =
        PgConnection::establish(&complete(dsn)).map_err(|error| OpenError::Unreachable(error.to_string()))?;
    pooler::forget_statements(&mut connection);
    Ok(connection)
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Fails where somebody else of ours is connected. Servers and commands call their connections `sortie`, unless the connection
/// string calls them otherwise.
pub(crate) fn refuse_live(connection: &mut PgConnection) -> Result<(), OpenError> {
    let others: Count = sql_query(
        "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND application_name = current_setting('application_name')",
    )
    .get_result(connection)?;
    if others.count == 0 {
        return Ok(());
    }
    Err(OpenError::InUse(format!("the database ({} connections in pg_stat_activity)", others.count)))
}

#[derive(diesel::QueryableByName)]
struct Secrecy {
    #[diesel(sql_type = Bool)]
    is_open: bool,
}

/// Says so when what is sent can be read on the way: libpq's default takes a server without TLS.
pub(crate) fn warn_if_open(connection: &mut PgConnection) -> QueryResult<()> {
    let text =
        "SELECT inet_client_addr() IS NOT NULL AND NOT ssl AS is_open FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    if sql_query(text).get_result::<Secrecy>(connection).optional()?.is_some_and(|it| it.is_open) {
        warn!("The connection to PostgreSQL is not encrypted; set sslmode=verify-full, or at least sslmode=require");
    }
    Ok(())
}

/// The connection string with the defaults for what it leaves open.
pub(crate) fn complete(dsn: &str) -> String {
    let open: Vec<_> = DEFAULTS.into_iter().filter(|(key, _)| !names(dsn.trim(), key, is_url(dsn.trim()))).collect();
    with_parameters(dsn, &open)
}

fn is_url(dsn: &str) -> bool {
    dsn.starts_with("postgres://") || dsn.starts_with("postgresql://")
}

/// The connection string with parameters at its end, where they win over earlier ones. Values are words that need no quotes.
pub(crate) fn with_parameters(dsn: &str, parameters: &[(&str, &str)]) -> String {
    let dsn = dsn.trim();
    let is_url = is_url(dsn);
    let mut text = dsn.to_owned();
    for (key, value) in parameters {
        let separator = match (is_url, text.contains('?')) {
            (true, false) => "?",
            (true, true) => "&",
            (false, _) => " ",
        };
        text.push_str(separator);
        text.push_str(key);
        text.push('=');
        if is_url { text.push_str(&value.replace('=', "%3D")) } else { text.push_str(value) }
    }
    text
}

/// Whether the connection string sets a parameter itself.
fn names(dsn: &str, key: &str, is_url: bool) -> bool {
    if is_url {
        let parameters = dsn.split_once('?').map_or("", |(_, it)| it);
        parameters.split('&').any(|it| it.split('=').next() == Some(key))
    } else {
        dsn.split_whitespace().any(|it| it.split('=').next() == Some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gets_what_it_leaves_open_and_keeps_what_it_says() {
        let dsn = complete("postgres://u:p@h/db?sslmode=require&connect_timeout=9");
        assert!(
            dsn.starts_with("postgres://u:p@h/db?sslmode=require&connect_timeout=9&application_name=sortie"),
            "{dsn}"
        );
        assert_eq!(dsn.matches("connect_timeout").count(), 1);
        assert!(complete("postgres://h/db").starts_with("postgres://h/db?connect_timeout=2&"));
    }

    #[test]
    fn keyword_pairs_are_completed_as_pairs() {
        let dsn = complete("host=/run/pg user=u keepalives_idle=60");
        assert!(dsn.contains(" connect_timeout=2 application_name=sortie"), "{dsn}");
        assert_eq!(dsn.matches("keepalives_idle").count(), 1);
    }
}
