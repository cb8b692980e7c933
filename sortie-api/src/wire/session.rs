//! Sessions.

use serde::{Deserialize, Serialize};
use sortie_control::{session::launch::LaunchRequest, sharing::view::SessionView};
use sortie_core::{
    id::{AppId, UserId},
    policy::Principal,
    session::{self, Reason, lifetime},
    sharing::Part,
    workload::Viewport,
};
use std::time::Duration;
use utoipa::ToSchema;

use super::{app::ClipboardBody, names, rfc3339};
use crate::{error::ApiError, text::percent_encode};

/// What to launch.
#[derive(Deserialize, ToSchema)]
pub struct LaunchBody {
    app_id: String,
    /// The screen's first size in pixels.
    screen_width: Option<u32>,
    /// The screen's first size in pixels.
    screen_height: Option<u32>,
    /// Seconds without input; may only shorten.
    idle_timeout: Option<i64>,
    /// For whom, where that is somebody else: for administrators.
    user_id: Option<String>,
}

impl TryFrom<LaunchBody> for LaunchRequest {
    type Error = ApiError;

    fn try_from(body: LaunchBody) -> Result<Self, ApiError> {
        let refuse = |it| ApiError::from(sortie_control::ControlError::from(it));
        let viewport = match (body.screen_width.filter(|it| *it > 0), body.screen_height.filter(|it| *it > 0)) {
            (Some(width), Some(height)) => Some(Viewport::new(width, height).map_err(refuse)?),
            _ => None,
        };
        let idle_timeout = match body.idle_timeout {
            None | Some(0) => None,
            Some(seconds) => {
                let seconds = u64::try_from(seconds).map_err(|_| ApiError::invalid("idle_timeout", "must be ≥ 0"))?;
                Some(Duration::from_secs(seconds))
            }
        };
        Ok(Self {
            app: AppId::new(body.app_id).map_err(refuse)?,
            viewport,
            idle_timeout,
            owner: body.user_id.filter(|it| !it.is_empty()).map(UserId::new).transpose().map_err(refuse)?,
        })
    }
}

/// Why a session ended.
#[derive(Serialize, ToSchema)]
pub struct ReasonOut {
    #[schema(value_type = names::EndReasonName)]
    code: &'static str,
    message: String,
    #[schema(required)]
    remedy: Option<&'static str>,
}

impl ReasonOut {
    /// A reason with its detail, or with its own sentence where there is none.
    pub(super) fn of(reason: Reason, detail: &str) -> Self {
        let message = if detail.is_empty() { reason.sentence() } else { detail };
        Self { code: reason.code(), message: message.to_owned(), remedy: reason.remedy() }
    }
}

/// What a stream of this session can do.
#[derive(Serialize, ToSchema)]
pub struct Capabilities {
    resize: bool,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionOut {
    id: String,
    user_id: String,
    username: String,
    app_id: String,
    app_name: String,
    app_icon: String,
    pod_name: String,
    #[schema(value_type = names::SessionStatusName)]
    status: &'static str,
    #[schema(value_type = names::SessionPhaseName)]
    phase: &'static str,
    phase_detail: String,
    phase_since: String,
    #[schema(required)]
    reason: Option<ReasonOut>,
    /// The app's last lines, where it died.
    #[schema(required)]
    output: Option<Vec<String>>,
    /// Seconds; 0 for never.
    idle_timeout: u64,
    #[schema(required)]
    expires_at: Option<String>,
    websocket_url: String,
    guacamole_url: &'static str,
    proxy_url: &'static str,
    is_shared: bool,
    owner_username: String,
    /// `read_only`, `read_write`, `observe`, or empty where it is the own.
    #[schema(value_type = names::OwnPermissionName)]
    share_permission: &'static str,
    share_id: String,
    #[schema(value_type = names::RecordingPolicyName)]
    recording_policy: &'static str,
    clipboard: ClipboardBody,
    screen_width: u16,
    screen_height: u16,
    #[schema(required)]
    replaces: Option<String>,
    version: i64,
    created_at: String,
    updated_at: String,
    #[schema(required)]
    started_at: Option<String>,
    #[schema(required)]
    ended_at: Option<String>,
    can_control: bool,
    /// How many others are connected.
    viewers: usize,
    control: ControlOut,
    /// Whether an administrator may be looking.
    observed: bool,
    capabilities: Capabilities,
}

/// Who has control.
#[derive(Serialize, ToSchema)]
pub struct ControlOut {
    /// The viewer to whom it was handed over; null for the owner.
    #[schema(required)]
    viewer_id: Option<String>,
}

impl SessionOut {
    /// As this principal sees it; the icon is the app's of today.
    pub fn new(session: &session::Session, principal: &Principal, icon: &str, view: &SessionView) -> Self {
        let ending = session.ending.as_ref();
        let spec = session.spec.as_ref();
        let own = session.owner == principal.user;
        Self {
            id: session.id.to_string(),
            user_id: session.owner.to_string(),
            username: session.owner_name.clone(),
            app_id: session.app.to_string(),
            app_name: session.app_name.clone(),
            app_icon: icon.to_owned(),
            pod_name: session.workload_name.clone().unwrap_or_default(),
            status: session.status.name(),
            phase: session.phase.kind.name(),
            phase_detail: session.phase.detail.clone(),
            phase_since: rfc3339(session.phase.since),
            reason: ending.map(|it| ReasonOut::of(it.reason, &it.detail)),
            // The app's own words are for the person who used it.
            output: ending.filter(|it| own && !it.output.is_empty()).map(|it| it.output.clone()),
            idle_timeout: session.idle_timeout.map_or(0, |it| it.as_secs()),
            expires_at: lifetime::expires_at(session).map(rfc3339),
            websocket_url: format!("/ws/sessions/{}", percent_encode(session.id.as_str())),
            guacamole_url: "",
            proxy_url: "",
            is_shared: matches!(view.part, Some(Part::Viewer(_) | Part::Observer)),
            owner_username: session.owner_name.clone(),
            share_permission: match view.part {
                Some(Part::Viewer(permission)) => permission.name(),
                Some(Part::Observer) => "observe",
                Some(Part::Owner) | None => "",
            },
            share_id: view.share.as_ref().map(ToString::to_string).unwrap_or_default(),
            recording_policy: spec.map_or("never", |it| it.recording.name()),
            clipboard: spec.map(|it| it.clipboard).unwrap_or_default().into(),
            screen_width: session.viewport.width(),
            screen_height: session.viewport.height(),
            replaces: session.replaces.as_ref().map(ToString::to_string),
            version: session.version,
            created_at: rfc3339(session.created_at),
            updated_at: rfc3339(session.updated_at),
            started_at: session.started_at.map(rfc3339),
            ended_at: ending.map(|it| rfc3339(it.at)),
            can_control: view.input,
            viewers: view.viewers,
            control: ControlOut { viewer_id: view.control.as_ref().map(ToString::to_string) },
            observed: view.observed,
            capabilities: Capabilities { resize: view.resize },
        }
    }
}
