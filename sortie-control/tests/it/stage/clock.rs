//! A clock that stands still until it is moved.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sortie_core::{port::Clock, time::Timestamp};

/// Noon of some day, in microseconds.
const START: i64 = 1_790_000_000_000_000;

/// Microseconds since the start. Each reading moves it on by one: rows of one test differ in time.
#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(START + i64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap_or_default())
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }
}
