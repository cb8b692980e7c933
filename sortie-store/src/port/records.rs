//! Audit, analytics and settings.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use sortie_core::{
    audit::{AuditEntry, AuditRecord, Change},
    id::{AppId, TenantId},
    port::{
        Page, PageRequest, PortResult, RecordStore,
        records::{AuditFilter, LaunchCount},
    },
    time::Timestamp,
};

use super::change::{Kind, record};
use crate::{
    Store,
    connection::AnyConnection,
    cursor,
    dialect::{self, DayCount},
    error::Failure,
    moment::Moment,
    row::{
        Reading,
        audit::{AuditRow, NewAuditRow},
    },
    schema::{analytics, applications, audit_log, settings::dsl as stored},
};

mod audit;

#[cfg(test)]
pub(crate) use audit::page;

impl RecordStore for Store {
    fn record_access<'a>(&'a self, entry: &'a AuditEntry, at: Timestamp) -> PortResult<'a, ()> {
        let row = NewAuditRow::new(entry, at);
        self.write(move |connection| {
            diesel::insert_into(audit_log::table).values(row).execute(connection)?;
            Ok(())
        })
    }

    fn list_audit<'a>(
        &'a self,
        filter: &'a AuditFilter,
        page: &'a PageRequest,
        offset: u64,
    ) -> PortResult<'a, Page<AuditRecord>> {
        let (filter, page) = (filter.clone(), page.clone());
        self.read(move |connection| {
            let rows = audit::page(filter, &page, offset)?.load::<AuditRow>(connection)?;
            Ok(cursor::page(rows, &page, |row: &AuditRow| (Timestamp::from(row.timestamp).as_micros(), row.id)))
        })
    }

    fn count_audit<'a>(&'a self, filter: &'a AuditFilter) -> PortResult<'a, u64> {
        let filter = filter.clone();
        self.read(move |connection| {
            let count: i64 = audit::matching(filter).count().get_result(connection)?;
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }

    fn audit_choices<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, (Vec<String>, Vec<String>)> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| Ok(dialect::audit_choices(connection, &tenant)?))
    }

    fn record_link_launch<'a>(&'a self, app: &'a AppId, change: Change) -> PortResult<'a, ()> {
        let app = app.as_str().to_owned();
        self.write(move |connection| {
            let name = applications::table.find(app.clone()).select(applications::name);
            let name: Option<String> = name.first(connection).optional()?;
            diesel::insert_into(analytics::table)
                .values((
                    analytics::app_id.eq(app),
                    analytics::timestamp.eq(Moment::from(change.at)),
                    analytics::tenant_id.eq(change.audit.actor.tenant.as_str().to_owned()),
                    analytics::app_name.eq(name.unwrap_or_default()),
                ))
                .execute(connection)?;
            Ok(record(connection, Kind::Uncached, &change)?)
        })
    }

    fn launch_counts<'a>(
        &'a self,
        tenant: &'a TenantId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> PortResult<'a, Vec<LaunchCount>> {
        let tenant = tenant.as_str().to_owned();
        let from = Moment::from(from.unwrap_or(Timestamp::from_micros(i64::MIN)));
        let to = Moment::from(to.unwrap_or(Timestamp::from_micros(i64::MAX)));
        self.read(move |connection| launch_counts(connection, &tenant, from, to))
    }

    fn settings<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<(String, String)>> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| {
            let of_tenant = stored::settings.filter(stored::tenant_id.eq(tenant)).order(stored::key.asc());
            Ok(of_tenant.select((stored::key, stored::value)).load(connection)?)
        })
    }

    fn save_settings<'a>(
        &'a self,
        tenant: &'a TenantId,
        settings: &'a [(String, String)],
        change: Change,
    ) -> PortResult<'a, ()> {
        let tenant = tenant.as_str().to_owned();
        let mut settings = settings.to_vec();
        // In one order, so that two replicas that write the same keys do not wait for each other in a circle.
        settings.sort();
        self.write(move |connection| {
            for (key, value) in settings {
                dialect::save_setting(connection, &tenant, &key, &value, change.at.into())?;
            }
            Ok(record(connection, Kind::Uncached, &change)?)
        })
    }
}

fn launch_counts(
    connection: &mut AnyConnection,
    tenant: &str,
    from: Moment,
    to: Moment,
) -> Result<Vec<LaunchCount>, Failure> {
    let counts = dialect::count_launches(connection, tenant, from, to)?;
    let names = dialect::launched_names(connection, tenant)?;
    let names: HashMap<_, _> =
        names.into_iter().filter(|it| !it.name.is_empty()).map(|it| (it.app_id, it.name)).collect();
    let count = |row: DayCount| {
        let reading = Reading { table: "analytics", id: &row.app_id };
        let midnight = row.day.parse::<NaiveDate>().ok().and_then(|it| it.and_hms_opt(0, 0, 0));
        let midnight = midnight.ok_or_else(|| reading.corrupt("timestamp", "holds something that is no time"))?;
        Ok(LaunchCount {
            app_name: names.get(&row.app_id).unwrap_or(&row.app_id).clone(),
            app: row.app_id.clone(),
            day: Timestamp::from_micros(midnight.and_utc().timestamp_micros()),
            count: u64::try_from(row.count).unwrap_or(0),
        })
    };
    counts.into_iter().map(count).collect()
}
