//! The one door to tokio's blocking threads: files and `/proc` are read there.

use tokio::task::spawn_blocking;

use crate::error::{LocalError, Outcome};

/// Runs `work` where it may block.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    match spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(LocalError::Tool { tool: "a blocking thread", detail: error.to_string() }),
    }
}
