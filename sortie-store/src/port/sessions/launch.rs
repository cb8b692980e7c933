//! Admitting a launch: counting and inserting in one transaction.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    port::sessions::Start,
    quota::{Limits, Usage, admit},
    warm::WarmStatus,
};

use crate::{
    connection::AnyConnection,
    dialect::{self, Lock},
    error::Failure,
    port::{
        change::{Kind, record},
        warm,
    },
    row::session::SessionRow,
    schema::{
        analytics,
        sessions::{self, dsl},
        workspaces::{self, dsl as spaces},
    },
};

/// Counts, admits and inserts.
pub(super) fn launch(
    connection: &mut AnyConnection,
    row: SessionRow,
    start: Start,
    limits: Limits,
    change: &Change,
) -> Result<(), Failure> {
    if limits.global.is_some() {
        dialect::lock(connection, Lock::GlobalQuota)?;
    }
    if limits.tenant.is_some() {
        dialect::lock(connection, Lock::TenantQuota(&row.tenant_id))?;
    }
    if limits.per_user.is_some() || limits.tenant_per_user.is_some() {
        dialect::lock(connection, Lock::UserQuota(&row.user_id))?;
    }
    let usage = usage(connection, &row.tenant_id, &row.user_id, row.replaces.as_deref())?;
    admit(usage, limits).map_err(Failure::Quota)?;
    match start {
        Start::Cold => {}
        Start::Warm => {
            if !warm::moved(connection, &row.id, WarmStatus::Ready, WarmStatus::Taken)? {
                return Err(Failure::Conflict);
            }
        }
    }
    if let Some(workspace) = &row.workspace_id {
        make_workspace(connection, workspace, &row)?;
    }
    diesel::insert_into(analytics::table)
        .values((
            analytics::app_id.eq(row.app_id.clone()),
            analytics::timestamp.eq(row.created_at),
            analytics::tenant_id.eq(row.tenant_id.clone()),
            analytics::app_name.eq(row.app_name.clone()),
        ))
        .execute(connection)?;
    diesel::insert_into(sessions::table).values(row).execute(connection)?;
    Ok(record(connection, Kind::Sessions, change)?)
}

/// The person's one workspace for the app is this one, or there was none yet.
fn make_workspace(connection: &mut AnyConnection, workspace: &str, row: &SessionRow) -> Result<(), Failure> {
    let mine = spaces::workspaces
        .filter(spaces::user_id.eq(row.user_id.clone()))
        .filter(spaces::app_id.eq(row.app_id.clone()));
    match mine.select(spaces::id).first::<String>(connection).optional()? {
        Some(id) if id == workspace => Ok(()),
        Some(_) => Err(Failure::Conflict),
        None => {
            diesel::insert_into(workspaces::table)
                .values((
                    spaces::id.eq(workspace.to_owned()),
                    spaces::tenant_id.eq(row.tenant_id.clone()),
                    spaces::user_id.eq(row.user_id.clone()),
                    spaces::app_id.eq(row.app_id.clone()),
                    spaces::created_at.eq(row.created_at),
                ))
                .execute(connection)
                .map_err(Failure::taken)?;
            Ok(())
        }
    }
}

/// Counts what is not released, but for one session.
pub(super) fn usage(
    connection: &mut AnyConnection,
    tenant: &str,
    user: &str,
    except: Option<&str>,
) -> QueryResult<Usage> {
    let except = except.unwrap_or_default().to_owned();
    let counted = dsl::sessions.filter(dsl::released_at.is_null()).filter(dsl::id.ne(except));
    let mine = counted.clone().filter(dsl::user_id.eq(user.to_owned()));
    let of_tenant = dsl::tenant_id.eq(tenant.to_owned());
    let global: i64 = counted.clone().count().get_result(connection)?;
    let user: i64 = mine.clone().count().get_result(connection)?;
    let tenant: i64 = counted.filter(of_tenant.clone()).count().get_result(connection)?;
    let tenant_user: i64 = mine.filter(of_tenant).count().get_result(connection)?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(Usage { user: number(user), tenant_user: number(tenant_user), tenant: number(tenant), global: number(global) })
}
