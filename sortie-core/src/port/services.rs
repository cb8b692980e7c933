//! Targets, what ran, and downloaded images at rest.

use super::{Page, PageRequest, PortResult};
use crate::{
    audit::Change,
    event::Event,
    services::{
        Node, Target,
        snapshot::{ImageRecord, ServiceStatus, Snapshot, SnapshotKind},
    },
    time::Timestamp,
};

/// Keeps the services' states.
pub trait ServiceStore: Send + Sync {
    /// The newest snapshot of a kind.
    fn latest_snapshot(&self, kind: SnapshotKind) -> PortResult<'_, Option<Snapshot>>;

    /// Keeps a new target and makes the rows of apps and services those of it; answers the snapshot's number. `Conflict` when
    /// the newest target is not `before` any more (`None`: when there is one).
    fn save_target<'a>(&'a self, before: Option<i64>, target: &'a Target, change: Change) -> PortResult<'a, i64>;

    /// Writes what the engine shows into the services' rows, and keeps the state if it is not the newest one; answers the
    /// number of a new snapshot. An observation: nobody did it, so there is no audit; the events go out with it.
    fn save_current<'a>(
        &'a self,
        state: &'a Node,
        services: &'a [ServiceStatus],
        at: Timestamp,
        events: Vec<Event>,
    ) -> PortResult<'a, Option<i64>>;

    /// Keeps settings if they are not the newest ones; answers the number of a new snapshot. An observation, like the current
    /// state. Whoever calls left the secrets out.
    fn save_service_settings<'a>(&'a self, settings: &'a Node, at: Timestamp) -> PortResult<'a, Option<i64>>;

    /// Snapshots, newest first; of one kind, where one is given.
    fn snapshots(&self, kind: Option<SnapshotKind>, page: PageRequest) -> PortResult<'_, Page<Snapshot>>;

    /// One snapshot.
    fn find_snapshot(&self, id: i64) -> PortResult<'_, Option<Snapshot>>;

    /// Forgets snapshots from before this time, the newest of each kind excepted; answers how many.
    fn prune_snapshots(&self, before: Timestamp) -> PortResult<'_, u64>;

    /// Writes down that an image was downloaded; again is success. An observation, like the current state.
    fn save_image<'a>(&'a self, image: &'a ImageRecord) -> PortResult<'a, ()>;

    /// Forgets a downloaded image; one that is not known is success.
    fn forget_image<'a>(&'a self, name: &'a str) -> PortResult<'a, ()>;

    /// Every downloaded image, by name.
    fn images(&self) -> PortResult<'_, Vec<ImageRecord>>;
}
