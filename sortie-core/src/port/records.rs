//! Audit, analytics and settings at rest.

use super::{Page, PageRequest, PortResult};
use crate::{
    audit::{AuditEntry, AuditRecord, Change},
    id::{AppId, TenantId},
    time::Timestamp,
};

/// Which audit entries are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this tenant.
    pub tenant: TenantId,
    /// By this sign-in name.
    pub user: Option<String>,
    /// With this action.
    pub action: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// How often one app was launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchCount {
    /// Which app.
    pub app: String,
    /// Its name at its last launch or now; its id where no name is known.
    pub app_name: String,
    /// On which day (UTC), as microseconds of its midnight; 0 where all days are counted together.
    pub day: Timestamp,
    /// How often.
    pub count: u64,
}

/// Keeps what happened.
pub trait RecordStore: Send + Sync {
    /// Writes an entry that goes with no change: a refusal, a failed sign-in, or somebody looking (a stream opened, an export,
    /// another person's list). Whatever changes something brings its entry in its [`Change`].
    fn record_access<'a>(&'a self, entry: &'a AuditEntry, at: Timestamp) -> PortResult<'a, ()>;

    /// Entries, newest first.
    fn list_audit<'a>(
        &'a self,
        filter: &'a AuditFilter,
        page: &'a PageRequest,
        offset: u64,
    ) -> PortResult<'a, Page<AuditRecord>>;

    /// How many entries match.
    fn count_audit<'a>(&'a self, filter: &'a AuditFilter) -> PortResult<'a, u64>;

    /// The distinct actions and user names of a tenant, sorted.
    fn audit_choices<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, (Vec<String>, Vec<String>)>;

    /// Counts the opening of a link app, with its audit entry.
    fn record_link_launch<'a>(&'a self, app: &'a AppId, change: Change) -> PortResult<'a, ()>;

    /// Launches per app and day in `[from, to)`.
    fn launch_counts<'a>(
        &'a self,
        tenant: &'a TenantId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> PortResult<'a, Vec<LaunchCount>>;

    /// Every stored setting, by key.
    fn settings<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<(String, String)>>;

    /// Writes settings; other keys stay.
    fn save_settings<'a>(
        &'a self,
        tenant: &'a TenantId,
        settings: &'a [(String, String)],
        change: Change,
    ) -> PortResult<'a, ()>;
}
