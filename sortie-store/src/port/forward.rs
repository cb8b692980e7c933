//! What of the audit is still to be handed on.

use diesel::{
    dsl::{max, min},
    prelude::*,
};
use sortie_core::{
    port::{
        PortResult,
        forward::{AuditOutbox, Backlog, Consignment},
    },
    time::Timestamp,
};

use super::seals::unsealed;
use crate::{
    Store,
    chain::{self, Entry},
    connection::AnyConnection,
    error::Failure,
    moment::Moment,
    row::audit::AuditRow,
    schema::{audit_cuts, audit_forward, audit_log, audit_seals, installation},
};

/// How many bytes go at once, or one entry that is larger.
const MOST_BYTES: usize = 1 << 20;

impl AuditOutbox for Store {
    fn next_audit(&self, limit: u32) -> PortResult<'_, Option<Consignment>> {
        self.read(move |connection| next(connection, limit))
    }

    fn mark_audit<'a>(&'a self, taken: &'a Consignment, at: Timestamp) -> PortResult<'a, ()> {
        let (after, through) = (taken.after, taken.through);
        self.write_quietly(move |connection| {
            let mark = audit_forward::table.filter(audit_forward::position.eq(after));
            let values = (audit_forward::position.eq(through), audit_forward::updated_at.eq(Some(Moment::from(at))));
            match diesel::update(mark).set(values).execute(connection)? {
                0 => Err(Failure::Conflict),
                _ => Ok(()),
            }
        })
    }

    fn audit_backlog(&self, now: Timestamp) -> PortResult<'_, Backlog> {
        self.read(move |connection| Ok(backlog(connection, now)?))
    }
}

/// How far the audit was handed on.
pub(super) fn position(connection: &mut AnyConnection) -> QueryResult<i64> {
    audit_forward::table.select(audit_forward::position).first(connection)
}

fn next(connection: &mut AnyConnection, limit: u32) -> Result<Option<Consignment>, Failure> {
    let after = position(connection)?;
    let rows: Vec<(i64, String, AuditRow)> = audit_seals::table
        .inner_join(audit_log::table)
        .filter(audit_seals::position.gt(after))
        .order(audit_seals::position.asc())
        .limit(i64::from(limit))
        .select((audit_seals::position, audit_seals::chain_hash, AuditRow::as_select()))
        .load(connection)?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let mut previous = hash_before(connection, first.0)?;
    let (mut through, mut bytes, mut lines) = (last.0, 0, Vec::with_capacity(rows.len()));
    for (position, hash, row) in rows {
        let entry = Entry::new(&row, Some((position, previous, hash.clone())));
        let line = serde_json::to_string(&entry).map_err(|error| Failure::Rejected(error.to_string()))?;
        bytes += line.len();
        if bytes > MOST_BYTES && !lines.is_empty() {
            through = position - 1;
            break;
        }
        lines.push(line);
        previous = hash;
    }
    Ok(Some(Consignment { after, through, lines }))
}

/// The chain's hash before a position: of the entry there, of what retention removed, or of nothing.
fn hash_before(connection: &mut AnyConnection, position: i64) -> Result<String, Failure> {
    let seal = audit_seals::table.filter(audit_seals::position.eq(position - 1)).select(audit_seals::chain_hash);
    if let Some(hash) = seal.first(connection).optional()? {
        return Ok(hash);
    }
    let cut = audit_cuts::table.filter(audit_cuts::position.eq(position - 1)).select(audit_cuts::chain_hash);
    if let Some(hash) = cut.first(connection).optional()? {
        return Ok(hash);
    }
    if position == 1 {
        let installation: String = installation::table.select(installation::id).first(connection)?;
        return Ok(chain::beginning(&installation));
    }
    // Retention removed entries between the two questions.
    Err(Failure::Conflict)
}

fn backlog(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<Backlog> {
    let after = position(connection)?;
    let sealed = audit_seals::table.filter(audit_seals::position.gt(after));
    let first: Option<i64> = sealed.select(min(audit_seals::position)).first(connection)?;
    let last: Option<i64> = audit_seals::table.select(max(audit_seals::position)).first(connection)?;
    let entries = first.zip(last).map_or(0, |(first, last)| last - first + 1);
    let oldest: Option<Moment> = match first {
        Some(first) => audit_seals::table
            .inner_join(audit_log::table)
            .filter(audit_seals::position.eq(first))
            .select(audit_log::timestamp)
            .first(connection)
            .optional()?,
        None => unsealed(connection, now, 1)?.first().map(|it| it.timestamp),
    };
    Ok(Backlog { entries, oldest: oldest.map(Timestamp::from) })
}
