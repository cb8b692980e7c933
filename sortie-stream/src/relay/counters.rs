//! What is counted while streams run: read by others at any time, written without locks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Bytes and the last input of one session, over all its streams.
#[derive(Debug)]
pub struct Counters {
    begun: Instant,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    /// Milliseconds from `begun` to the last input.
    last_input_ms: AtomicU64,
    n_inputs: AtomicU64,
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

impl Counters {
    /// Nothing counted, and idle from now on.
    pub fn new() -> Self {
        Self {
            begun: Instant::now(),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            last_input_ms: AtomicU64::new(0),
            n_inputs: AtomicU64::new(0),
        }
    }

    /// Bytes forwarded to the workload.
    pub fn bytes_up(&self) -> u64 {
        self.bytes_up.load(Ordering::Relaxed)
    }

    /// Bytes of the workload that were sent to viewers, without framing.
    pub fn bytes_down(&self) -> u64 {
        self.bytes_down.load(Ordering::Relaxed)
    }

    /// How often input was seen, counted by reads: whether it grew tells whether somebody worked since the last look.
    pub fn n_inputs(&self) -> u64 {
        self.n_inputs.load(Ordering::Relaxed)
    }

    /// The time since the last input that reached the workload, or since the counters were made. To the millisecond.
    pub fn idle_for(&self) -> Duration {
        let last_input = Duration::from_millis(self.last_input_ms.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(last_input)
    }

    pub(super) fn add_up(&self, n_bytes: u64) {
        self.bytes_up.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(super) fn add_down(&self, n_bytes: u64) {
        self.bytes_down.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(super) fn input_at(&self, now: Instant) {
        let since = now.saturating_duration_since(self.begun).as_millis();
        self.last_input_ms.fetch_max(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.n_inputs.fetch_add(1, Ordering::Relaxed);
    }
}
