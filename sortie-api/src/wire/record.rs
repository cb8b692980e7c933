//! Audit, analytics, quotas.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sortie_control::records::Quotas;
use sortie_core::{audit::AuditRecord, port::records::LaunchCount};
use utoipa::ToSchema;

use super::{names, rfc3339};

/// One entry of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditOut {
    id: i64,
    timestamp: String,
    user: String,
    action: String,
    details: String,
    #[schema(required)]
    actor_id: Option<String>,
    #[schema(required)]
    on_behalf_of: Option<String>,
    #[schema(required)]
    source_ip: Option<String>,
    #[schema(required)]
    request_id: Option<String>,
    #[schema(value_type = names::OutcomeName)]
    outcome: String,
}

impl From<AuditRecord> for AuditOut {
    fn from(record: AuditRecord) -> Self {
        Self {
            id: record.id,
            timestamp: rfc3339(record.timestamp),
            user: record.user,
            action: record.action,
            details: record.details,
            actor_id: record.actor_id,
            on_behalf_of: record.on_behalf_of,
            source_ip: record.source_ip,
            request_id: record.request_id,
            outcome: record.outcome,
        }
    }
}

impl AuditOut {
    /// The columns of a CSV export.
    pub(crate) const COLUMNS: [&'static str; 10] = [
        "id",
        "timestamp",
        "user",
        "action",
        "details",
        "actor_id",
        "on_behalf_of",
        "source_ip",
        "request_id",
        "outcome",
    ];

    /// The values of those columns.
    pub(crate) fn cells(&self) -> [String; 10] {
        let maybe = |it: &Option<String>| it.clone().unwrap_or_default();
        [
            self.id.to_string(),
            self.timestamp.clone(),
            self.user.clone(),
            self.action.clone(),
            self.details.clone(),
            maybe(&self.actor_id),
            maybe(&self.on_behalf_of),
            maybe(&self.source_ip),
            maybe(&self.request_id),
            self.outcome.clone(),
        ]
    }
}

/// A page of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries, newest first.
    pub logs: Vec<AuditOut>,
    /// How many match in all.
    pub total: u64,
}

/// What the audit can be filtered by.
#[derive(Serialize, ToSchema)]
pub struct AuditChoices {
    /// The actions that occur.
    pub actions: Vec<String>,
    /// The user names that occur.
    pub users: Vec<String>,
}

/// A link app that is opened.
#[derive(Deserialize, ToSchema)]
pub struct OpenLinkBody {
    /// Which.
    pub app_id: String,
}

/// Where it leads.
#[derive(Serialize, ToSchema)]
pub struct LinkOut {
    /// The address.
    pub url: String,
}

/// One app's launches.
#[derive(Serialize, ToSchema)]
pub struct AppStat {
    app_id: String,
    app_name: String,
    launch_count: u64,
}

/// One day's launches.
#[derive(Serialize, ToSchema)]
pub struct DayStat {
    date: String,
    launch_count: u64,
}

/// One app's launches on one day.
#[derive(Serialize, ToSchema)]
pub struct AppDayStat {
    app_id: String,
    date: String,
    launch_count: u64,
}

/// Who launched what how often.
#[derive(Serialize, ToSchema)]
pub struct AnalyticsOut {
    total_launches: u64,
    app_stats: Vec<AppStat>,
    daily: Vec<DayStat>,
    app_daily: Vec<AppDayStat>,
}

impl From<Vec<LaunchCount>> for AnalyticsOut {
    fn from(counts: Vec<LaunchCount>) -> Self {
        let mut apps: BTreeMap<String, AppStat> = BTreeMap::new();
        let mut days: BTreeMap<String, u64> = BTreeMap::new();
        let mut app_daily = Vec::with_capacity(counts.len());
        let mut total_launches = 0;
        for count in counts {
            let date: String = rfc3339(count.day).chars().take(10).collect();
            total_launches += count.count;
            *days.entry(date.clone()).or_default() += count.count;
            let stat = apps.entry(count.app.clone()).or_insert_with(|| AppStat {
                app_id: count.app.clone(),
                app_name: count.app_name.clone(),
                launch_count: 0,
            });
            stat.launch_count += count.count;
            app_daily.push(AppDayStat { app_id: count.app, date, launch_count: count.count });
        }
        let mut app_stats: Vec<AppStat> = apps.into_values().collect();
        app_stats.sort_by(|a, b| b.launch_count.cmp(&a.launch_count).then_with(|| a.app_id.cmp(&b.app_id)));
        let daily = days.into_iter().map(|(date, launch_count)| DayStat { date, launch_count }).collect();
        Self { total_launches, app_stats, daily, app_daily }
    }
}

/// What is in use and what may be; 0 for no limit.
#[derive(Serialize, ToSchema)]
pub struct QuotasOut {
    user_sessions: u64,
    max_sessions_per_user: u32,
    /// The own ones in this tenant.
    tenant_user_sessions: u64,
    max_sessions_per_tenant_user: u32,
    tenant_sessions: u64,
    max_tenant_sessions: u32,
    global_sessions: u64,
    max_global_sessions: u32,
    default_cpu_request: String,
    default_cpu_limit: String,
    default_mem_request: String,
    default_mem_limit: String,
}

impl From<Quotas> for QuotasOut {
    fn from(quotas: Quotas) -> Self {
        let cpu = |millis: Option<u64>| millis.map(|it| format!("{it}m")).unwrap_or_default();
        let number = |limit: Option<std::num::NonZeroU32>| limit.map_or(0, std::num::NonZeroU32::get);
        let defaults = quotas.defaults;
        Self {
            user_sessions: quotas.usage.user,
            max_sessions_per_user: number(quotas.limits.per_user),
            tenant_user_sessions: quotas.usage.tenant_user,
            max_sessions_per_tenant_user: number(quotas.limits.tenant_per_user),
            tenant_sessions: quotas.usage.tenant,
            max_tenant_sessions: number(quotas.limits.tenant),
            global_sessions: quotas.usage.global,
            max_global_sessions: number(quotas.limits.global),
            default_cpu_request: cpu(defaults.cpu_request_millis),
            default_cpu_limit: cpu(defaults.cpu_limit_millis),
            default_mem_request: defaults.memory_request_bytes.map(bytes).unwrap_or_default(),
            default_mem_limit: defaults.memory_limit_bytes.map(bytes).unwrap_or_default(),
        }
    }
}

/// Bytes with the greatest unit that leaves a whole number.
fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];
    let unit = UNITS.iter().find(|(size, _)| count >= *size && count.is_multiple_of(*size));
    unit.map_or_else(|| count.to_string(), |(size, name)| format!("{}{name}", count / size))
}

#[cfg(test)]
mod tests {
    use sortie_core::time::Timestamp;

    use super::*;

    #[test]
    fn launches_are_summed_per_app_and_per_day() {
        let count = |app: &str, day: i64, count| LaunchCount {
            app: app.to_owned(),
            app_name: app.to_owned(),
            day: Timestamp::from_micros(day * 86_400_000_000),
            count,
        };
        let out = AnalyticsOut::from(vec![count("a", 0, 1), count("b", 0, 5), count("a", 1, 2)]);
        assert_eq!(out.total_launches, 8);
        assert_eq!((out.app_stats[0].app_id.as_str(), out.app_stats[1].launch_count), ("b", 3));
        assert_eq!((out.daily[0].date.as_str(), out.daily[0].launch_count), ("1970-01-01", 6));
    }

    #[test]
    fn bytes_are_shown_in_the_greatest_whole_unit() {
        assert_eq!((bytes(2 << 30), bytes(1_536 << 20), bytes(1000)), ("2Gi".into(), "1536Mi".into(), "1000".into()));
    }
}
