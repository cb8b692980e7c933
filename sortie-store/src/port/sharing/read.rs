//! Reading what is known of others at sessions.

use std::collections::HashMap;

use diesel::prelude::*;
use sortie_core::{
    session::{Session, Status},
    sharing::{Sharing, Viewer},
};

use crate::{
    connection::AnyConnection,
    error::Failure,
    moment::Moment,
    row::{
        Reading, readable,
        session::SessionRow,
        sharing::{ShareRow, ViewerRow},
    },
    schema::{
        session_control::dsl as control, session_shares::dsl as shares, session_viewers::dsl as viewers, sessions,
    },
};

/// What is known at each session, in their order.
pub(super) fn sharing(connection: &mut AnyConnection, ids: &[String]) -> Result<Vec<Sharing>, Failure> {
    let mut found: HashMap<&str, Sharing> = HashMap::new();
    let share_rows = shares::session_shares
        .filter(shares::session_id.eq_any(ids.to_vec()))
        .order((shares::created_at.asc(), shares::id.asc()))
        .select(ShareRow::as_select())
        .load(connection)?;
    for (id, share) in grouped(ids, share_rows, |row| &row.session_id) {
        found.entry(id).or_default().shares = readable(share);
    }
    let viewer_rows = viewers::session_viewers
        .filter(viewers::session_id.eq_any(ids.to_vec()))
        .order((viewers::created_at.asc(), viewers::id.asc()))
        .select(ViewerRow::as_select())
        .load(connection)?;
    for (id, viewer) in grouped(ids, viewer_rows, |row| &row.session_id) {
        found.entry(id).or_default().viewers = readable(viewer);
    }
    let control_rows: Vec<(String, String)> =
        control::session_control.filter(control::session_id.eq_any(ids.to_vec())).load(connection)?;
    for (session, viewer) in control_rows {
        if let Some(id) = ids.iter().find(|it| **it == session) {
            let reading = Reading { table: "session_control", id: &session };
            found.entry(id).or_default().control = Some(reading.id("viewer_id", &viewer)?);
        }
    }
    Ok(ids.iter().map(|id| found.remove(id.as_str()).unwrap_or_default()).collect())
}

/// The rows of each of the ids that has some.
fn grouped<R>(ids: &[String], rows: Vec<R>, id_of: impl Fn(&R) -> &String) -> HashMap<&str, Vec<R>> {
    let mut groups: HashMap<&str, Vec<R>> = HashMap::new();
    for row in rows {
        if let Some(id) = ids.iter().find(|it| *it == id_of(&row)) {
            groups.entry(id).or_default().push(row);
        }
    }
    groups
}

/// The sessions that a user may watch, newest first; where several shares let the user in, one row for each.
pub(super) fn shared_with(
    connection: &mut AnyConnection,
    user: String,
    now: Moment,
) -> Result<Vec<(Session, Viewer)>, Failure> {
    let live: Vec<String> =
        Status::ALL.into_iter().filter(|it| !it.is_final()).map(|it| it.name().to_owned()).collect();
    let rows = viewers::session_viewers
        .inner_join(sessions::table)
        .filter(viewers::user_id.eq(user))
        .filter(viewers::role.eq("viewer"))
        .filter(viewers::state.eq("admitted"))
        .filter(viewers::expires_at.gt(now))
        .filter(sessions::status.eq_any(live))
        .order((sessions::created_at.desc(), sessions::id.desc(), viewers::id.asc()))
        .select((SessionRow::as_select(), ViewerRow::as_select()))
        .load::<(SessionRow, ViewerRow)>(connection)?;
    rows.into_iter().map(|(session, viewer)| Ok((session.try_into()?, viewer.try_into()?))).collect()
}
