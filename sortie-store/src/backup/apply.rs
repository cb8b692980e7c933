//! What a restore writes into the database that it brings back, and what is noted beside a running server.

use diesel::{
    Connection, QueryResult, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Timestamp},
};
use sortie_core::audit::Change;

use super::BackupError;
use crate::{
    connection::AnyConnection,
    error::OpenError,
    moment::Moment,
    postgres,
    row::audit::NewAuditRow,
    schema::audit_log,
    settings::{Database, Settings},
    sqlite::{self, pragmas},
};

/// How far event positions jump, so that none is ever given twice, whatever happened after the backup.
const POSITIONS_AHEAD: i64 = 1_000_000_000;

#[derive(diesel::QueryableByName)]
struct Incarnation {
    #[diesel(sql_type = BigInt)]
    incarnation: i64,
}

/// Makes a database of the past the one of now, in one transaction; answers its incarnation.
///
/// Whatever was given out before is void: sign-ins with their tokens, links to sessions and their guests, links to set a
/// password, sign-ins that were begun. What was revoked after the backup was made must not come back. Leases of the past bind nobody.
pub(super) fn restored(connection: &mut AnyConnection, change: &Change) -> QueryResult<i64> {
    let at = Moment::from(change.at);
    connection.transaction(|connection| {
        for text in [
            "UPDATE sign_ins SET revoked_at = $1 WHERE revoked_at IS NULL",
            "UPDATE session_shares SET expires_at = $1 WHERE share_token IS NOT NULL",
            "UPDATE session_viewers SET state = 'cut', expires_at = $1 WHERE token_hash IS NOT NULL",
            "UPDATE leases SET holder = '', until = $1",
        ] {
            sql_query(text).bind::<Timestamp, _>(at).execute(connection)?;
        }
        for table in ["sso_pending", "sign_in_challenges", "reset_links", "session_streams"] {
            sql_query(format!("DELETE FROM {table}")).execute(connection)?;
        }
        sql_query("UPDATE change_epochs SET epoch = epoch + $1")
            .bind::<BigInt, _>(POSITIONS_AHEAD)
            .execute(connection)?;
        diesel::insert_into(audit_log::table).values(NewAuditRow::new(&change.audit, change.at)).execute(connection)?;
        let raised = sql_query("UPDATE installation SET incarnation = incarnation + 1 RETURNING incarnation");
        Ok(raised.get_result::<Incarnation>(connection)?.incarnation)
    })
}

/// Writes an audit entry from outside of the server.
pub(super) fn record(settings: &Settings, change: &Change) -> Result<(), BackupError> {
    let mut connection = match &settings.database {
        Database::Sqlite { path } => {
            let path = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
            let mut connection = sqlite::connect(path)?;
            pragmas::prepare_writer(&mut connection)?;
            AnyConnection::Sqlite(connection)
        }
        Database::Postgres { dsn, direct_dsn, .. } => {
            AnyConnection::Postgres(postgres::connect(direct_dsn.as_deref().unwrap_or(dsn))?)
        }
    };
    // One statement; SQLite waits for the server's writer as long as its busy timeout says.
    connection.batch_execute(if matches!(connection, AnyConnection::Sqlite(_)) {
        "BEGIN IMMEDIATE"
    } else {
        "BEGIN"
    })?;
    diesel::insert_into(audit_log::table)
        .values(NewAuditRow::new(&change.audit, change.at))
        .execute(&mut connection)?;
    connection.batch_execute("COMMIT")?;
    Ok(())
}
