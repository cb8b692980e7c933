//! Rows of `outbox`.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sortie_core::{
    event::{
        AppAudience, AppEventKind, Event, EventBody, Positioned, SessionEventKind, parse_request_event,
        request_event_name,
    },
    services::{
        AppNumber, Key, ServiceNumber,
        event::{ServiceChange, ServicesEventKind},
    },
    session::{Phase, PhaseKind, Status},
    time::Timestamp,
};

use super::{Corrupt, Reading, to_json};
use crate::{connection::AnyBackend, moment::Moment, schema::outbox};

/// An event before it has a position.
#[derive(Insertable)]
#[diesel(table_name = outbox)]
pub(crate) struct NewEventRow {
    id: String,
    tenant_id: String,
    kind: String,
    body: String,
    created_at: Moment,
}

#[derive(Serialize, Deserialize)]
struct SessionTwin {
    session_id: String,
    user_id: String,
    app_id: String,
    status: String,
    phase: String,
    phase_detail: String,
    /// Microseconds since the Unix epoch.
    phase_since: i64,
    reason: Option<String>,
    version: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    audience: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct AppTwin {
    app_id: String,
    #[serde(default)]
    everybody: bool,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct RequestTwin {
    #[serde(rename = "access_request_id")]
    request: String,
    #[serde(rename = "app_id")]
    app: String,
    #[serde(rename = "category_id")]
    category: String,
    #[serde(rename = "user_id")]
    user: String,
}

#[derive(Serialize, Deserialize)]
struct ServiceTwin {
    app: u64,
    service: u64,
    status: String,
    standing: String,
    cause: Option<String>,
}

impl From<&Event> for NewEventRow {
    fn from(event: &Event) -> Self {
        let (kind, body) = match &event.body {
            EventBody::Session { session, owner, app, kind, status, phase, reason, version, audience } => {
                let twin = SessionTwin {
                    session_id: session.as_str().to_owned(),
                    user_id: owner.as_str().to_owned(),
                    app_id: app.as_str().to_owned(),
                    status: status.name().to_owned(),
                    phase: phase.kind.name().to_owned(),
                    phase_detail: phase.detail.clone(),
                    phase_since: phase.since.as_micros(),
                    reason: reason.clone(),
                    version: *version,
                    audience: audience.iter().map(|it| it.as_str().to_owned()).collect(),
                };
                (kind.name(), to_json(&twin))
            }
            EventBody::App { app, kind, audience } => {
                let twin = AppTwin {
                    app_id: app.as_str().to_owned(),
                    everybody: audience.everybody,
                    categories: audience.categories.iter().map(|it| it.as_str().to_owned()).collect(),
                };
                (kind.name(), to_json(&twin))
            }
            EventBody::AccessRequest { request, app, category, user, status } => {
                let twin = RequestTwin {
                    request: request.as_str().to_owned(),
                    app: app.as_str().to_owned(),
                    category: category.as_str().to_owned(),
                    user: user.as_str().to_owned(),
                };
                (request_event_name(*status), to_json(&twin))
            }
            EventBody::Services { kind, changes } => {
                let twin = |it: &ServiceChange| ServiceTwin {
                    app: it.key.app.get(),
                    service: it.key.service.get(),
                    status: it.status.clone(),
                    standing: it.standing.clone(),
                    cause: it.cause.clone(),
                };
                (kind.name(), to_json(&changes.iter().map(twin).collect::<Vec<_>>()))
            }
        };
        Self {
            id: event.id.as_str().to_owned(),
            tenant_id: event.tenant.as_str().to_owned(),
            kind: kind.to_owned(),
            body,
            created_at: event.at.into(),
        }
    }
}

/// One event.
#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct EventRow {
    id: String,
    position: Option<i64>,
    tenant_id: String,
    kind: String,
    body: String,
    created_at: Moment,
}

impl TryFrom<EventRow> for Positioned {
    type Error = Corrupt;

    fn try_from(row: EventRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "outbox", id: &row.id };
        let body = if let Some(kind) = SessionEventKind::parse(&row.kind) {
            session_body(reading, kind, &row.body)?
        } else if let Some(status) = parse_request_event(&row.kind) {
            let twin: RequestTwin = reading.json("body", &row.body)?;
            EventBody::AccessRequest {
                request: reading.id("body", &twin.request)?,
                app: reading.id("body", &twin.app)?,
                category: reading.id("body", &twin.category)?,
                user: reading.id("body", &twin.user)?,
                status,
            }
        } else if let Some(kind) = ServicesEventKind::parse(&row.kind) {
            EventBody::Services { kind, changes: service_changes(reading, &row.body)? }
        } else {
            let kind = reading.choice("kind", &row.kind, AppEventKind::parse)?;
            let twin: AppTwin = reading.json("body", &row.body)?;
            let categories: Result<_, _> = twin.categories.iter().map(|it| reading.id("body", it)).collect();
            let audience = AppAudience { everybody: twin.everybody, categories: categories? };
            EventBody::App { app: reading.id("body", &twin.app_id)?, kind, audience }
        };
        Ok(Self {
            position: row.position.ok_or_else(|| reading.corrupt("position", "is missing"))?,
            event: Event {
                id: reading.id("id", &row.id)?,
                tenant: reading.id("tenant_id", &row.tenant_id)?,
                body,
                at: row.created_at.into(),
            },
        })
    }
}

fn service_changes(reading: Reading<'_>, body: &str) -> Result<Vec<ServiceChange>, Corrupt> {
    let twins: Vec<ServiceTwin> = reading.json("body", body)?;
    let change = |it: ServiceTwin| {
        let key = AppNumber::new(it.app).zip(ServiceNumber::new(it.service));
        let (app, service) = key.ok_or_else(|| reading.corrupt("body", "holds a number that no service has"))?;
        Ok(ServiceChange { key: Key { app, service }, status: it.status, standing: it.standing, cause: it.cause })
    };
    twins.into_iter().map(change).collect()
}

fn session_body(reading: Reading<'_>, kind: SessionEventKind, body: &str) -> Result<EventBody, Corrupt> {
    let twin: SessionTwin = reading.json("body", body)?;
    Ok(EventBody::Session {
        session: reading.id("body", &twin.session_id)?,
        owner: reading.id("body", &twin.user_id)?,
        app: reading.id("body", &twin.app_id)?,
        kind,
        status: reading.choice("body", &twin.status, Status::parse)?,
        phase: Phase {
            kind: reading.choice("body", &twin.phase, PhaseKind::parse)?,
            detail: twin.phase_detail,
            since: Timestamp::from_micros(twin.phase_since),
        },
        reason: twin.reason,
        version: twin.version,
        audience: twin.audience.iter().map(|it| reading.id("body", it)).collect::<Result<_, _>>()?,
    })
}
