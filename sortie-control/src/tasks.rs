//! The only place that spawns: what is spawned here is waited for at shutdown.

use std::{future::Future, time::Duration};

use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, error, info_span};

/// Every task of the server, and the token that asks them to end.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    soft: CancellationToken,
}

impl Tasks {
    /// No tasks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a future to its end, and waits for it at shutdown. A panic ends this task only.
    pub fn spawn<F>(&self, name: &'static str, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tracker.spawn(future.instrument(info_span!("task", name)))
    }

    /// Runs a loop until shutdown is asked for. If it ends by itself or panics, it is started again after a second.
    pub fn spawn_loop<F, Make>(&self, name: &'static str, make: Make)
    where
        Make: Fn() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let soft = self.soft.clone();
        self.tracker.spawn(async move {
            while !soft.is_cancelled() {
                let run = tokio::spawn(make().instrument(info_span!("loop", name)));
                let stop = run.abort_handle();
                let ended = tokio::select! {
                    ended = run => ended,
                    () = soft.cancelled() => {
                        stop.abort();
                        return;
                    }
                };
                match ended {
                    Ok(()) => error!(name, "Loop ended by itself; starting it again"),
                    Err(panic) => error!(name, error = %panic, "Loop panicked; starting it again"),
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }

    /// Cancelled when shutdown begins.
    pub fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Asks every task to end.
    pub fn cancel(&self) {
        self.soft.cancel();
    }

    /// Waits until every task has ended, at most `limit`; answers whether they all did.
    pub async fn ended(&self, limit: Duration) -> bool {
        self.tracker.close();
        tokio::time::timeout(limit, self.tracker.wait()).await.is_ok()
    }
}
