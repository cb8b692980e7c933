//! Every entry with its place in the chain, in one view of the database.

use diesel::{Connection, connection::SimpleConnection, prelude::*};

use super::{Entry, beginning, verify::open};
use crate::{
    connection::AnyConnection,
    error::OpenError,
    row::audit::AuditRow,
    schema::{audit_cuts, audit_log, audit_seals, installation},
    settings::Settings,
};

/// How many entries are read at once.
const PAGE: i64 = 2_000;

/// Why an export was not finished.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Whoever takes the entries.
    #[error("the export cannot be written: {0}")]
    Sink(#[from] std::io::Error),
}

impl From<diesel::result::Error> for ExportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Hands every entry over: sealed ones in the chain's order, then those without a seal; answers how many. Blocks.
pub fn export(settings: &Settings, sink: &mut dyn FnMut(&Entry) -> std::io::Result<()>) -> Result<u64, ExportError> {
    let mut connection = open(settings)?;
    connection.transaction(|connection| {
        if matches!(connection, AnyConnection::Postgres(_)) {
            connection.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        }
        let count = sealed(connection, sink)?;
        Ok(count + unsealed(connection, sink)?)
    })
}

fn sealed(
    connection: &mut AnyConnection,
    sink: &mut dyn FnMut(&Entry) -> std::io::Result<()>,
) -> Result<u64, ExportError> {
    let installation: String = installation::table.select(installation::id).first(connection)?;
    let cut: Option<(i64, String)> = audit_cuts::table
        .order(audit_cuts::batch.desc())
        .select((audit_cuts::position, audit_cuts::chain_hash))
        .first(connection)
        .optional()?;
    let (mut position, mut previous) = cut.unwrap_or_else(|| (0, beginning(&installation)));
    let mut count = 0;
    loop {
        let rows: Vec<(i64, String, AuditRow)> = audit_seals::table
            .inner_join(audit_log::table)
            .filter(audit_seals::position.gt(position))
            .order(audit_seals::position.asc())
            .limit(PAGE)
            .select((audit_seals::position, audit_seals::chain_hash, AuditRow::as_select()))
            .load(connection)?;
        if rows.is_empty() {
            return Ok(count);
        }
        for (at, hash, row) in rows {
            sink(&Entry::new(&row, Some((at, previous, hash.clone()))))?;
            (position, previous) = (at, hash);
            count += 1;
        }
    }
}

fn unsealed(
    connection: &mut AnyConnection,
    sink: &mut dyn FnMut(&Entry) -> std::io::Result<()>,
) -> Result<u64, ExportError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let rows: Vec<AuditRow> = audit_log::table
            .left_join(audit_seals::table)
            .filter(audit_seals::audit_id.is_null())
            .filter(audit_log::id.gt(after))
            .order(audit_log::id.asc())
            .limit(PAGE)
            .select(AuditRow::as_select())
            .load(connection)?;
        if rows.is_empty() {
            return Ok(count);
        }
        for row in rows {
            sink(&Entry::new(&row, None))?;
            after = row.id;
            count += 1;
        }
    }
}
