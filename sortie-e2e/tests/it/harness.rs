//! What the flows need: a server with its world, a client, a screen, an event reader, and eyes on processes.

pub(crate) mod balancer;
pub(crate) mod client;
pub(crate) mod collector;
pub(crate) mod events;
pub(crate) mod postgres;
pub(crate) mod processes;
pub(crate) mod provider;
pub(crate) mod screen;
pub(crate) mod seed;
pub(crate) mod server;
pub(crate) mod trial;
pub(crate) mod visitor;
pub(crate) mod world;

use std::time::{Duration, Instant};

/// The longest that anything on one machine may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer. Fails with the story when `limit` has passed.
pub(crate) async fn wait_for<T, F>(limit: Duration, what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < limit, "waited {limit:?} in vain for: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
