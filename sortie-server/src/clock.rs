//! The clock that servers share: the database's, carried on by this machine's own between two looks.
//!
//! A sign-in that one server grants for 15 minutes must be good for 15 minutes at every other, however wrong their machines'
//! clocks are. With SQLite there is one server, and its machine's clock is the database's.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use sortie_core::{
    port::{Clock, CoordinationStore},
    time::Timestamp,
};
use tracing::{debug, info, warn};

use crate::config::{Settings, settings::Database};

/// How often the database's clock is looked at, so that drift does not add up.
const LOOK: Duration = Duration::from_secs(10);
/// From which difference on a person should know.
const WORTH_SAYING: Duration = Duration::from_secs(5);

/// The wall clock and the monotonic one.
pub(crate) struct SharedClock {
    started: Instant,
    /// With a database that servers share: what its clock showed when this machine was started, in microseconds.
    boot: Option<AtomicI64>,
    is_far_off: AtomicBool,
}

impl SharedClock {
    /// The database's clock where several servers may use it, otherwise the machine's; the monotonic zero is now.
    pub(crate) async fn of(store: &impl CoordinationStore, settings: &Settings) -> Arc<Self> {
        let clock = Arc::new(match settings.database {
            Database::Postgres { .. } => Self::shared(own().minus(since_boot())),
            Database::Sqlite(_) => Self::alone(),
        });
        clock.look(store).await;
        clock
    }

    fn alone() -> Self {
        Self { started: Instant::now(), boot: None, is_far_off: AtomicBool::new(false) }
    }

    fn shared(boot: Timestamp) -> Self {
        Self { boot: Some(AtomicI64::new(boot.as_micros())), ..Self::alone() }
    }

    /// Whether this is another clock than the machine's.
    pub(crate) fn is_shared(&self) -> bool {
        self.boot.is_some()
    }

    /// Sets this clock by the database's. One that does not answer changes nothing.
    async fn look(&self, store: &impl CoordinationStore) {
        let Some(boot) = &self.boot else { return };
        let asked = since_boot();
        match store.time().await {
            Ok(time) => {
                let seen = Sight { asked, time, answered: since_boot() };
                let corrected = seen.correct(Timestamp::from_micros(boot.load(Ordering::Relaxed)));
                boot.store(corrected.as_micros(), Ordering::Relaxed);
                self.compare(corrected.plus(seen.answered), own());
            }
            Err(error) => debug!(error = %error, "The database's clock could not be read"),
        }
    }

    /// Says once when this machine's clock is wrong, and once when it is right again.
    fn compare(&self, shared: Timestamp, own: Timestamp) {
        let difference = shared.since(own).max(own.since(shared));
        let is_far_off = difference >= WORTH_SAYING;
        if self.is_far_off.swap(is_far_off, Ordering::Relaxed) == is_far_off {
            return;
        }
        if is_far_off {
            warn!(seconds = difference.as_secs(), "This machine's clock is not the database's, which counts");
        } else {
            info!("This machine's clock agrees with the database's again");
        }
    }
}

/// Looks at the database's clock again and again.
pub(crate) async fn follow(clock: Arc<SharedClock>, store: impl CoordinationStore) {
    loop {
        tokio::time::sleep(LOOK).await;
        clock.look(&store).await;
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        match &self.boot {
            Some(boot) => Timestamp::from_micros(boot.load(Ordering::Relaxed)).plus(since_boot()),
            None => own(),
        }
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// One look at the database's clock, which showed `time` at some moment between asking and the answer.
struct Sight {
    asked: Duration,
    time: Timestamp,
    answered: Duration,
}

impl Sight {
    /// The nearest to `boot` that this look allows: a slow answer says little, and what it allows already stays as it is, so
    /// that time does not jitter.
    fn correct(&self, boot: Timestamp) -> Timestamp {
        boot.clamp(self.time.minus(self.answered), self.time.minus(self.asked))
    }
}

/// This machine's wall clock.
pub(crate) fn own() -> Timestamp {
    Timestamp::from_micros(chrono::Local::now().timestamp_micros())
}

/// How long this machine has been running; goes on while it is suspended, which [`Instant`] does not.
fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let part = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: Timestamp = Timestamp::from_micros(1_000_000_000_000_000);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_look_that_agrees_moves_nothing() {
        let seen = Sight { asked: seconds(100), time: BOOT.plus(seconds(101)), answered: seconds(103) };
        assert_eq!(seen.correct(BOOT), BOOT);
    }

    #[test]
    fn a_look_moves_the_clock_no_further_than_it_must() {
        let ahead = Sight { asked: seconds(100), time: BOOT.plus(seconds(201)), answered: seconds(103) };
        assert_eq!(ahead.correct(BOOT), BOOT.plus(seconds(98)), "at least 98 s, at most 101 s");
        let behind = Sight { asked: seconds(100), time: BOOT.plus(seconds(50)), answered: seconds(103) };
        assert_eq!(behind.correct(BOOT), BOOT.minus(seconds(50)), "at least 50 s, at most 53 s");
    }

    #[test]
    fn a_shared_clock_goes_on_from_the_databases_and_not_from_the_machines() {
        let far = own().plus(Duration::from_hours(5));
        let clock = SharedClock::shared(far.minus(since_boot()));
        let now = clock.now();
        assert!(now.since(far) < seconds(5) && far.since(now) < seconds(1), "{now:?}");
        assert!(clock.now() >= now);
    }
}
