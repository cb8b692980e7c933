//! A pooler between us and the server that gives each transaction another of its connections.
//!
//! Nothing that belongs to a session survives there: no `SET`, no advisory lock of the session, no prepared statement. So
//! behind one every job is one transaction that brings its own settings, and statements are not kept.
//!
//! Diesel sets the time zone of a new connection before we can say that, in two messages that may meet different connections
//! of the server. Then the connection fails and is made again, or what it set is not there: which is why each transaction
//! says everything again.

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Integer,
};

use super::complete;
use crate::error::OpenError;

/// What holds in every transaction.
const STATE: &str = "SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'; \
                     SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL TimeZone = 'UTC'; \
                     SET LOCAL DateStyle = 'ISO'; SET LOCAL client_encoding = 'UTF8';";

/// How often the looking is repeated: another client may take the connection that would have given the pooler away.
const ROUNDS: usize = 16;

/// Gives a transaction that has just begun the state that the rules ask for.
pub(crate) fn begin<C: SimpleConnection>(connection: &mut C) -> QueryResult<()> {
    connection.batch_execute(STATE)
}

#[derive(diesel::QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// The server's process that serves us now. Asked in a transaction, so that its messages stay together.
fn process(connection: &mut PgConnection) -> QueryResult<i32> {
    Ok(sql_query("SELECT pg_backend_pid() AS pid").get_result::<Process>(connection)?.pid)
}

/// Whether two connections of ours share processes of the server, or one has several of them: only a pooler does that.
pub(crate) fn is_between(dsn: &str) -> Result<bool, OpenError> {
    let connect = || {
        let mut connection =
            PgConnection::establish(&complete(dsn)).map_err(|error| OpenError::Unreachable(error.to_string()))?;
        forget_statements(&mut connection);
        Ok::<_, OpenError>(connection)
    };
    let (mut first, mut second) = (connect()?, connect()?);
    let own = first.transaction(process)?;
    // A pooler that has a single connection could not serve the second beside the first below.
    if second.transaction(process)? == own {
        return Ok(true);
    }
    for _ in 0..ROUNDS {
        // While the first is in a transaction the second gets another process; afterwards the one that was given back last.
        let (held, beside) = first.transaction(|first| {
            let held = process(first)?;
            Ok::<_, diesel::result::Error>((held, second.transaction(process)?))
        })?;
        let after = second.transaction(process)?;
        if held != own || after != beside || after == held {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Statements are sent each time and not kept under a name.
pub(crate) fn forget_statements(connection: &mut PgConnection) {
    connection.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
}
