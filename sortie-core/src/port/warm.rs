//! Warm workloads at rest.

use super::PortResult;
use crate::{
    app::App,
    id::{PlaceId, SessionId},
    warm::{Warm, WarmStatus},
};

/// Keeps the rows of warm workloads. They are observations and intents of the loop that tends them: no audit, no events.
pub trait WarmStore: Send + Sync {
    /// The apps of all tenants that wish warm workloads.
    fn warm_apps(&self) -> PortResult<'_, Vec<App>>;

    /// Every row of a place.
    fn list_warm<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<Warm>>;

    /// One row.
    fn find_warm<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, Option<Warm>>;

    /// Writes one down, before it is made.
    fn insert_warm<'a>(&'a self, warm: &'a Warm) -> PortResult<'a, ()>;

    /// Changes the status with compare-and-set; answers whether it was as expected.
    fn move_warm<'a>(&'a self, id: &'a SessionId, from: WarmStatus, to: WarmStatus) -> PortResult<'a, bool>;

    /// Removes a row. Absent is success.
    fn remove_warm<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, ()>;
}
