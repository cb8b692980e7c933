//! Looking back: audit, analytics, quotas; and the installation's settings.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, AuditRecord},
    invalid::Invalid,
    policy::{Action, Caller},
    port::{
        Page, PageRequest,
        records::{AuditFilter, LaunchCount},
    },
    quota::{Limits, Usage},
    spec::Resources,
    time::Timestamp,
};

use crate::{Control, ControlError, account::register::ALLOW_REGISTRATION, sharing::SWITCHES};

/// How many audit rows an export reads at once.
const EXPORT_PAGE: u32 = 500;

/// Which audit entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// By this sign-in name.
    pub user: Option<String>,
    /// With this action.
    pub action: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
}

/// What is in use, what may be, and what apps get that say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// In use.
    pub usage: Usage,
    /// The limits.
    pub limits: Limits,
    /// The defaults.
    pub defaults: Resources,
}

impl Control {
    /// Entries, newest first, and how many match in all.
    pub async fn audit(
        &self,
        caller: &Caller,
        query: AuditQuery,
        page: &PageRequest,
        offset: u64,
    ) -> Result<(Page<AuditRecord>, u64), ControlError> {
        let filter = audit_filter(caller, query)?;
        let entries = self.ports.records.list_audit(&filter, page, offset).await?;
        let total = self.ports.records.count_audit(&filter).await?;
        Ok((entries, total))
    }

    /// Begins a complete export: audited, and read page by page with [`Control::export_page`].
    pub async fn begin_export(&self, caller: &Caller, query: AuditQuery) -> Result<AuditFilter, ControlError> {
        let filter = audit_filter(caller, query)?;
        let entry = AuditEntry::new(Actor::from_caller(caller), AuditAction::ExportAudit, Vec::new());
        self.ports.records.record_access(&entry, self.now()).await?;
        Ok(filter)
    }

    /// One page of an export; the last one has no `next`.
    pub async fn export_page(
        &self,
        filter: &AuditFilter,
        cursor: Option<String>,
    ) -> Result<Page<AuditRecord>, ControlError> {
        let page = PageRequest { limit: Some(EXPORT_PAGE), cursor };
        Ok(self.ports.records.list_audit(filter, &page, 0).await?)
    }

    /// The distinct actions and user names.
    pub async fn audit_choices(&self, caller: &Caller) -> Result<(Vec<String>, Vec<String>), ControlError> {
        Self::check(caller, Action::ReadAudit, "read the audit")?;
        Ok(self.ports.records.audit_choices(&caller.tenant).await?)
    }

    /// Launches per app and day in `[from, to)`.
    pub async fn launch_counts(
        &self,
        caller: &Caller,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<LaunchCount>, ControlError> {
        Self::check(caller, Action::ReadAnalytics, "read the analytics")?;
        Ok(self.ports.records.launch_counts(&caller.tenant, from, to).await?)
    }

    /// What counts against the caller's quotas.
    pub async fn quotas(&self, caller: &Caller) -> Result<Quotas, ControlError> {
        let usage = self.ports.sessions.usage(&caller.tenant, &caller.principal.user).await?;
        let quotas = self.tenant_quotas(&caller.tenant).await?;
        let defaults = quotas.default_resources().or(self.settings.default_resources);
        Ok(Quotas { usage, limits: quotas.within(self.settings.limits), defaults })
    }

    /// The stored settings.
    pub async fn settings(&self, caller: &Caller) -> Result<Vec<(String, String)>, ControlError> {
        Self::check(caller, Action::ManageSettings, "see the settings")?;
        Ok(self.ports.records.settings(&caller.tenant).await?)
    }

    /// Writes settings; unknown keys are refused.
    pub async fn save_settings(&self, caller: &Caller, settings: Vec<(String, String)>) -> Result<(), ControlError> {
        Self::check(caller, Action::ManageSettings, "change the settings")?;
        for (key, value) in &settings {
            let switches = || SWITCHES.iter().map(|(name, _)| *name).chain([ALLOW_REGISTRATION]);
            let is_switch = switches().any(|name| name == key);
            if key != SIGN_IN_NOTICE && !is_switch {
                let switches = switches().collect::<Vec<_>>().join(", ");
                let known = format!("is not a known setting; known: {SIGN_IN_NOTICE}, {switches}");
                return Err(Invalid::new(key.clone(), known).into());
            }
            if is_switch && value != "true" && value != "false" {
                return Err(Invalid::new(key.clone(), "must be true or false").into());
            }
            if value.len() > 2_000 {
                return Err(Invalid::new(key.clone(), "must be at most 2000 bytes long").into());
            }
        }
        let keys: Vec<_> = settings.iter().map(|(key, _)| key.as_str()).collect();
        let details = vec![("keys", keys.join(", "))];
        let change = self.quiet_change(Actor::from_caller(caller), AuditAction::UpdateSettings, details);
        self.ports.records.save_settings(&caller.tenant, &settings, change).await?;
        self.committed().await;
        Ok(())
    }
}

fn audit_filter(caller: &Caller, query: AuditQuery) -> Result<AuditFilter, ControlError> {
    Control::check(caller, Action::ReadAudit, "read the audit")?;
    let AuditQuery { user, action, from, to } = query;
    Ok(AuditFilter { tenant: caller.tenant.clone(), user, action, from, to })
}

/// A line of text above the sign-in form.
pub const SIGN_IN_NOTICE: &str = "sign_in_notice";
