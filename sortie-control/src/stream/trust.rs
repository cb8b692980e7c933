//! How long a stream may go on while nobody can say whether it still may.

use std::{fmt, str::FromStr, time::Duration};

use crate::Control;

/// What becomes of live streams while the database is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamPolicy {
    /// They go on for five minutes: people keep working through an outage of the database.
    #[default]
    BestEffort,
    /// They end after five seconds: nobody sees a screen longer than the permission can be checked.
    Strict,
}

impl StreamPolicy {
    /// All policies.
    pub const ALL: [Self; 2] = [Self::BestEffort, Self::Strict];

    /// Its name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BestEffort => "best_effort",
            Self::Strict => "strict",
        }
    }

    /// How long a permission holds after it was last confirmed.
    pub const fn patience(self) -> Duration {
        match self {
            Self::BestEffort => Duration::from_mins(5),
            Self::Strict => Duration::from_secs(5),
        }
    }
}

impl fmt::Display for StreamPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no policy of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be best_effort or strict")]
pub struct UnknownPolicy;

impl FromStr for StreamPolicy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        Self::ALL.into_iter().find(|it| it.name() == name).ok_or(UnknownPolicy)
    }
}

/// One live connection's memory of when its permission was last confirmed.
pub struct Trust {
    control: Control,
    confirmed_at: Duration,
}

impl Trust {
    /// It was confirmed right now.
    pub fn renew(&mut self) {
        self.confirmed_at = self.control.monotonic();
    }

    /// Whether the last confirmation is too old, so that the connection has to end.
    pub fn is_over(&self) -> bool {
        let unconfirmed_for = self.control.monotonic().saturating_sub(self.confirmed_at);
        unconfirmed_for >= self.control.settings.stream_policy.patience()
    }
}

impl Control {
    /// The memory of a connection whose permission was confirmed right now.
    pub fn trust(&self) -> Trust {
        Trust { control: self.clone(), confirmed_at: self.monotonic() }
    }
}
