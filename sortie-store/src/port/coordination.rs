//! Identity, leases, the order of events, and how current caches are.

use std::time::Duration;

use diesel::{
    dsl::{max, min},
    prelude::*,
};
use sortie_core::{
    event::Positioned,
    port::{
        CoordinationStore, PortError, PortResult,
        coordination::{Epochs, Installation, Lease, Place},
    },
    time::Timestamp,
};

use crate::{
    Store,
    connection::AnyConnection,
    dialect,
    error::Failure,
    moment::Moment,
    row::{Reading, event::EventRow, readable},
    schema::{
        change_epochs::dsl as change_epochs, installation::dsl as installation, leases::dsl as leases,
        outbox::dsl as outbox,
    },
};

/// How many events get their position in one transaction.
const NUMBERED_AT_ONCE: i64 = 1_000;

impl CoordinationStore for Store {
    fn installation(&self) -> PortResult<'_, Installation> {
        self.read(|connection| {
            let query = installation::installation.select((installation::id, installation::incarnation));
            let (id, incarnation): (String, i64) = query.first(connection)?;
            Ok(Installation { id: Reading { table: "installation", id: &id }.id("id", &id)?, incarnation })
        })
    }

    fn register_place<'a>(&'a self, place: &'a Place) -> PortResult<'a, ()> {
        let place = place.clone();
        self.write(move |connection| register(connection, &place))
    }

    fn take_lease<'a>(&'a self, name: &'a str, holder: &'a str, term: Duration) -> PortResult<'a, Option<Lease>> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write_quietly(move |connection| {
            let now = dialect::now(connection)?;
            let until = Moment::from(Timestamp::from(now).plus(term));
            let is_ours = dialect::renew_lease(connection, &name, &holder, until, now)?
                || dialect::first_lease(connection, &name, &holder, until)?;
            if !is_ours {
                return Ok(None);
            }
            let epoch: i64 = leases::leases.find(name.clone()).select(leases::epoch).first(connection)?;
            Ok(Some(Lease { name, holder, epoch, until: until.into() }))
        })
    }

    fn give_lease_back<'a>(&'a self, name: &'a str, holder: &'a str) -> PortResult<'a, ()> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write_quietly(move |connection| {
            let now = dialect::now(connection)?;
            let held = leases::leases.filter(leases::name.eq(name)).filter(leases::holder.eq(holder));
            diesel::update(held).set((leases::holder.eq(""), leases::until.eq(now))).execute(connection)?;
            Ok(())
        })
    }

    fn epochs(&self) -> PortResult<'_, Epochs> {
        self.read(|connection| {
            let rows: Vec<(String, i64)> = change_epochs::change_epochs.load(connection)?;
            let of = |kind: &str| rows.iter().find(|(name, _)| name == kind).map_or(0, |(_, epoch)| *epoch);
            Ok(Epochs { apps: of("apps"), access: of("access"), sessions: of("sessions"), shares: of("shares") })
        })
    }

    fn number_events(&self) -> PortResult<'_, u64> {
        Box::pin(async move {
            // Most of the time there is nothing to number, and looking does not wait for the writer.
            let is_idle = self
                .read(|connection| {
                    let fresh = outbox::outbox.filter(outbox::position.is_null()).select(outbox::id);
                    Ok(fresh.first::<String>(connection).optional()?.is_none())
                })
                .await?;
            if is_idle {
                return Ok(0);
            }
            self.write(|connection| {
                let numbered = dialect::number_events(connection, NUMBERED_AT_ONCE)?;
                Ok(u64::try_from(numbered).unwrap_or(u64::MAX))
            })
            .await
        })
    }

    fn events_after(&self, position: i64, limit: u32) -> PortResult<'_, Vec<Positioned>> {
        self.read(move |connection| {
            let later = outbox::outbox.filter(outbox::position.gt(position)).order(outbox::position.asc());
            Ok(readable(later.limit(i64::from(limit)).select(EventRow::as_select()).load(connection)?))
        })
    }

    fn event_range(&self) -> PortResult<'_, Option<(i64, i64)>> {
        self.read(|connection| {
            // Each by itself, so that each is one step into the index.
            let first: Option<i64> = outbox::outbox.select(min(outbox::position)).first(connection)?;
            let last: Option<i64> = outbox::outbox.select(max(outbox::position)).first(connection)?;
            Ok(first.zip(last))
        })
    }

    fn prune_events(&self, before: Timestamp) -> PortResult<'_, u64> {
        self.write_quietly(move |connection| {
            let old = outbox::outbox
                .filter(outbox::position.is_not_null())
                .filter(outbox::created_at.lt(Moment::from(before)));
            let removed = diesel::delete(old).execute(connection)?;
            Ok(u64::try_from(removed).unwrap_or(u64::MAX))
        })
    }

    fn hinted(&self, seen: u64) -> PortResult<'_, u64> {
        let hints = self.hints();
        Box::pin(async move {
            let Some(mut hints) = hints else { return std::future::pending().await };
            let count = hints.wait_for(|it| *it != seen).await.map_err(PortError::unavailable)?;
            Ok(*count)
        })
    }

    fn time(&self) -> PortResult<'_, Timestamp> {
        self.read(|connection| Ok(dialect::now(connection)?.into()))
    }

    fn ping(&self) -> PortResult<'_, ()> {
        self.read(|connection| {
            dialect::now(connection)?;
            Ok(())
        })
    }
}

fn register(connection: &mut AnyConnection, place: &Place) -> Result<(), Failure> {
    let now = dialect::now(connection)?;
    if let Some(machine) = &place.machine
        && let Some(other) = dialect::other_machine(connection, &place.kind, machine, now)?
    {
        return Err(Failure::Rejected(format!(
            "the {} sessions of this installation are served by another machine ({other}); stop the server there first",
            place.kind
        )));
    }
    Ok(dialect::save_place(connection, place.id.as_str(), &place.kind, place.machine.as_deref(), now)?)
}
