//! What replicas and places agree on: identity, leases, the order of events, and how current a cache is.

use std::time::Duration;

use super::PortResult;
use crate::{
    event::Positioned,
    id::{InstallationId, PlaceId},
    time::Timestamp,
};

/// Which installation a database belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Its id.
    pub id: InstallationId,
    /// Raised by every restore.
    pub incarnation: i64,
}

/// Where workloads live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// `local`, `kubernetes`, `docker`.
    pub kind: String,
    /// The machine, for kinds that serve one machine.
    pub machine: Option<String>,
}

/// The right to do a job, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub name: String,
    /// Who has it.
    pub holder: String,
    /// Raised at every change of holder.
    pub epoch: i64,
    /// Until when, by the database's clock.
    pub until: Timestamp,
}

/// How often each kind of data changed: a cache is current while its number has not moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Epochs {
    /// Apps.
    pub apps: i64,
    /// Users and sign-ins: what decides who may do what.
    pub access: i64,
    /// Sessions' statuses.
    pub sessions: i64,
    /// Who else may see which session, and who has control.
    pub shares: i64,
}

/// Agreement through the database.
pub trait CoordinationStore: Send + Sync {
    /// This database's installation; made with the schema.
    fn installation(&self) -> PortResult<'_, Installation>;

    /// Writes down a place. `Rejected` when another machine's place of a one-machine kind has a live lease.
    fn register_place<'a>(&'a self, place: &'a Place) -> PortResult<'a, ()>;

    /// Takes or keeps a lease for `term`; `None` while somebody else has it. Time is the database's.
    fn take_lease<'a>(&'a self, name: &'a str, holder: &'a str, term: Duration) -> PortResult<'a, Option<Lease>>;

    /// Gives a lease back, if it is still held by `holder`.
    fn give_lease_back<'a>(&'a self, name: &'a str, holder: &'a str) -> PortResult<'a, ()>;

    /// How often each kind of data changed.
    fn epochs(&self) -> PortResult<'_, Epochs>;

    /// Gives committed events without a position the next ones, in order; answers how many.
    fn number_events(&self) -> PortResult<'_, u64>;

    /// Events behind a position, in order, at most `limit`.
    fn events_after(&self, position: i64, limit: u32) -> PortResult<'_, Vec<Positioned>>;

    /// The first and the last position there is; `None` when there are none.
    fn event_range(&self) -> PortResult<'_, Option<(i64, i64)>>;

    /// Forgets numbered events from before this time; answers how many.
    fn prune_events(&self, before: Timestamp) -> PortResult<'_, u64>;

    /// Waits until another server has said since the count `seen` that it changed something; answers the new count. A hint
    /// that saves waiting for the next look: some are lost, and where nobody else writes there are none.
    fn hinted(&self, seen: u64) -> PortResult<'_, u64>;

    /// The database's clock: the one that servers share.
    fn time(&self) -> PortResult<'_, Timestamp>;

    /// Answers when the database answers.
    fn ping(&self) -> PortResult<'_, ()>;
}
