//! Warm workloads.

use diesel::prelude::*;
use sortie_core::{
    app::App,
    id::{PlaceId, SessionId},
    port::{PortResult, WarmStore},
    warm::{Warm, WarmStatus},
};

use crate::{
    Store,
    connection::AnyConnection,
    row::{app::AppRow, readable, warm::WarmRow},
    schema::{
        applications::dsl as apps,
        warm_workloads::{self, dsl},
    },
};

impl WarmStore for Store {
    fn warm_apps(&self) -> PortResult<'_, Vec<App>> {
        self.read(|connection| {
            let rows = apps::applications.filter(apps::warm_pool.gt(0)).order(apps::id).select(AppRow::as_select());
            Ok(readable(rows.load(connection)?))
        })
    }

    fn list_warm<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<Warm>> {
        let place = place.as_str().to_owned();
        self.read(move |connection| {
            let rows = dsl::warm_workloads.filter(dsl::place_id.eq(place)).order((dsl::created_at, dsl::id));
            Ok(readable(rows.select(WarmRow::as_select()).load(connection)?))
        })
    }

    fn find_warm<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, Option<Warm>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::warm_workloads.find(id).select(WarmRow::as_select()).first(connection).optional()?;
            Ok(row.map(Warm::try_from).transpose()?)
        })
    }

    fn insert_warm<'a>(&'a self, warm: &'a Warm) -> PortResult<'a, ()> {
        let row = WarmRow::from(warm);
        self.write(move |connection| {
            diesel::insert_into(warm_workloads::table).values(row).execute(connection)?;
            Ok(())
        })
    }

    fn move_warm<'a>(&'a self, id: &'a SessionId, from: WarmStatus, to: WarmStatus) -> PortResult<'a, bool> {
        let id = id.as_str().to_owned();
        self.write(move |connection| Ok(moved(connection, &id, from, to)?))
    }

    fn remove_warm<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, ()> {
        let id = id.as_str().to_owned();
        self.write(move |connection| {
            diesel::delete(dsl::warm_workloads.find(id)).execute(connection)?;
            Ok(())
        })
    }
}

/// Changes the status if it is as expected; answers whether it was.
pub(super) fn moved(connection: &mut AnyConnection, id: &str, from: WarmStatus, to: WarmStatus) -> QueryResult<bool> {
    let expected = dsl::warm_workloads.find(id.to_owned()).filter(dsl::status.eq(from.name()));
    Ok(diesel::update(expected).set(dsl::status.eq(to.name())).execute(connection)? == 1)
}
