//! Connections to screens, each good while its replica holds its lease.

use std::collections::HashSet;

use diesel::prelude::*;
use sortie_core::{audit::Change, port::sharing::replica_lease, sharing::LiveStream};

use crate::{
    connection::AnyConnection,
    dialect,
    error::Failure,
    port::change::{Kind, record},
    row::{readable, sharing::StreamRow},
    schema::{
        leases::dsl as leases,
        session_streams::{self, dsl},
    },
};

pub(super) fn open(connection: &mut AnyConnection, row: StreamRow, change: &Change) -> Result<(), Failure> {
    diesel::insert_into(session_streams::table).values(row).execute(connection)?;
    Ok(record(connection, Kind::Uncached, change)?)
}

pub(super) fn close(connection: &mut AnyConnection, id: String, change: &Change) -> Result<(), Failure> {
    diesel::delete(dsl::session_streams.find(id)).execute(connection)?;
    Ok(record(connection, Kind::Uncached, change)?)
}

/// Those of replicas that live.
pub(super) fn live(connection: &mut AnyConnection, sessions: Vec<String>) -> Result<Vec<LiveStream>, Failure> {
    let rows = dsl::session_streams
        .filter(dsl::session_id.eq_any(sessions))
        .order((dsl::opened_at.asc(), dsl::id.asc()))
        .select(StreamRow::as_select())
        .load(connection)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let held = held(connection)?;
    let streams: Vec<LiveStream> = readable(rows);
    Ok(streams.into_iter().filter(|it| held.contains(&replica_lease(&it.replica))).collect())
}

/// The leases of replicas that live.
fn held(connection: &mut AnyConnection) -> QueryResult<HashSet<String>> {
    let now = dialect::now(connection)?;
    let pattern = format!("{}%", replica_lease(""));
    let held = leases::leases.filter(leases::name.like(pattern)).filter(leases::until.gt(now)).select(leases::name);
    Ok(held.load::<String>(connection)?.into_iter().collect())
}

/// Removes those of replicas that do not live, with their leases: no other process takes the name of one that ended.
pub(super) fn prune(connection: &mut AnyConnection) -> QueryResult<usize> {
    let held = held(connection)?;
    let pattern = format!("{}%", replica_lease(""));
    let names: Vec<String> = held.iter().cloned().collect();
    let over = leases::leases.filter(leases::name.like(pattern)).filter(leases::name.ne_all(names));
    diesel::delete(over).execute(connection)?;
    let replicas: Vec<String> = dsl::session_streams.select(dsl::replica).distinct().load(connection)?;
    let gone: Vec<String> = replicas.into_iter().filter(|it| !held.contains(&replica_lease(it))).collect();
    diesel::delete(dsl::session_streams.filter(dsl::replica.eq_any(gone))).execute(connection)
}
