//! Rows of `tenants`.

use std::num::NonZeroU32;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sortie_core::tenant::{Branding, Tenant, TenantQuotas};

use super::{Corrupt, Reading, to_json};
use crate::{connection::AnyBackend, moment::Moment, schema::tenants};

/// One tenant.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tenants)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct TenantRow {
    pub(crate) id: String,
    name: String,
    slug: String,
    settings: String,
    quotas: String,
    created_at: Moment,
    updated_at: Moment,
    version: i64,
}

/// `tenants.settings`, as older systems wrote it too.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct BrandingTwin {
    display_name: String,
    logo_url: String,
    primary_color: String,
    secondary_color: String,
}

/// `tenants.quotas`, as older systems wrote it too: there 0 is no limit.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct QuotasTwin {
    max_sessions_per_user: u32,
    max_total_sessions: u32,
    max_users: u32,
    max_apps: u32,
    default_cpu_request: String,
    default_cpu_limit: String,
    default_mem_request: String,
    default_mem_limit: String,
}

impl From<&Tenant> for TenantRow {
    fn from(tenant: &Tenant) -> Self {
        let (look, quotas) = (&tenant.branding, &tenant.quotas);
        let number = |limit: Option<NonZeroU32>| limit.map_or(0, NonZeroU32::get);
        Self {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            settings: to_json(&BrandingTwin {
                display_name: look.display_name.clone(),
                logo_url: look.logo_url.clone(),
                primary_color: look.primary_color.clone(),
                secondary_color: look.secondary_color.clone(),
            }),
            quotas: to_json(&QuotasTwin {
                max_sessions_per_user: number(quotas.max_sessions_per_user),
                max_total_sessions: number(quotas.max_total_sessions),
                max_users: number(quotas.max_users),
                max_apps: number(quotas.max_apps),
                default_cpu_request: quotas.default_cpu_request.clone(),
                default_cpu_limit: quotas.default_cpu_limit.clone(),
                default_mem_request: quotas.default_mem_request.clone(),
                default_mem_limit: quotas.default_mem_limit.clone(),
            }),
            created_at: tenant.created_at.into(),
            updated_at: tenant.updated_at.into(),
            version: tenant.version,
        }
    }
}

impl From<QuotasTwin> for TenantQuotas {
    fn from(twin: QuotasTwin) -> Self {
        Self {
            max_sessions_per_user: NonZeroU32::new(twin.max_sessions_per_user),
            max_total_sessions: NonZeroU32::new(twin.max_total_sessions),
            max_users: NonZeroU32::new(twin.max_users),
            max_apps: NonZeroU32::new(twin.max_apps),
            default_cpu_request: twin.default_cpu_request,
            default_cpu_limit: twin.default_cpu_limit,
            default_mem_request: twin.default_mem_request,
            default_mem_limit: twin.default_mem_limit,
        }
    }
}

/// Reads `tenants.quotas` of one tenant.
pub(crate) fn quotas(tenant: &str, text: &str) -> Result<TenantQuotas, Corrupt> {
    Ok(Reading { table: "tenants", id: tenant }.json::<QuotasTwin>("quotas", text)?.into())
}

impl TryFrom<TenantRow> for Tenant {
    type Error = Corrupt;

    fn try_from(row: TenantRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "tenants", id: &row.id };
        let look: BrandingTwin = reading.json("settings", &row.settings)?;
        Ok(Self {
            id: reading.id("id", &row.id)?,
            name: row.name.clone(),
            slug: row.slug.clone(),
            branding: Branding {
                display_name: look.display_name,
                logo_url: look.logo_url,
                primary_color: look.primary_color,
                secondary_color: look.secondary_color,
            },
            quotas: quotas(&row.id, &row.quotas)?,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    }
}

/// Whether this is what `tenants.settings` may hold.
pub(crate) fn reads_settings(text: &str) -> bool {
    serde_json::from_str::<BrandingTwin>(text).is_ok()
}

/// Whether this is what `tenants.quotas` may hold.
pub(crate) fn reads_quotas(text: &str) -> bool {
    serde_json::from_str::<QuotasTwin>(text).is_ok()
}
