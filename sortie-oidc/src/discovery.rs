//! Asking a provider about itself when somebody needs it: not at start, not too often, and with patience for its absence.

use std::{sync::Arc, time::Duration};

use sortie_http::{Ask, Client};
use tokio::{sync::Mutex, time::Instant};
use tracing::{info, warn};

use crate::{
    answer::json,
    error::OidcError,
    metadata::{self, Metadata},
    settings::Settings,
};

/// How long what it said is good.
const FRESH: Duration = Duration::from_hours(1);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Instant)>,
    failures: u32,
    not_before: Option<Instant>,
    /// The last failure, for whoever asks during the pause.
    said: String,
}

/// What is known of the provider. One asks at a time; the others wait for the answer.
#[derive(Default)]
pub(crate) struct Discovery(Mutex<Known>);

impl Discovery {
    /// The provider's description: from memory while it is good or while the provider is away, else fresh.
    pub(crate) async fn metadata(&self, client: &Client, settings: &Settings) -> Result<Arc<Metadata>, OidcError> {
        let mut known = self.0.lock().await;
        let now = Instant::now();
        if let Some((metadata, read_at)) = &known.metadata
            && (now.duration_since(*read_at) < FRESH || known.not_before.is_some_and(|it| now < it))
        {
            return Ok(Arc::clone(metadata));
        }
        if known.not_before.is_some_and(|it| now < it) {
            return Err(OidcError::away(&known.said));
        }
        match ask(client, settings).await {
            Ok(metadata) => {
                if known.failures > 0 || known.metadata.is_none() {
                    info!(issuer = settings.issuer, "Identity provider answers");
                }
                let metadata = Arc::new(metadata);
                *known = Known { metadata: Some((Arc::clone(&metadata), now)), ..Known::default() };
                Ok(metadata)
            }
            Err(error) => {
                let pause = pause(known.failures);
                warn!(
                    issuer = settings.issuer,
                    error = %error,
                    next_try_s = pause.as_secs(),
                    "Identity provider cannot be used; people with a local password can sign in meanwhile"
                );
                known.failures = known.failures.saturating_add(1);
                known.not_before = Some(Instant::now() + pause);
                known.said = error.to_string();
                // What it said before is better than nothing: only its description is away, perhaps.
                known.metadata.as_ref().map(|(metadata, _)| Arc::clone(metadata)).ok_or_else(|| OidcError::away(error))
            }
        }
    }
}

async fn ask(client: &Client, settings: &Settings) -> Result<Metadata, OidcError> {
    let url = metadata::address(&settings.issuer)?;
    let answer = client.send(Ask::get(&url)).await?;
    metadata::read(json(&answer, "the provider's description")?, settings)
}

/// 1, 2, 4, … seconds, at most a minute.
fn pause(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(6)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_below_a_minute() {
        assert_eq!([0, 1, 2, 5, 6, 99].map(|it| pause(it).as_secs()), [1, 2, 4, 32, 60, 60]);
    }
}
