//! An entry with its place in the chain, outside of the database.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use sortie_core::time::Timestamp;

use super::{entry_hash, link};
use crate::row::audit::AuditRow;

/// One entry as it is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place in the chain; `None` before it is sealed.
    pub position: Option<i64>,
    /// Its number.
    pub id: i64,
    /// When it happened (RFC 3339, microseconds).
    pub timestamp: String,
    /// The sign-in name at that time.
    pub user: String,
    /// What was done.
    pub action: String,
    /// More about it: JSON in entries of ours.
    pub details: Option<String>,
    /// In which tenant.
    pub tenant_id: String,
    /// Whose account.
    pub actor_id: Option<String>,
    /// For whom an administrator did it.
    pub on_behalf_of: Option<String>,
    /// From where.
    pub source_ip: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// How it went.
    pub outcome: String,
    /// The chain's hash before it.
    pub previous_hash: Option<String>,
    /// The chain's hash with it.
    pub chain_hash: Option<String>,
}

impl Entry {
    /// The names of the columns, in the order of the cells.
    pub const COLUMNS: [&'static str; 14] = [
        "position",
        "id",
        "timestamp",
        "user",
        "action",
        "details",
        "tenant_id",
        "actor_id",
        "on_behalf_of",
        "source_ip",
        "request_id",
        "outcome",
        "previous_hash",
        "chain_hash",
    ];

    pub(crate) fn new(row: &AuditRow, sealed: Option<(i64, String, String)>) -> Self {
        let at = DateTime::from_timestamp_micros(Timestamp::from(row.timestamp).as_micros()).unwrap_or_default();
        let owned = |it: Option<&str>| it.map(str::to_owned);
        let [user, action, details, tenant_id, actor_id, on_behalf_of, source_ip, request_id, outcome] = row.texts();
        let (position, previous_hash, chain_hash) = match sealed {
            None => (None, None, None),
            Some((position, previous, hash)) => (Some(position), Some(previous), Some(hash)),
        };
        Self {
            position,
            id: row.id,
            timestamp: at.to_rfc3339_opts(SecondsFormat::Micros, true),
            user: user.unwrap_or_default().to_owned(),
            action: action.unwrap_or_default().to_owned(),
            details: owned(details),
            tenant_id: tenant_id.unwrap_or_default().to_owned(),
            actor_id: owned(actor_id),
            on_behalf_of: owned(on_behalf_of),
            source_ip: owned(source_ip),
            request_id: owned(request_id),
            outcome: outcome.unwrap_or_default().to_owned(),
            previous_hash,
            chain_hash,
        }
    }

    /// The values of the columns; what is absent is empty.
    pub fn cells(&self) -> [String; 14] {
        let maybe = |it: &Option<String>| it.clone().unwrap_or_default();
        [
            self.position.map(|it| it.to_string()).unwrap_or_default(),
            self.id.to_string(),
            self.timestamp.clone(),
            self.user.clone(),
            self.action.clone(),
            maybe(&self.details),
            self.tenant_id.clone(),
            maybe(&self.actor_id),
            maybe(&self.on_behalf_of),
            maybe(&self.source_ip),
            maybe(&self.request_id),
            self.outcome.clone(),
            maybe(&self.previous_hash),
            maybe(&self.chain_hash),
        ]
    }

    /// Whether the chain's hash is the one of these values and the hash before.
    pub(super) fn is_linked(&self) -> bool {
        let (Some(previous), Some(hash)) = (&self.previous_hash, &self.chain_hash) else { return false };
        let Ok(at) = DateTime::parse_from_rfc3339(&self.timestamp) else { return false };
        let texts = [
            Some(self.user.as_str()),
            Some(&self.action),
            self.details.as_deref(),
            Some(&self.tenant_id),
            self.actor_id.as_deref(),
            self.on_behalf_of.as_deref(),
            self.source_ip.as_deref(),
            self.request_id.as_deref(),
            Some(&self.outcome),
        ];
        let own = entry_hash(self.id, Timestamp::from_micros(at.timestamp_micros()), texts);
        link(previous, &own) == *hash
    }
}
