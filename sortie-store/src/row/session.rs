//! Rows of `sessions`.

use std::time::Duration;

use diesel::prelude::*;
use sortie_core::{
    session::{Ending, Phase, PhaseKind, Reason, Session, Status},
    workload::{Viewport, WorkspaceClaim},
};

use super::{Corrupt, Reading, spec, to_json};
use crate::{connection::AnyBackend, moment::Moment, schema::sessions};

/// One session.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) app_id: String,
    pod_name: Option<String>,
    pod_ip: Option<String>,
    pub(crate) status: String,
    pub(crate) created_at: Moment,
    updated_at: Moment,
    pub(crate) tenant_id: String,
    username: String,
    pub(crate) app_name: String,
    pub(crate) version: i64,
    phase: String,
    phase_detail: String,
    phase_since: Moment,
    reason: Option<String>,
    reason_detail: Option<String>,
    output: Option<String>,
    place_id: String,
    spec: Option<String>,
    screen_width: i32,
    screen_height: i32,
    pub(crate) workspace_id: Option<String>,
    idle_timeout: Option<i64>,
    max_lifetime: Option<i64>,
    started_at: Option<Moment>,
    pub(crate) last_input_at: Option<Moment>,
    ended_at: Option<Moment>,
    released_at: Option<Moment>,
    pub(crate) replaces: Option<String>,
}

/// What a change of a session writes: never its identity, what was resolved at launch, or its activity.
#[derive(AsChangeset)]
#[diesel(table_name = sessions, treat_none_as_null = true)]
pub(crate) struct SessionChange {
    pod_name: Option<String>,
    pod_ip: Option<String>,
    status: String,
    updated_at: Moment,
    version: i64,
    phase: String,
    phase_detail: String,
    phase_since: Moment,
    reason: Option<String>,
    reason_detail: Option<String>,
    output: Option<String>,
    started_at: Option<Moment>,
    ended_at: Option<Moment>,
    released_at: Option<Moment>,
}

/// What an observation writes: the phase and the count of changes.
#[derive(AsChangeset)]
#[diesel(table_name = sessions)]
pub(crate) struct PhaseChange {
    updated_at: Moment,
    version: i64,
    phase: String,
    phase_detail: String,
    phase_since: Moment,
}

impl SessionChange {
    /// Only the phase.
    pub(crate) fn into_phase(self) -> PhaseChange {
        PhaseChange {
            updated_at: self.updated_at,
            version: self.version,
            phase: self.phase,
            phase_detail: self.phase_detail,
            phase_since: self.phase_since,
        }
    }
}

impl From<&Session> for SessionChange {
    fn from(session: &Session) -> Self {
        let row = SessionRow::from(session);
        Self {
            pod_name: row.pod_name,
            pod_ip: row.pod_ip,
            status: row.status,
            updated_at: row.updated_at,
            version: row.version,
            phase: row.phase,
            phase_detail: row.phase_detail,
            phase_since: row.phase_since,
            reason: row.reason,
            reason_detail: row.reason_detail,
            output: row.output,
            started_at: row.started_at,
            ended_at: row.ended_at,
            released_at: row.released_at,
        }
    }
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let ending = session.ending.as_ref();
        Self {
            id: session.id.as_str().to_owned(),
            user_id: session.owner.as_str().to_owned(),
            app_id: session.app.as_str().to_owned(),
            pod_name: session.workload_name.clone(),
            pod_ip: session.workload_address.clone(),
            status: session.status.name().to_owned(),
            created_at: session.created_at.into(),
            updated_at: session.updated_at.into(),
            tenant_id: session.tenant.as_str().to_owned(),
            username: session.owner_name.clone(),
            app_name: session.app_name.clone(),
            version: session.version,
            phase: session.phase.kind.name().to_owned(),
            phase_detail: session.phase.detail.clone(),
            phase_since: session.phase.since.into(),
            reason: ending.map(|it| it.reason.code().to_owned()),
            reason_detail: ending.map(|it| it.detail.clone()),
            output: ending.map(|it| to_json(&it.output)),
            place_id: session.place.as_str().to_owned(),
            spec: session.spec.as_ref().map(spec::write),
            screen_width: i32::from(session.viewport.width()),
            screen_height: i32::from(session.viewport.height()),
            workspace_id: session.persistent_workspace().map(|it| it.as_str().to_owned()),
            idle_timeout: session.idle_timeout.map(seconds),
            max_lifetime: session.max_lifetime.map(seconds),
            started_at: session.started_at.map(Moment::from),
            last_input_at: session.last_input_at.map(Moment::from),
            ended_at: ending.map(|it| it.at.into()),
            released_at: session.released_at.map(Moment::from),
            replaces: session.replaces.as_ref().map(|it| it.as_str().to_owned()),
        }
    }
}

/// Whole seconds; a part of a second counts as one, so that a limit never becomes none.
fn seconds(duration: Duration) -> i64 {
    let whole = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    i64::try_from(whole).unwrap_or(i64::MAX)
}

/// The other way: nothing and zero mean no limit.
fn limit(seconds: Option<i64>) -> Option<Duration> {
    seconds.and_then(|it| u64::try_from(it).ok()).filter(|it| *it > 0).map(Duration::from_secs)
}

impl TryFrom<SessionRow> for Session {
    type Error = Corrupt;

    fn try_from(row: SessionRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "sessions", id: &row.id };
        let workspace = reading.optional_id("workspace_id", row.workspace_id.as_deref())?;
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            owner: reading.id("user_id", &row.user_id)?,
            owner_name: row.username.clone(),
            app: reading.id("app_id", &row.app_id)?,
            app_name: row.app_name.clone(),
            status: reading.choice("status", &row.status, Status::parse)?,
            ending: ending(reading, &row)?,
            phase: Phase {
                kind: reading.choice("phase", &row.phase, PhaseKind::parse)?,
                detail: row.phase_detail.clone(),
                since: row.phase_since.into(),
            },
            version: row.version,
            place: reading.id("place_id", &row.place_id)?,
            workload_name: row.pod_name.clone(),
            workload_address: row.pod_ip.clone(),
            spec: row.spec.as_deref().map(|it| spec::read(reading, it)).transpose()?,
            viewport: viewport(reading, &row)?,
            workspace: workspace.map_or(WorkspaceClaim::Ephemeral, WorkspaceClaim::Persistent),
            idle_timeout: limit(row.idle_timeout),
            max_lifetime: limit(row.max_lifetime),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            started_at: row.started_at.map(Into::into),
            last_input_at: row.last_input_at.map(Into::into),
            released_at: row.released_at.map(Into::into),
            replaces: reading.optional_id("replaces", row.replaces.as_deref())?,
        })
    }
}

fn ending(reading: Reading<'_>, row: &SessionRow) -> Result<Option<Ending>, Corrupt> {
    let (Some(at), Some(reason)) = (row.ended_at, &row.reason) else { return Ok(None) };
    Ok(Some(Ending {
        reason: reading.choice("reason", reason, Reason::parse)?,
        detail: row.reason_detail.clone().unwrap_or_default(),
        output: reading.list("output", row.output.as_deref())?,
        at: at.into(),
    }))
}

fn viewport(reading: Reading<'_>, row: &SessionRow) -> Result<Viewport, Corrupt> {
    let side = |value: i32| u32::try_from(value).unwrap_or(0);
    Viewport::new(side(row.screen_width), side(row.screen_height))
        .map_err(|invalid| reading.corrupt("screen_width", format_args!("is no screen size: {invalid}")))
}
