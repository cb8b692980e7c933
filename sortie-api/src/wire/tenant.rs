//! Tenants and their members.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use sortie_control::tenant::TenantFields;
use sortie_core::{
    access::Membership,
    port::tenants::Member,
    tenant::{Branding, Tenant, TenantQuotas},
};
use utoipa::ToSchema;

use super::{access::PersonOut, names, rfc3339};

/// How a tenant looks; empty where it looks like the installation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BrandingBody {
    primary_color: String,
    secondary_color: String,
    logo_url: String,
    display_name: String,
}

/// How much a tenant may use; 0 for no limit of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct QuotasBody {
    max_sessions_per_user: u32,
    max_total_sessions: u32,
    max_users: u32,
    max_apps: u32,
    default_cpu_request: String,
    default_cpu_limit: String,
    default_mem_request: String,
    default_mem_limit: String,
}

/// A tenant.
#[derive(Serialize, ToSchema)]
pub struct TenantOut {
    id: String,
    name: String,
    slug: String,
    settings: BrandingBody,
    quotas: QuotasBody,
    created_at: String,
    updated_at: String,
}

impl From<&Tenant> for TenantOut {
    fn from(tenant: &Tenant) -> Self {
        let (look, quotas) = (tenant.branding.clone(), tenant.quotas.clone());
        let number = |limit: Option<NonZeroU32>| limit.map_or(0, NonZeroU32::get);
        Self {
            id: tenant.id.to_string(),
            name: tenant.name.clone(),
            slug: tenant.slug.clone(),
            settings: BrandingBody {
                primary_color: look.primary_color,
                secondary_color: look.secondary_color,
                logo_url: look.logo_url,
                display_name: look.display_name,
            },
            quotas: QuotasBody {
                max_sessions_per_user: number(quotas.max_sessions_per_user),
                max_total_sessions: number(quotas.max_total_sessions),
                max_users: number(quotas.max_users),
                max_apps: number(quotas.max_apps),
                default_cpu_request: quotas.default_cpu_request,
                default_cpu_limit: quotas.default_cpu_limit,
                default_mem_request: quotas.default_mem_request,
                default_mem_limit: quotas.default_mem_limit,
            },
            created_at: rfc3339(tenant.created_at),
            updated_at: rfc3339(tenant.updated_at),
        }
    }
}

/// What is said about a tenant. PUT replaces looks and quotas wholly.
#[derive(Deserialize, ToSchema)]
pub struct TenantBody {
    name: String,
    slug: String,
    #[serde(default, deserialize_with = "super::or_default")]
    settings: BrandingBody,
    #[serde(default, deserialize_with = "super::or_default")]
    quotas: QuotasBody,
}

impl From<TenantBody> for TenantFields {
    fn from(body: TenantBody) -> Self {
        let TenantBody { name, slug, settings, quotas } = body;
        Self {
            name,
            slug,
            branding: Branding {
                display_name: settings.display_name,
                logo_url: settings.logo_url,
                primary_color: settings.primary_color,
                secondary_color: settings.secondary_color,
            },
            quotas: TenantQuotas {
                max_sessions_per_user: NonZeroU32::new(quotas.max_sessions_per_user),
                max_total_sessions: NonZeroU32::new(quotas.max_total_sessions),
                max_users: NonZeroU32::new(quotas.max_users),
                max_apps: NonZeroU32::new(quotas.max_apps),
                default_cpu_request: quotas.default_cpu_request,
                default_cpu_limit: quotas.default_cpu_limit,
                default_mem_request: quotas.default_mem_request,
                default_mem_limit: quotas.default_mem_limit,
            },
        }
    }
}

/// One of the own tenants.
#[derive(Serialize, ToSchema)]
pub struct OwnTenant {
    id: String,
    slug: String,
    name: String,
    #[schema(value_type = Vec<names::RoleName>)]
    roles: Vec<&'static str>,
}

impl From<Membership> for OwnTenant {
    fn from(membership: Membership) -> Self {
        Self {
            id: membership.tenant.to_string(),
            slug: membership.slug,
            name: membership.name,
            roles: membership.roles.iter().map(|it| it.name()).collect(),
        }
    }
}

/// Somebody to be a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    /// Who.
    pub user_id: String,
    /// What the person may do there; `user` where nothing is named.
    #[serde(default)]
    #[schema(value_type = Vec<names::MemberRoleName>)]
    pub roles: Vec<String>,
}

/// A member.
#[derive(Serialize, ToSchema)]
pub struct MemberOut {
    #[serde(flatten)]
    person: PersonOut,
    /// What the membership gives.
    #[schema(value_type = Vec<names::MemberRoleName>)]
    roles: Vec<&'static str>,
    /// What the account gives where the tenant is its home: no membership changes it.
    #[schema(value_type = Vec<names::RoleName>)]
    account_roles: Vec<&'static str>,
    /// Whether the tenant is the person's home.
    at_home: bool,
}

impl From<&Member> for MemberOut {
    fn from(member: &Member) -> Self {
        Self {
            person: PersonOut::from(&member.person),
            roles: member.roles.iter().map(|it| it.name()).collect(),
            account_roles: member.account_roles.iter().map(|it| it.name()).collect(),
            at_home: member.at_home,
        }
    }
}
