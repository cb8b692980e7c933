//! Targets, what ran, and downloaded images.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    event::Event,
    port::{Page, PageRequest, PortResult, ServiceStore},
    services::{
        Node, Target,
        snapshot::{ImageRecord, ServiceStatus, Snapshot, SnapshotKind},
    },
    time::Timestamp,
};

use super::change::{Kind, record, tell};
use crate::{
    Store,
    connection::AnyConnection,
    cursor,
    dialect::{self, Lock},
    error::Failure,
    moment::Moment,
    row::services::{AppRow, ImageRow, NewSnapshotRow, ServiceRow, SnapshotRow, json, stored},
    schema::{
        app::{self, dsl as apps},
        image::{self, dsl as images},
        service::{self, dsl as services},
        statesnapshot::{self, dsl},
    },
};

impl ServiceStore for Store {
    fn latest_snapshot(&self, kind: SnapshotKind) -> PortResult<'_, Option<Snapshot>> {
        self.read(move |connection| {
            let row = latest(connection, kind)?;
            Ok(row.map(Snapshot::try_from).transpose()?)
        })
    }

    fn save_target<'a>(&'a self, before: Option<i64>, target: &'a Target, change: Change) -> PortResult<'a, i64> {
        let target = target.clone();
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("stateSnapshot"))?;
            if latest(connection, SnapshotKind::Target)?.map(|it| it.id) != before {
                return Err(Failure::Conflict);
            }
            let at = Moment::from(change.at);
            let id = keep(connection, SnapshotKind::Target, json(&target.write()).to_string(), at)?;
            write_rows(connection, &target, at)?;
            record(connection, Kind::Uncached, &change)?;
            Ok(id)
        })
    }

    fn save_current<'a>(
        &'a self,
        state: &'a Node,
        statuses: &'a [ServiceStatus],
        at: Timestamp,
        events: Vec<Event>,
    ) -> PortResult<'a, Option<i64>> {
        let (text, statuses, at) = (json(state).to_string(), statuses.to_vec(), Moment::from(at));
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("stateSnapshot"))?;
            for it in statuses {
                let (app, number) = (stored(it.key.app.get()), stored(it.key.service.get()));
                let row = services::service.filter(services::appid.eq(app)).filter(services::serviceid.eq(number));
                diesel::update(row)
                    .set((services::status.eq(it.status), services::containerid.eq(it.container)))
                    .execute(connection)?;
            }
            tell(connection, Kind::Uncached, &events)?;
            Ok(keep_other(connection, SnapshotKind::Current, text, at)?)
        })
    }

    fn save_service_settings<'a>(&'a self, settings: &'a Node, at: Timestamp) -> PortResult<'a, Option<i64>> {
        let (text, at) = (json(settings).to_string(), Moment::from(at));
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("stateSnapshot"))?;
            Ok(keep_other(connection, SnapshotKind::Settings, text, at)?)
        })
    }

    fn snapshots(&self, kind: Option<SnapshotKind>, page: PageRequest) -> PortResult<'_, Page<Snapshot>> {
        self.read(move |connection| {
            let mut rows = dsl::statesnapshot.select(SnapshotRow::as_select()).order(dsl::id.desc()).into_boxed();
            if let Some(kind) = kind {
                rows = rows.filter(dsl::kind.eq(kind.name()));
            }
            if let Some(text) = &page.cursor {
                rows = rows.filter(dsl::id.lt(cursor::decode::<i64>(text)?));
            }
            let rows = rows.limit(cursor::wanted(&page)).load::<SnapshotRow>(connection)?;
            Ok(cursor::page(rows, &page, |row: &SnapshotRow| row.id))
        })
    }

    fn find_snapshot(&self, id: i64) -> PortResult<'_, Option<Snapshot>> {
        self.read(move |connection| {
            let row = dsl::statesnapshot.find(id).select(SnapshotRow::as_select()).first(connection).optional()?;
            Ok(row.map(Snapshot::try_from).transpose()?)
        })
    }

    fn prune_snapshots(&self, before: Timestamp) -> PortResult<'_, u64> {
        self.write(move |connection| {
            let mut kept = Vec::new();
            for kind in SnapshotKind::ALL {
                kept.extend(latest(connection, kind)?.map(|it| it.id));
            }
            let old = dsl::statesnapshot.filter(dsl::createdat.lt(Moment::from(before))).filter(dsl::id.ne_all(kept));
            let gone = diesel::delete(old).execute(connection)?;
            Ok(u64::try_from(gone).unwrap_or(u64::MAX))
        })
    }

    fn save_image<'a>(&'a self, image: &'a ImageRecord) -> PortResult<'a, ()> {
        let row = ImageRow::from(image);
        self.write(move |connection| {
            let known = images::image.filter(images::imagename.eq(row.imagename.clone()));
            if diesel::update(known).set(&row).execute(connection)? == 0 {
                let made = row.pulledat;
                diesel::insert_into(image::table)
                    .values((&row, images::createdat.eq(made)))
                    .execute(connection)
                    .map_err(Failure::taken)?;
            }
            Ok(())
        })
    }

    fn forget_image<'a>(&'a self, name: &'a str) -> PortResult<'a, ()> {
        let name = name.to_owned();
        self.write(move |connection| {
            diesel::delete(images::image.filter(images::imagename.eq(name))).execute(connection)?;
            Ok(())
        })
    }

    fn images(&self) -> PortResult<'_, Vec<ImageRecord>> {
        self.read(move |connection| {
            let rows = images::image.order(images::imagename).select(ImageRow::as_select()).load(connection)?;
            Ok(rows.into_iter().map(ImageRecord::from).collect())
        })
    }
}

fn latest(connection: &mut AnyConnection, kind: SnapshotKind) -> QueryResult<Option<SnapshotRow>> {
    dsl::statesnapshot
        .filter(dsl::kind.eq(kind.name()))
        .order(dsl::id.desc())
        .select(SnapshotRow::as_select())
        .first(connection)
        .optional()
}

fn keep(connection: &mut AnyConnection, kind: SnapshotKind, state: String, at: Moment) -> QueryResult<i64> {
    let row = NewSnapshotRow { kind: kind.name().to_owned(), state, createdat: at };
    diesel::insert_into(statesnapshot::table).values(row).execute(connection)?;
    // Under the lock nobody else adds one: the newest is ours.
    let newest = dsl::statesnapshot.filter(dsl::kind.eq(kind.name())).order(dsl::id.desc());
    newest.select(dsl::id).first(connection)
}

/// Keeps it unless the newest one of its kind is the same.
fn keep_other(
    connection: &mut AnyConnection,
    kind: SnapshotKind,
    state: String,
    at: Moment,
) -> QueryResult<Option<i64>> {
    if latest(connection, kind)?.is_some_and(|it| it.state == state) {
        return Ok(None);
    }
    keep(connection, kind, state, at).map(Some)
}

/// Makes the rows of apps and services those of the target. Rows that stay keep what the engine shows of them.
fn write_rows(connection: &mut AnyConnection, target: &Target, at: Moment) -> QueryResult<()> {
    let numbers: Vec<i64> = target.apps.keys().map(|it| stored(it.get())).collect();
    diesel::delete(apps::app.filter(apps::appid.ne_all(numbers.clone()))).execute(connection)?;
    diesel::delete(services::service.filter(services::appid.ne_all(numbers))).execute(connection)?;
    for it in target.apps.values() {
        let row = AppRow::new(it, at);
        let number = row.appid;
        if diesel::update(apps::app.filter(apps::appid.eq(number))).set(&row).execute(connection)? == 0 {
            diesel::insert_into(app::table).values((&row, apps::createdat.eq(at))).execute(connection)?;
        }
        let kept: Vec<i64> = it.services.iter().map(|it| stored(it.number.get())).collect();
        let gone = services::service.filter(services::appid.eq(number)).filter(services::serviceid.ne_all(kept));
        diesel::delete(gone).execute(connection)?;
        for one in &it.services {
            let row = ServiceRow::new(it, one, at);
            let known = services::service.filter(services::appid.eq(number));
            let known = known.filter(services::serviceid.eq(row.serviceid));
            if diesel::update(known).set(&row).execute(connection)? == 0 {
                let fresh = (&row, services::createdat.eq(at), services::status.eq("stopped"));
                diesel::insert_into(service::table).values(fresh).execute(connection)?;
            }
        }
    }
    Ok(())
}
