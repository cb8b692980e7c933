//! What slows guessing down: tries counted per lane, and from where somebody signed in before.

use std::time::Duration;

use diesel::prelude::*;
use sortie_core::{
    throttle::{self, Lane, Tally},
    time::Timestamp,
};

use crate::{
    connection::AnyConnection,
    dialect::{self, Lock},
    moment::Moment,
    row::credential::TallyRow,
    schema::{
        known_origins::dsl as known,
        throttles::{self, dsl},
    },
};

/// Charges one try.
pub(super) fn charge(
    connection: &mut AnyConnection,
    lanes: Vec<Lane>,
    now: Timestamp,
) -> QueryResult<Result<(), Duration>> {
    let before = seen(connection, lanes)?;
    let (charged, outcome) = throttle::charge_all(&before, now);
    for (lane, tally) in charged {
        save(connection, &lane, tally)?;
    }
    Ok(outcome)
}

/// Takes the charge of a try that turned out well back.
pub(super) fn settle(connection: &mut AnyConnection, lanes: Vec<Lane>, now: Timestamp) -> QueryResult<()> {
    for (lane, tally) in seen(connection, lanes)? {
        let Some(tally) = tally else { continue };
        match throttle::settle(lane.kind, tally, now) {
            Some(after) => save(connection, &lane, after)?,
            None => {
                diesel::delete(dsl::throttles.find((lane.kind.name(), lane.subject))).execute(connection)?;
            }
        }
    }
    Ok(())
}

/// What lanes have seen; locked, in one order, so that nobody waits in a circle.
fn seen(connection: &mut AnyConnection, mut lanes: Vec<Lane>) -> QueryResult<Vec<(Lane, Option<Tally>)>> {
    lanes.sort();
    lanes.dedup();
    let mut found = Vec::with_capacity(lanes.len());
    for lane in lanes {
        dialect::lock(connection, Lock::Lane(lane.kind.name(), &lane.subject))?;
        let query = dsl::throttles.find((lane.kind.name(), lane.subject.clone())).select(TallyRow::as_select());
        let row = query.first::<TallyRow>(connection).optional()?;
        found.push((lane, row.map(Tally::from)));
    }
    Ok(found)
}

fn save(connection: &mut AnyConnection, lane: &Lane, tally: Tally) -> QueryResult<()> {
    let name = (lane.kind.name(), lane.subject.as_str());
    dialect::save_lane(connection, name, tally.failures.into(), tally.last_at.into(), tally.next_at.into())
}

/// Which of these marks somebody signed in with after a time.
pub(super) fn known_origins(
    connection: &mut AnyConnection,
    user: String,
    marks: Vec<String>,
    after: Moment,
) -> QueryResult<Vec<String>> {
    let own = known::known_origins.filter(known::user_id.eq(user)).filter(known::last_used_at.gt(after));
    own.filter(known::mark.eq_any(marks)).select(known::mark).load(connection)
}

/// Forgets lanes and origins that were not used since; answers how many.
pub(super) fn prune(connection: &mut AnyConnection, lanes: Moment, origins: Moment) -> QueryResult<usize> {
    let idle = diesel::delete(throttles::table.filter(dsl::last_at.lt(lanes))).execute(connection)?;
    let old = diesel::delete(known::known_origins.filter(known::last_used_at.lt(origins))).execute(connection)?;
    Ok(idle + old)
}
