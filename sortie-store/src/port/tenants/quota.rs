//! Whether a tenant has room for one more, counted in the transaction that writes it.

use diesel::prelude::*;
use sortie_core::tenant::{TenantFull, TenantQuotas};

use crate::{
    connection::AnyConnection,
    dialect,
    error::Failure,
    row::tenant,
    schema::{applications, tenants, users},
};

/// Refuses one more app of a tenant that has all of its apps.
pub(crate) fn admit_app(connection: &mut AnyConnection, tenant: &str) -> Result<(), Failure> {
    let limits = |it: &TenantQuotas| it.max_apps.is_some();
    let Some(quotas) = locked(connection, tenant, limits)? else { return Ok(()) };
    let of_tenant = applications::table.filter(applications::tenant_id.eq(tenant.to_owned()));
    let apps: i64 = of_tenant.count().get_result(connection)?;
    quotas.admit_app(number(apps)).map_err(refused)
}

/// Refuses one more account of a tenant that has all of its accounts.
pub(crate) fn admit_account(connection: &mut AnyConnection, tenant: &str) -> Result<(), Failure> {
    let limits = |it: &TenantQuotas| it.max_users.is_some();
    let Some(quotas) = locked(connection, tenant, limits)? else { return Ok(()) };
    let at_home = users::table.filter(users::tenant_id.eq(tenant.to_owned()));
    let accounts: i64 = at_home.count().get_result(connection)?;
    quotas.admit_account(number(accounts)).map_err(refused)
}

/// The quotas of a tenant that has such a limit; then nobody else counts there, or changes the limit, until the transaction
/// ends. Where there is no limit nobody waits.
fn locked(
    connection: &mut AnyConnection,
    tenant: &str,
    limits: impl Fn(&TenantQuotas) -> bool,
) -> Result<Option<TenantQuotas>, Failure> {
    let row = tenants::table.find(tenant.to_owned()).select(tenants::quotas);
    let Some(text) = row.first::<String>(connection).optional()? else { return Ok(None) };
    if !limits(&tenant::quotas(tenant, &text)?) {
        return Ok(None);
    }
    let Some(text) = dialect::lock_tenant(connection, tenant)? else { return Ok(None) };
    Ok(Some(tenant::quotas(tenant, &text)?).filter(limits))
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn refused(full: TenantFull) -> Failure {
    Failure::Rejected(full.to_string())
}
