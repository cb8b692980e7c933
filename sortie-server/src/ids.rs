//! The real clock and the real source of ids.

use std::time::{Duration, Instant};

use sortie_core::{
    port::{Clock, IdSource},
    time::Timestamp,
};

/// The machine's clocks.
pub(crate) struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Its monotonic zero is now.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(chrono::Local::now().timestamp_micros())
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// UUID version 7 (RFC 9562 §5.7): ids that sort by time keep indexes warm.
pub(crate) struct UuidSource;

impl IdSource for UuidSource {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
