//! How long an engine may take: one that accepts and never answers holds up nobody for longer.

use std::time::Duration;

use bollard::errors::Error;
use sortie_core::{
    port::{PortError, PortResult, engine::StepError},
    services::{Cause, Failure, Step},
};
use tokio::time::timeout;

use super::failure;

/// The first word of an engine.
pub(super) const GREETING: Duration = Duration::from_secs(10);
/// Looking at what there is.
pub(super) const LOOK: Duration = Duration::from_secs(30);
/// Making, starting or removing something. Storage that copies takes its time with large images.
pub(super) const CHANGE: Duration = Duration::from_mins(4);
/// What a stop may take beside its own time.
const STOP: Duration = Duration::from_mins(1);

/// How long a step may take; `None` for a download, which lasts as long as something comes.
pub(super) fn of(step: &Step) -> Option<Duration> {
    match step {
        Step::DownloadImage { .. } => None,
        Step::StopContainer { timeout, .. } => Some(timeout.saturating_add(STOP)),
        Step::CreateVolume { .. }
        | Step::CreateNetwork { .. }
        | Step::RemoveContainer { .. }
        | Step::StartContainer { .. }
        | Step::RemoveNetwork { .. }
        | Step::RemoveVolume { .. }
        | Step::RemoveImage { .. } => Some(CHANGE),
    }
}

/// A look, or word that the engine took too long.
pub(super) fn look<'a, T: Send + 'a>(asked: impl Future<Output = Result<T, Error>> + Send + 'a) -> PortResult<'a, T> {
    Box::pin(async move {
        match timeout(LOOK, asked).await {
            Ok(answer) => answer.map_err(failure::port),
            Err(_) => Err(PortError::unavailable(silent(LOOK))),
        }
    })
}

/// A step that was not done in time. The engine may have been busy with this one thing only, so it counts against the step.
pub(super) fn missed(step: &Step, limit: Duration) -> StepError {
    let message = format!("{}: {}", step.name(), silent(limit));
    StepError::Failed(Failure::new(Cause::EngineFailed, message))
}

/// What is said of an engine that took longer.
pub(super) fn silent(limit: Duration) -> String {
    format!("the engine did not answer within {} s", limit.as_secs())
}
