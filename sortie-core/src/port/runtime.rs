//! Running workloads.

use std::sync::Arc;

use super::PortResult;
use crate::{
    id::{PlaceId, SessionId},
    port::BoxFuture,
    spec::Spec,
    workload::{Condition, Endpoint, Labels, Observed, Refusal, Workload, WorkloadOrder},
};

/// Called with the session whose workload may look different now. A hint: it may come late, twice or not at all.
pub type Wake = Arc<dyn Fn(SessionId) + Send + Sync>;

/// Runs workloads in one place. Every method is idempotent and may be called again after a crash at any point.
pub trait Runtime: Send + Sync {
    /// The place this runtime acts in.
    fn place(&self) -> &PlaceId;

    /// What was found out about the place: what is missing, which limits hold.
    fn condition(&self) -> Condition;

    /// Why this spec can never run here; `None` when nothing speaks against it. Cheap: called for every app of a list.
    fn refusal(&self, spec: &Spec) -> Option<Refusal>;

    /// Every workload in the place, whoever made it. Either complete or an error, never a part.
    fn list(&self) -> PortResult<'_, Vec<Workload>>;

    /// One workload, read afresh.
    fn observe<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Observed>;

    /// Begins to make a workload and answers before it is ready. One that exists already is success.
    ///
    /// `Rejected` means never (the session fails with these words); `Unavailable` means try again.
    fn create<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()>;

    /// Makes a workload that exists obey the order's egress policy, which may have changed since it was made. Absent is success.
    ///
    /// A runtime whose workloads reach no network has nothing to do.
    fn guard<'a>(&'a self, order: &'a WorkloadOrder) -> PortResult<'a, ()> {
        let _ = order;
        Box::pin(async { Ok(()) })
    }

    /// Begins to remove a workload and everything beside it, if it still is the one with these labels. Absent is success.
    /// What stands beside it may go only after it: call again while anything is observed.
    fn delete<'a>(&'a self, labels: &'a Labels) -> PortResult<'a, ()>;

    /// Hands a workload and everything beside it over: what carries `from` carries `to` from now on. The same session and place
    /// in both. What carries `to` already is success; what carries anything else, or is not there, is `Conflict`.
    fn relabel<'a>(&'a self, from: &'a Labels, to: &'a Labels) -> PortResult<'a, ()>;

    /// Where the workload's screen answers, with its secrets. `Unavailable` while it is not ready.
    fn open<'a>(&'a self, session: &'a SessionId) -> PortResult<'a, Endpoint>;

    /// Calls `wake` whenever a workload may have changed. Runs until it is dropped.
    fn watch(&self, wake: Wake) -> BoxFuture<'_, ()>;
}
