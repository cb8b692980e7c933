//! Containers of services.

use std::{sync::Arc, time::Duration};

use super::{BoxFuture, PortResult};
use crate::{
    services::{Failure, Seen, Step, config::Probe},
    time::Timestamp,
    workload::LimitReport,
};

/// Called when something of ours may look different now. A hint: it may come late, often or not at all.
pub type WakeAll = Arc<dyn Fn() + Send + Sync>;

/// Which engine it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineIdentity {
    /// Its id: the place of what it runs.
    pub id: String,
    /// `docker`, `podman` or `simulated`.
    pub kind: &'static str,
    /// Its version.
    pub version: String,
    /// What it can hold a container to, and what not.
    pub limits: Vec<LimitReport>,
}

/// Why a step was not done.
#[derive(Debug)]
pub enum StepError {
    /// The engine answered, and something about the step stands in the way.
    Failed(Failure),
    /// The engine did not answer: nothing is known, and nobody is to blame.
    Unreachable(super::BoxError),
}

/// What a step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The image, where one was downloaded.
    pub image: Option<DownloadedImage>,
}

/// An image that the engine fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadedImage {
    /// The engine's id of it.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
}

/// What one service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// Whether on its error output.
    pub is_error: bool,
    /// What, without the line's end. Comes from the service: hostile.
    pub text: String,
}

/// Runs containers. Touches only what carries the labels of this installation.
pub trait Engine: Send + Sync {
    /// Which engine answers.
    fn identify(&self) -> PortResult<'_, EngineIdentity>;

    /// Everything of ours, read afresh, and which of these images there are. Either complete or an error, never a part.
    fn observe<'a>(&'a self, images: &'a [String]) -> PortResult<'a, Seen>;

    /// Does one step and answers when the engine has done it. Idempotent: done again after a crash it is success.
    fn perform<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<Done, StepError>>;

    /// Asks a container once whether it is well; `Err` holds its answer in words.
    fn probe<'a>(&'a self, container: &'a str, probe: &'a Probe) -> BoxFuture<'a, Result<(), String>>;

    /// The last lines that a container of ours said, oldest first.
    fn logs<'a>(&'a self, container: &'a str, limit: u32) -> PortResult<'a, Vec<LogLine>>;

    /// Calls `wake` whenever something of ours may have changed, after at most `pause`. Runs until it is dropped.
    fn watch(&self, wake: WakeAll, pause: Duration) -> BoxFuture<'_, ()>;
}
