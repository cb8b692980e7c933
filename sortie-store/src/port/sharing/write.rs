//! Changes of shares, viewers and control.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    id::{ShareId, ViewerId},
    port::sharing::Viewers,
    sharing::ViewerState,
};

use crate::{
    connection::{AnyBackend, AnyConnection},
    error::Failure,
    moment::Moment,
    port::change::{Kind, record},
    row::{
        Reading,
        sharing::{ShareRow, ViewerRow},
    },
    schema::{
        session_control::{self, dsl as control},
        session_shares::{self, dsl as shares},
        session_viewers::{self, dsl as viewers},
    },
};

pub(super) fn insert_share(
    connection: &mut AnyConnection,
    share: ShareRow,
    viewer: Option<ViewerRow>,
    change: &Change,
) -> Result<(), Failure> {
    diesel::insert_into(session_shares::table).values(share).execute(connection)?;
    if let Some(viewer) = viewer {
        diesel::insert_into(session_viewers::table).values(viewer).execute(connection)?;
    }
    Ok(record(connection, Kind::Shares, change)?)
}

pub(super) fn delete_shares(
    connection: &mut AnyConnection,
    session: String,
    which: Option<String>,
    change: &Change,
) -> Result<Vec<ShareId>, Failure> {
    let mut these =
        diesel::delete(shares::session_shares).filter(shares::session_id.eq(session)).into_boxed::<AnyBackend>();
    if let Some(id) = which {
        these = these.filter(shares::id.eq(id));
    }
    // The viewers and their control go with them.
    let deleted: Vec<String> = these.returning(shares::id).get_results(connection)?;
    if !deleted.is_empty() {
        record(connection, Kind::Shares, change)?;
    }
    let id = |it: String| Ok(Reading { table: "session_shares", id: &it }.id("id", &it)?);
    deleted.into_iter().map(id).collect()
}

pub(super) fn join(
    connection: &mut AnyConnection,
    share: String,
    viewer: ViewerRow,
    change: &Change,
) -> Result<bool, Failure> {
    // One statement that counts and checks: the row's lock lets one in after the other.
    let free = shares::session_shares
        .filter(shares::id.eq(share))
        .filter(shares::expires_at.gt(Moment::from(change.at)))
        .filter(shares::max_uses.is_null().or(shares::uses.lt(shares::max_uses.assume_not_null())));
    if diesel::update(free).set(shares::uses.eq(shares::uses + 1)).execute(connection)? == 0 {
        return Ok(false);
    }
    diesel::insert_into(session_viewers::table).values(viewer).execute(connection).map_err(Failure::taken)?;
    record(connection, Kind::Shares, change)?;
    Ok(true)
}

pub(super) fn insert_viewer(connection: &mut AnyConnection, viewer: ViewerRow, change: &Change) -> Result<(), Failure> {
    diesel::insert_into(session_viewers::table).values(viewer).execute(connection)?;
    Ok(record(connection, Kind::Shares, change)?)
}

pub(super) fn move_viewers(
    connection: &mut AnyConnection,
    session: String,
    which: &Viewers,
    before: &[ViewerState],
    after: ViewerState,
    change: &Change,
) -> Result<Vec<ViewerId>, Failure> {
    let before: Vec<String> = before.iter().map(|it| it.name().to_owned()).collect();
    let mut these = diesel::update(viewers::session_viewers)
        .filter(viewers::session_id.eq(session))
        .filter(viewers::state.eq_any(before))
        .into_boxed::<AnyBackend>();
    these = match which {
        Viewers::One(id) => these.filter(viewers::id.eq(id.as_str().to_owned())),
        Viewers::All => these.filter(viewers::role.eq("viewer")),
    };
    let moved: Vec<(String, Option<String>)> = these
        .set(viewers::state.eq(after.name()))
        .returning((viewers::id, viewers::share_id))
        .get_results(connection)?;
    if after == ViewerState::Refused {
        for share in moved.iter().filter_map(|(_, share)| share.clone()) {
            let used = shares::session_shares.filter(shares::id.eq(share)).filter(shares::uses.gt(0));
            diesel::update(used).set(shares::uses.eq(shares::uses - 1)).execute(connection)?;
        }
    }
    if !moved.is_empty() {
        record(connection, Kind::Shares, change)?;
    }
    let id = |(it, _): (String, _)| Ok(Reading { table: "session_viewers", id: &it }.id("id", &it)?);
    moved.into_iter().map(id).collect()
}

pub(super) fn hand_over(
    connection: &mut AnyConnection,
    session: String,
    to: Option<String>,
    change: &Change,
) -> Result<(), Failure> {
    diesel::delete(control::session_control.filter(control::session_id.eq(session.clone()))).execute(connection)?;
    if let Some(viewer) = to {
        let known = viewers::session_viewers
            .filter(viewers::id.eq(viewer.clone()))
            .filter(viewers::session_id.eq(session.clone()))
            .select(viewers::id)
            .first::<String>(connection)
            .optional()?;
        known.ok_or(Failure::Conflict)?;
        diesel::insert_into(session_control::table)
            .values((control::session_id.eq(session), control::viewer_id.eq(viewer)))
            .execute(connection)
            .map_err(Failure::taken)?;
    }
    Ok(record(connection, Kind::Shares, change)?)
}

/// Removes shares and viewers that ended before this time.
pub(super) fn prune(connection: &mut AnyConnection, before: Moment) -> QueryResult<usize> {
    let old = diesel::delete(viewers::session_viewers.filter(viewers::expires_at.lt(before))).execute(connection)?;
    let ended = diesel::delete(shares::session_shares.filter(shares::expires_at.lt(before))).execute(connection)?;
    Ok(old + ended)
}
