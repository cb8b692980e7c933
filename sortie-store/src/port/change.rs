//! What goes with every write: the audit entry, the events, and the count of changes.

use diesel::{QueryResult, RunQueryDsl};
use sortie_core::{audit::Change, event::Event};

use crate::{
    connection::AnyConnection,
    dialect,
    row::{audit::NewAuditRow, event::NewEventRow},
    schema::{audit_log, outbox},
};

/// A kind of data that others cache.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Apps,
    Access,
    Sessions,
    Shares,
    /// Nobody caches it.
    Uncached,
}

impl Kind {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Apps => Some("apps"),
            Self::Access => Some("access"),
            Self::Sessions => Some("sessions"),
            Self::Shares => Some("shares"),
            Self::Uncached => None,
        }
    }
}

/// Writes a change down. The last step of a transaction: from here to the commit the row of the epoch is locked, and only
/// that order keeps two changes from waiting for each other in a circle.
pub(super) fn record(connection: &mut AnyConnection, kind: Kind, change: &Change) -> QueryResult<()> {
    diesel::insert_into(audit_log::table).values(NewAuditRow::new(&change.audit, change.at)).execute(connection)?;
    tell(connection, kind, &change.events)
}

/// Events without an audit entry: for observations that nobody did.
pub(super) fn tell(connection: &mut AnyConnection, kind: Kind, events: &[Event]) -> QueryResult<()> {
    for event in events {
        diesel::insert_into(outbox::table).values(NewEventRow::from(event)).execute(connection)?;
    }
    match kind.name() {
        Some(name) => dialect::bump_epoch(connection, name),
        None => Ok(()),
    }
}
