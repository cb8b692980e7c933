//! Rows of `audit_log`.

use diesel::prelude::*;
use serde::{Serialize, Serializer, ser::SerializeMap};
use sortie_core::{
    audit::{AuditEntry, AuditRecord},
    time::Timestamp,
};

use super::{Corrupt, Reading, to_json};
use crate::{connection::AnyBackend, moment::Moment, schema::audit_log};

/// An entry before it has a number.
#[derive(Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub(crate) struct NewAuditRow {
    timestamp: Moment,
    user: String,
    action: String,
    details: Option<String>,
    tenant_id: String,
    actor_id: Option<String>,
    on_behalf_of: Option<String>,
    source_ip: Option<String>,
    request_id: Option<String>,
    outcome: String,
}

impl NewAuditRow {
    /// The row of an entry.
    pub(crate) fn new(entry: &AuditEntry, at: Timestamp) -> Self {
        let actor = &entry.actor;
        Self {
            timestamp: at.into(),
            user: actor.name.clone(),
            action: entry.action.name().to_owned(),
            details: Some(to_json(&Details(&entry.details))),
            tenant_id: actor.tenant.as_str().to_owned(),
            actor_id: actor.id.as_ref().map(|it| it.as_str().to_owned()),
            on_behalf_of: actor.on_behalf_of.as_ref().map(|it| it.as_str().to_owned()),
            source_ip: actor.source_ip.clone(),
            request_id: actor.request.as_ref().map(|it| it.as_str().to_owned()),
            outcome: entry.outcome.name().to_owned(),
        }
    }
}

/// Names and values as a JSON object, in their order.
struct Details<'a>(&'a [(&'static str, String)]);

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// One entry.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct AuditRow {
    pub(crate) id: i64,
    pub(crate) timestamp: Moment,
    user: String,
    action: String,
    details: Option<String>,
    tenant_id: String,
    actor_id: Option<String>,
    on_behalf_of: Option<String>,
    source_ip: Option<String>,
    request_id: Option<String>,
    outcome: String,
}

impl AuditRow {
    /// Every column but the number and the time, in one order for ever: the chain's hashes are made of it.
    pub(crate) fn texts(&self) -> [Option<&str>; 9] {
        [
            Some(&self.user),
            Some(&self.action),
            self.details.as_deref(),
            Some(&self.tenant_id),
            self.actor_id.as_deref(),
            self.on_behalf_of.as_deref(),
            self.source_ip.as_deref(),
            self.request_id.as_deref(),
            Some(&self.outcome),
        ]
    }
}

impl TryFrom<AuditRow> for AuditRecord {
    type Error = Corrupt;

    fn try_from(row: AuditRow) -> Result<Self, Corrupt> {
        let id = row.id.to_string();
        let reading = Reading { table: "audit_log", id: &id };
        Ok(Self {
            id: row.id,
            timestamp: row.timestamp.into(),
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            user: row.user,
            action: row.action,
            details: row.details.unwrap_or_default(),
            actor_id: row.actor_id,
            on_behalf_of: row.on_behalf_of,
            source_ip: row.source_ip,
            request_id: row.request_id,
            outcome: row.outcome,
        })
    }
}
