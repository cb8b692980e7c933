//! Events, as the event stream carries them.

use serde::Serialize;
use sortie_core::{
    event::{Event, EventBody, request_event_name},
    services::event::ServiceChange,
    session::Reason,
};
use utoipa::ToSchema;

use super::{names, rfc3339, session::ReasonOut};

/// A session changed.
#[derive(Serialize, ToSchema)]
pub struct SessionEventOut<'a> {
    #[schema(value_type = names::SessionEventName)]
    r#type: &'static str,
    session_id: &'a str,
    app_id: &'a str,
    #[schema(value_type = names::SessionStatusName)]
    status: &'static str,
    #[schema(value_type = names::SessionPhaseName)]
    phase: &'static str,
    #[schema(required)]
    reason: Option<ReasonOut>,
    version: i64,
    at: String,
}

/// The catalog changed.
#[derive(Serialize, ToSchema)]
pub struct AppEventOut<'a> {
    #[schema(value_type = names::AppEventName)]
    r#type: &'static str,
    app_id: &'a str,
}

/// Somebody asked for access to an app, or such a request was settled.
#[derive(Serialize, ToSchema)]
pub struct AccessRequestEventOut<'a> {
    #[schema(value_type = names::AccessRequestEventName)]
    r#type: &'static str,
    access_request_id: &'a str,
    app_id: &'a str,
}

/// The machine's services changed.
#[derive(Serialize, ToSchema)]
pub struct ServicesEventOut<'a> {
    #[schema(value_type = names::ServicesEventName)]
    r#type: &'static str,
    services: Vec<ServiceChangeOut<'a>>,
    at: String,
}

/// One service that stands otherwise than before.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceChangeOut<'a> {
    app_id: u64,
    service_id: u64,
    status: &'a str,
    standing: &'a str,
    #[schema(required)]
    cause: Option<&'a str>,
}

impl<'a> From<&'a ServiceChange> for ServiceChangeOut<'a> {
    fn from(change: &'a ServiceChange) -> Self {
        Self {
            app_id: change.key.app.get(),
            service_id: change.key.service.get(),
            status: &change.status,
            standing: &change.standing,
            cause: change.cause.as_deref(),
        }
    }
}

/// The event's name on the stream and its data.
pub(crate) fn name_and_data(event: &Event) -> Result<(&'static str, String), serde_json::Error> {
    match &event.body {
        EventBody::Session { session, app, kind, status, phase, reason, version, owner: _, audience: _ } => {
            let data = SessionEventOut {
                r#type: kind.name(),
                session_id: session.as_str(),
                app_id: app.as_str(),
                status: status.name(),
                phase: phase.kind.name(),
                reason: reason.as_deref().and_then(Reason::parse).map(|it| ReasonOut::of(it, "")),
                version: *version,
                at: rfc3339(event.at),
            };
            Ok(("session", serde_json::to_string(&data)?))
        }
        EventBody::App { app, kind, .. } => {
            let data = AppEventOut { r#type: kind.name(), app_id: app.as_str() };
            Ok(("apps", serde_json::to_string(&data)?))
        }
        EventBody::AccessRequest { request, app, status, category: _, user: _ } => {
            let data = AccessRequestEventOut {
                r#type: request_event_name(*status),
                access_request_id: request.as_str(),
                app_id: app.as_str(),
            };
            Ok(("access_request", serde_json::to_string(&data)?))
        }
        EventBody::Services { kind, changes } => {
            let data = ServicesEventOut {
                r#type: kind.name(),
                services: changes.iter().map(ServiceChangeOut::from).collect(),
                at: rfc3339(event.at),
            };
            Ok(("services", serde_json::to_string(&data)?))
        }
    }
}
