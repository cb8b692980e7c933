//! How much a trial tries, and by which dice: a little in `make test`, as much as is promised in `make test-long`.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// How often: the first where nothing else is said, the second in `make test-long`.
pub(crate) fn count(usual: usize, long: usize) -> usize {
    if variable("SORTIE_TEST_LONG").is_some() { long } else { usual }
}

/// A small generator (Knuth's MMIX): what it says depends on its seed alone.
pub(crate) struct Dice(u64);

impl Dice {
    /// Those of this seed.
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of `SORTIE_TEST_SEED`, else new ones. The seed is printed, so that a run can be had again.
    pub(crate) fn thrown() -> Self {
        let seed = variable("SORTIE_TEST_SEED").map(|it| it.parse().expect("SORTIE_TEST_SEED is a number"));
        let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(()));
        println!("SORTIE_TEST_SEED={seed}");
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// A moment within the next so many milliseconds.
    pub(crate) fn moment(&mut self, milliseconds: u64) -> Duration {
        Duration::from_millis(self.roll(milliseconds))
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how long they may take")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
