//! Facts in the past tense that others may hear. They leave the database in commit order, through the outbox.

use crate::{
    access::request::{AccessRequest, RequestStatus},
    app::{App, Visibility},
    id::{AccessRequestId, AppId, CategoryId, EventId, SessionId, TenantId, UserId},
    services::event::{ServiceChange, ServicesEventKind},
    session::{Phase, Session, Status},
    time::Timestamp,
};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventBody {
    /// A session changed. Only its owner, those it is shared with, and administrators hear it.
    Session {
        /// Which.
        session: SessionId,
        /// Whose.
        owner: UserId,
        /// Of which app.
        app: AppId,
        /// `session.created`, `session.ready`, …
        kind: SessionEventKind,
        /// The status now.
        status: Status,
        /// The phase now.
        phase: Phase,
        /// The reason's code, when it ended.
        reason: Option<String>,
        /// The row's version now.
        version: i64,
        /// Who hears it besides those who see the session now: somebody who was invited or sent away.
        audience: Vec<UserId>,
    },
    /// The catalog changed. Those hear it who see the app, or saw it before.
    App {
        /// Which app.
        app: AppId,
        /// What happened to it.
        kind: AppEventKind,
        /// Who hears it besides the tenant's authors.
        audience: AppAudience,
    },
    /// Somebody asked for access to an app, or such a request was settled. Who asked hears it, and who decides.
    AccessRequest {
        /// Which request.
        request: AccessRequestId,
        /// For which app.
        app: AppId,
        /// Whose managers decide.
        category: CategoryId,
        /// Who asked.
        user: UserId,
        /// How far it has come.
        status: RequestStatus,
    },
    /// The machine's services changed. Those hear it who may see services.
    Services {
        /// What happened.
        kind: ServicesEventKind,
        /// The services that stand otherwise than before.
        changes: Vec<ServiceChange>,
    },
}

/// Who hears of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppAudience {
    /// Everybody of the tenant.
    pub everybody: bool,
    /// Who manages one of these categories, or is approved for it.
    pub categories: Vec<CategoryId>,
}

impl AppAudience {
    /// Whoever may see the card of one of these: an app as it is, and as it was.
    pub fn of<'a>(apps: impl IntoIterator<Item = &'a App>) -> Self {
        let mut audience = Self::default();
        for app in apps {
            audience.everybody |= app.fields.visibility == Visibility::Public || app.fields.discoverable;
            if let Some(category) = app.category.clone().filter(|it| !audience.categories.contains(it)) {
                audience.categories.push(category);
            }
        }
        audience
    }
}

/// What happened to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEventKind {
    /// It was launched.
    Created,
    /// It waits for something else.
    Phase,
    /// Its workload answers.
    Ready,
    /// It was stopped.
    Stopped,
    /// It expired.
    Expired,
    /// It failed.
    Failed,
    /// Its workload is gone.
    Released,
    /// Others came, went, or may come.
    ViewersChanged,
    /// Somebody else has control.
    ControlChanged,
    /// Somebody waits to be let in.
    JoinRequested,
    /// An administrator watches.
    Observed,
}

impl SessionEventKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::Phase,
        Self::Ready,
        Self::Stopped,
        Self::Expired,
        Self::Failed,
        Self::Released,
        Self::ViewersChanged,
        Self::ControlChanged,
        Self::JoinRequested,
        Self::Observed,
    ];

    /// The name, as sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "session.created",
            Self::Phase => "session.phase",
            Self::Ready => "session.ready",
            Self::Stopped => "session.stopped",
            Self::Expired => "session.expired",
            Self::Failed => "session.failed",
            Self::Released => "session.released",
            Self::ViewersChanged => "session.viewers_changed",
            Self::ControlChanged => "session.control_changed",
            Self::JoinRequested => "session.join_requested",
            Self::Observed => "session.observed",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether it is the owner's alone: those whom the session is shared with do not hear it.
    pub fn is_private(self) -> bool {
        matches!(self, Self::JoinRequested | Self::Observed)
    }

    /// The kind that tells of reaching a status.
    pub fn of_status(status: Status) -> Self {
        match status {
            Status::Creating => Self::Created,
            Status::Running => Self::Ready,
            Status::Stopped => Self::Stopped,
            Status::Expired => Self::Expired,
            Status::Failed => Self::Failed,
        }
    }
}

/// What happened to an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppEventKind {
    /// It was made.
    Created,
    /// It changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl AppEventKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Deleted];

    /// The name, as sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "app.created",
            Self::Updated => "app.updated",
            Self::Deleted => "app.deleted",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What happened to a request for access, as sent: how far it has come.
pub fn request_event_name(status: RequestStatus) -> &'static str {
    match status {
        RequestStatus::Pending => "access_request.created",
        RequestStatus::Granted => "access_request.granted",
        RequestStatus::Refused => "access_request.refused",
        RequestStatus::Withdrawn => "access_request.withdrawn",
    }
}

/// Reads a name of what happened to a request for access.
pub fn parse_request_event(name: &str) -> Option<RequestStatus> {
    RequestStatus::ALL.into_iter().find(|it| request_event_name(*it) == name)
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id, before it has a position.
    pub id: EventId,
    /// Its tenant.
    pub tenant: TenantId,
    /// What happened.
    pub body: EventBody,
    /// When.
    pub at: Timestamp,
}

impl Event {
    /// Tells what a session looks like after a change.
    pub fn of_session(id: EventId, session: &Session, kind: SessionEventKind, at: Timestamp) -> Self {
        Self {
            id,
            tenant: session.tenant.clone(),
            body: EventBody::Session {
                session: session.id.clone(),
                owner: session.owner.clone(),
                app: session.app.clone(),
                kind,
                status: session.status,
                phase: session.phase.clone(),
                reason: session.ending.as_ref().map(|it| it.reason.code().to_owned()),
                version: session.version,
                audience: Vec::new(),
            },
            at,
        }
    }

    /// Tells how far a request for access has come.
    pub fn of_request(id: EventId, request: &AccessRequest, at: Timestamp) -> Self {
        Self {
            id,
            tenant: request.tenant.clone(),
            body: EventBody::AccessRequest {
                request: request.id.clone(),
                app: request.app.clone(),
                category: request.category.clone(),
                user: request.user.clone(),
                status: request.status,
            },
            at,
        }
    }

    /// The same, heard by these people, too.
    #[must_use]
    pub fn heard_by(mut self, people: impl IntoIterator<Item = UserId>) -> Self {
        if let EventBody::Session { audience, .. } = &mut self.body {
            audience.extend(people);
        }
        self
    }
}

/// An event with its place in the order of commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positioned {
    /// The position: grows by commit order, without gaps that matter.
    pub position: i64,
    /// The event.
    pub event: Event,
}
