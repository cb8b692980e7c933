//! Tenants: everything belongs to one, and nobody reaches across.

use std::{error::Error, fmt, num::NonZeroU32};

use crate::{
    app::quantity,
    id::TenantId,
    invalid::{Invalid, Problems},
    quota::Limits,
    spec::Resources,
    time::Timestamp,
};

/// How a tenant looks; empty where it looks like the installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// The name to show.
    pub display_name: String,
    /// The address of a logo.
    pub logo_url: String,
    /// A colour such as `#0f766e`.
    pub primary_color: String,
    /// A colour such as `#0f766e`.
    pub secondary_color: String,
}

/// How much a tenant may use; `None` for no limit of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantQuotas {
    /// Sessions of one person in the tenant.
    pub max_sessions_per_user: Option<NonZeroU32>,
    /// Sessions of the whole tenant.
    pub max_total_sessions: Option<NonZeroU32>,
    /// Accounts whose home it is.
    pub max_users: Option<NonZeroU32>,
    /// Apps.
    pub max_apps: Option<NonZeroU32>,
    /// What apps get that name nothing, as their authors would write it.
    pub default_cpu_request: String,
    /// The same, at most.
    pub default_cpu_limit: String,
    /// The same for memory.
    pub default_mem_request: String,
    /// The same for memory, at most.
    pub default_mem_limit: String,
}

impl TenantQuotas {
    /// The installation's limits with the tenant's.
    pub fn within(&self, installation: Limits) -> Limits {
        Limits { tenant: self.max_total_sessions, tenant_per_user: self.max_sessions_per_user, ..installation }
    }

    /// What apps get that name nothing.
    pub fn default_resources(&self) -> Resources {
        Resources {
            cpu_request_millis: quantity::cpu_millis(&self.default_cpu_request),
            cpu_limit_millis: quantity::cpu_millis(&self.default_cpu_limit),
            memory_request_bytes: quantity::bytes(&self.default_mem_request),
            memory_limit_bytes: quantity::bytes(&self.default_mem_limit),
        }
    }
}

/// A tenant has as many of something as it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantFull {
    what: &'static str,
    limit: NonZeroU32,
}

impl fmt::Display for TenantFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this tenant has all of its {} {}", self.limit, self.what)
    }
}

impl Error for TenantFull {}

impl TenantQuotas {
    /// Whether one more app fits beside so many.
    pub fn admit_app(&self, apps: u64) -> Result<(), TenantFull> {
        admit("apps", self.max_apps, apps)
    }

    /// Whether one more account fits beside so many.
    pub fn admit_account(&self, accounts: u64) -> Result<(), TenantFull> {
        admit("accounts", self.max_users, accounts)
    }
}

fn admit(what: &'static str, limit: Option<NonZeroU32>, used: u64) -> Result<(), TenantFull> {
    match limit {
        Some(limit) if used >= u64::from(limit.get()) => Err(TenantFull { what, limit }),
        _ => Ok(()),
    }
}

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its short name: unique in the installation.
    pub slug: String,
    /// How it looks.
    pub branding: Branding,
    /// How much it may use.
    pub quotas: TenantQuotas,
    /// Counts its changes: for compare-and-set.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Tenant {
    /// Applies every rule, and names every field that breaks one.
    pub fn validate(&self) -> Result<(), Problems> {
        let mut broken = Vec::new();
        if self.name.trim().is_empty() || self.name.len() > 100 || self.name.chars().any(char::is_control) {
            broken.push(Invalid::new("name", "must be 1 to 100 bytes long, without control characters"));
        }
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let slug = &self.slug;
        if slug.is_empty()
            || slug.len() > 63
            || !slug.chars().all(legal)
            || slug.starts_with('-')
            || slug.ends_with('-')
        {
            broken.push(Invalid::new("slug", "must be 1 to 63 lower-case letters, digits and inner hyphens"));
        }
        self.branding.check(&mut broken);
        self.quotas.check(&mut broken);
        Problems::check(broken)
    }
}

impl Branding {
    fn check(&self, broken: &mut Vec<Invalid>) {
        if self.display_name.len() > 100 || self.display_name.chars().any(char::is_control) {
            broken.push(Invalid::new("settings.display_name", "must be at most 100 bytes, without control characters"));
        }
        for (field, color) in
            [("settings.primary_color", &self.primary_color), ("settings.secondary_color", &self.secondary_color)]
        {
            let is_hex = color
                .strip_prefix('#')
                .is_some_and(|it| matches!(it.len(), 3 | 6) && it.chars().all(|digit| digit.is_ascii_hexdigit()));
            if !color.is_empty() && !is_hex {
                broken.push(Invalid::new(field, "must be a colour such as #0f766e"));
            }
        }
        let logo = &self.logo_url;
        let is_local = logo.starts_with('/') && !logo.starts_with("//");
        if !logo.is_empty() && (logo.len() > 2_000 || !(logo.starts_with("https://") || is_local)) {
            broken.push(Invalid::new("settings.logo_url", "must be an https address or a path of this server"));
        }
    }
}

impl TenantQuotas {
    fn check(&self, broken: &mut Vec<Invalid>) {
        for (field, text, is_good) in [
            (
                "default_cpu_request",
                &self.default_cpu_request,
                quantity::cpu_millis(&self.default_cpu_request).is_some(),
            ),
            ("default_cpu_limit", &self.default_cpu_limit, quantity::cpu_millis(&self.default_cpu_limit).is_some()),
            ("default_mem_request", &self.default_mem_request, quantity::bytes(&self.default_mem_request).is_some()),
            ("default_mem_limit", &self.default_mem_limit, quantity::bytes(&self.default_mem_limit).is_some()),
        ] {
            if !text.is_empty() && !is_good {
                broken.push(Invalid::new(format!("quotas.{field}"), "must be a quantity such as 500m or 512Mi"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> Tenant {
        Tenant {
            id: TenantId::default_tenant(),
            name: "Research".to_owned(),
            slug: "research".to_owned(),
            branding: Branding::default(),
            quotas: TenantQuotas::default(),
            version: 1,
            created_at: Timestamp::from_micros(0),
            updated_at: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn the_last_place_is_given_and_the_next_is_refused_in_words_for_people() {
        let quotas = TenantQuotas { max_apps: NonZeroU32::new(3), ..TenantQuotas::default() };
        assert!(quotas.admit_app(2).is_ok());
        assert_eq!(quotas.admit_app(3).unwrap_err().to_string(), "this tenant has all of its 3 apps");
        assert!(quotas.admit_account(u64::MAX).is_ok());
    }

    #[test]
    fn what_would_run_in_a_browser_is_no_logo_and_no_colour() {
        assert!(tenant().validate().is_ok());
        let mut bad = tenant();
        bad.branding.logo_url = "javascript:alert(1)".to_owned();
        bad.branding.primary_color = "red;background:url(x)".to_owned();
        bad.slug = "A b".to_owned();
        let problems = bad.validate().unwrap_err();
        let fields: Vec<_> = problems.list().iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["slug", "settings.primary_color", "settings.logo_url"]);
    }
}
