//! How many sessions may live at once. Counted are rows that are not yet released.

use std::{fmt, num::NonZeroU32};

/// The limits; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Sessions of one user.
    pub per_user: Option<NonZeroU32>,
    /// Sessions of the whole installation.
    pub global: Option<NonZeroU32>,
}

/// What is in use, counted inside the launch transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// By the user.
    pub user: u64,
    /// By everybody.
    pub global: u64,
}

/// Whose limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaKind {
    /// The user's.
    User,
    /// The installation's.
    Global,
}

/// A launch that a quota forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaExceeded {
    /// Whose limit.
    pub kind: QuotaKind,
    /// The limit.
    pub limit: NonZeroU32,
}

impl fmt::Display for QuotaExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        match self.kind {
            QuotaKind::User => write!(f, "you already have {limit} of {limit} sessions; stop one first"),
            QuotaKind::Global => write!(f, "all {limit} sessions of this installation are in use; try again later"),
        }
    }
}

impl std::error::Error for QuotaExceeded {}

/// Whether one more session fits. The narrower limit is named first.
pub fn admit(usage: Usage, limits: Limits) -> Result<(), QuotaExceeded> {
    let full = |used: u64, limit: Option<NonZeroU32>| limit.filter(|it| used >= u64::from(it.get()));
    if let Some(limit) = full(usage.user, limits.per_user) {
        return Err(QuotaExceeded { kind: QuotaKind::User, limit });
    }
    if let Some(limit) = full(usage.global, limits.global) {
        return Err(QuotaExceeded { kind: QuotaKind::Global, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a model that fills up one by one.
        #[test]
        fn admitting_one_by_one_fills_each_limit_exactly(
            per_user in 1u32..6, global in 1u32..12, users in proptest::collection::vec(0usize..4, 40),
        ) {
            let limits = Limits { per_user: NonZeroU32::new(per_user), global: NonZeroU32::new(global) };
            let mut held = [0u64; 4];
            for user in users {
                let usage = Usage { user: held[user], global: held.iter().sum() };
                let fits = held[user] < u64::from(per_user) && held.iter().sum::<u64>() < u64::from(global);
                prop_assert_eq!(admit(usage, limits).is_ok(), fits);
                if fits {
                    held[user] += 1;
                }
            }
        }
    }

    #[test]
    fn no_limit_admits_everything() {
        assert!(admit(Usage { user: 1_000_000, global: 1_000_000 }, Limits::default()).is_ok());
    }
}
