//! How many sessions may live at once. Counted are rows that are not yet released.

use std::{fmt, num::NonZeroU32};

/// The limits; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Sessions of one user.
    pub per_user: Option<NonZeroU32>,
    /// Sessions of one user in the tenant.
    pub tenant_per_user: Option<NonZeroU32>,
    /// Sessions of the whole tenant.
    pub tenant: Option<NonZeroU32>,
    /// Sessions of the whole installation.
    pub global: Option<NonZeroU32>,
}

/// What is in use, counted inside the launch transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// By the user.
    pub user: u64,
    /// By the user in the tenant.
    pub tenant_user: u64,
    /// By everybody in the tenant.
    pub tenant: u64,
    /// By everybody.
    pub global: u64,
}

/// Whose limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaKind {
    /// The user's.
    User,
    /// The user's in the tenant.
    TenantUser,
    /// The tenant's.
    Tenant,
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
            QuotaKind::TenantUser => {
                write!(f, "you already have {limit} of {limit} sessions in this tenant; stop one first")
            }
            QuotaKind::Tenant => write!(f, "all {limit} sessions of this tenant are in use; try again later"),
            QuotaKind::User => write!(f, "you already have {limit} of {limit} sessions; stop one first"),
            QuotaKind::Global => write!(f, "all {limit} sessions of this installation are in use; try again later"),
        }
    }
}

impl std::error::Error for QuotaExceeded {}

/// Whether one more session fits. The narrower limit is named first.
pub fn admit(usage: Usage, limits: Limits) -> Result<(), QuotaExceeded> {
    for (kind, used, limit) in [
        (QuotaKind::User, usage.user, limits.per_user),
        (QuotaKind::TenantUser, usage.tenant_user, limits.tenant_per_user),
        (QuotaKind::Tenant, usage.tenant, limits.tenant),
        (QuotaKind::Global, usage.global, limits.global),
    ] {
        if let Some(limit) = limit.filter(|it| used >= u64::from(it.get())) {
            return Err(QuotaExceeded { kind, limit });
        }
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
            per_user in 1u32..6, tenant_per_user in 1u32..4, tenant in 1u32..8, global in 1u32..12,
            launches in proptest::collection::vec((0usize..4, 0usize..2), 40),
        ) {
            let limits = Limits {
                per_user: NonZeroU32::new(per_user),
                tenant_per_user: NonZeroU32::new(tenant_per_user),
                tenant: NonZeroU32::new(tenant),
                global: NonZeroU32::new(global),
            };
            let mut held = [[0u64; 2]; 4];
            for (user, place) in launches {
                let usage = Usage {
                    user: held[user].iter().sum(),
                    tenant_user: held[user][place],
                    tenant: held.iter().map(|it| it[place]).sum(),
                    global: held.iter().flatten().sum(),
                };
                let fits = usage.user < u64::from(per_user)
                    && usage.tenant_user < u64::from(tenant_per_user)
                    && usage.tenant < u64::from(tenant)
                    && usage.global < u64::from(global);
                prop_assert_eq!(admit(usage, limits).is_ok(), fits);
                if fits {
                    held[user][place] += 1;
                }
            }
        }
    }

    #[test]
    fn no_limit_admits_everything() {
        let usage = Usage { user: 1_000_000, tenant_user: 1_000_000, tenant: 1_000_000, global: 1_000_000 };
        assert!(admit(usage, Limits::default()).is_ok());
    }
}
