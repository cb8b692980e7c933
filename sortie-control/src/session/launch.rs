//! Launching: everything is decided and written down here; the reconciler does the rest.

use std::time::Duration;

use sortie_core::{
    app::{App, RecordingPolicy, WorkspaceKind},
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{AppId, SessionId, TenantId, UserId},
    policy::{self, Action, Caller, Object, Outcome},
    port::{
        PortError,
        sessions::{LaunchError, Start},
    },
    session::{NewSession, Session},
    spec::Spec,
    tenant::TenantQuotas,
    user::User,
    workload::{Refusal, Viewport, WorkspaceClaim},
};
use tracing::info;

use crate::{Control, ControlError};

/// When to try again after a quota said no: somebody must stop something first.
const QUOTA_RETRY: Duration = Duration::from_secs(10);
/// How often a launch is tried again that lost a race for a new workspace or a warm workload.
const TRIES: usize = 3;

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct LaunchRequest {
    /// Which app.
    pub app: AppId,
    /// The screen's first size.
    pub viewport: Option<Viewport>,
    /// A shorter time without input than the app's or the installation's.
    pub idle_timeout: Option<Duration>,
    /// For whom, where that is somebody else.
    pub owner: Option<UserId>,
}

/// Whose session it will be, and what it continues.
struct Launch {
    owner: UserId,
    owner_name: String,
    replaces: Option<SessionId>,
}

impl Control {
    /// Writes down a new session. Nothing has been started when this answers.
    pub async fn launch(&self, caller: &Caller, request: LaunchRequest) -> Result<Session, ControlError> {
        self.launch_for(caller, &request, None).await
    }

    /// The same, continuing another session.
    pub(super) async fn launch_again(&self, caller: &Caller, old: &Session) -> Result<Session, ControlError> {
        let request = LaunchRequest {
            app: old.app.clone(),
            viewport: Some(old.viewport),
            idle_timeout: old.idle_timeout,
            owner: Some(old.owner.clone()),
        };
        self.launch_for(caller, &request, Some(old.id.clone())).await
    }

    /// Whose session of this app it will be. For somebody else only who administers the app's tenant launches, and only for
    /// its members: others could not reach the session.
    async fn owner_of_launch(
        &self,
        caller: &Caller,
        app: &App,
        wanted: Option<&UserId>,
    ) -> Result<(UserId, String), ControlError> {
        let own = (caller.principal.user.clone(), caller.principal.username.clone());
        let Some(wanted) = wanted.filter(|it| **it != own.0) else { return Ok(own) };
        let tenant = Object::Tenant(&app.tenant);
        if !policy::may(&caller.principal, Action::LaunchFor, tenant).is_granted() {
            return Err(ControlError::Denied("launch for somebody else"));
        }
        let not_found = || ControlError::not_found("user", wanted);
        let user: User =
            self.ports.accounts.find_user(wanted).await?.filter(|it| !it.disabled).ok_or_else(not_found)?;
        if self.is_member(&app.tenant, &user).await? { Ok((user.id, user.username)) } else { Err(not_found()) }
    }

    async fn launch_for(
        &self,
        caller: &Caller,
        request: &LaunchRequest,
        replaces: Option<SessionId>,
    ) -> Result<Session, ControlError> {
        let app = self.launchable(caller, &request.app).await?;
        let (owner, owner_name) = self.owner_of_launch(caller, &app, request.owner.as_ref()).await?;
        let quotas = self.tenant_quotas(&app.tenant).await?;
        let spec = self.spec_within(&app, &quotas)?;
        if let Some(refusal) = self.refusal_of(&spec) {
            return Err(ControlError::Refused(refusal));
        }
        let launch = Launch { owner, owner_name, replaces };
        for attempt in 1.. {
            let (session, start) = self.new_session(&app, spec.clone(), request, &launch).await?;
            match self.insert(caller, &session, start, &quotas).await {
                Ok(()) => {
                    info!(session.id = %session.id, app.id = %session.app, user.id = %session.owner, "Session launched");
                    self.reconciler.wake(&session.id);
                    self.committed().await;
                    return Ok(session);
                }
                Err(LaunchError::Quota(exceeded)) => {
                    return Err(ControlError::Quota { exceeded, retry_after: QUOTA_RETRY });
                }
                Err(LaunchError::Port(PortError::Conflict)) if attempt < TRIES => {}
                Err(LaunchError::Port(error)) => return Err(error.into()),
            }
        }
        unreachable!("the loop above only ends by returning")
    }

    /// The app, if the caller may launch it and there is something to launch.
    async fn launchable(&self, caller: &Caller, id: &AppId) -> Result<App, ControlError> {
        let app = self.app_for(caller, id, Action::LaunchApp, "launch this app").await?;
        if app.is_workload() { Ok(app) } else { Err(ControlError::NotLaunchable) }
    }

    /// How much the tenant may use. A tenant without a row has no limits of its own.
    pub(crate) async fn tenant_quotas(&self, tenant: &TenantId) -> Result<TenantQuotas, ControlError> {
        Ok(self.ports.tenants.find_tenant(tenant).await?.map(|it| it.quotas).unwrap_or_default())
    }

    /// What will be written into the row: the app with typed quantities and the installation's defaults.
    pub(crate) fn spec_of(&self, app: &App) -> Result<Spec, ControlError> {
        self.spec_within(app, &TenantQuotas::default())
    }

    /// The same with the tenant's defaults, which go before the installation's.
    pub(crate) fn spec_within(&self, app: &App, quotas: &TenantQuotas) -> Result<Spec, ControlError> {
        let mut spec = app.resolve().map_err(|problems| {
            ControlError::Refused(Refusal {
                code: "invalid_spec".to_owned(),
                message: format!("The app's definition must be mended first: {problems}"),
            })
        })?;
        spec.resources = spec.resources.or(quotas.default_resources()).or(self.settings.default_resources);
        Ok(spec)
    }

    /// What speaks against running this here and now; `None` when nothing does.
    pub(crate) fn refusal_of(&self, spec: &Spec) -> Option<Refusal> {
        if spec.recording == RecordingPolicy::Always {
            return Some(Refusal {
                code: "recording_unavailable".to_owned(),
                message: "The app must always be recorded, and this server cannot record.".to_owned(),
            });
        }
        let problem = self.condition().problems.into_iter().next();
        problem.or_else(|| self.ports.runtime.refusal(spec))
    }

    async fn new_session(
        &self,
        app: &App,
        spec: Spec,
        request: &LaunchRequest,
        launch: &Launch,
    ) -> Result<(Session, Start), ControlError> {
        let workspace = match spec.workspace {
            WorkspaceKind::Ephemeral | WorkspaceKind::Volume => WorkspaceClaim::Ephemeral,
            WorkspaceKind::Persistent => {
                let known = self.ports.sessions.workspace_of(&launch.owner, &app.id).await?;
                WorkspaceClaim::Persistent(known.unwrap_or_else(|| self.ids().workspace()))
            }
        };
        let longest = spec.idle_timeout.or(self.settings.idle_timeout);
        let idle_timeout = match (request.idle_timeout, longest) {
            (Some(asked), Some(longest)) => Some(asked.min(longest)),
            (asked, longest) => asked.or(longest),
        };
        let (id, start) = self.start_of(&spec, &app.tenant, &workspace).await?;
        let new = NewSession {
            id,
            tenant: app.tenant.clone(),
            owner: launch.owner.clone(),
            owner_name: launch.owner_name.clone(),
            spec,
            place: self.ports.runtime.place().clone(),
            viewport: request.viewport.unwrap_or(Viewport::DEFAULT),
            workspace,
            idle_timeout,
            max_lifetime: self.settings.max_lifetime,
            replaces: launch.replaces.clone(),
        };
        Ok((Session::launched(new, self.now()), start))
    }

    async fn insert(
        &self,
        caller: &Caller,
        session: &Session,
        start: Start,
        quotas: &TenantQuotas,
    ) -> Result<(), LaunchError> {
        let mut actor = Actor::from_caller(caller);
        if session.owner != caller.principal.user {
            actor = actor.acting_for(session.owner.clone());
        }
        let (action, more) = match &session.replaces {
            None => (AuditAction::CreateSession, Vec::new()),
            Some(old) => (AuditAction::RestartSession, vec![("replaces", old.to_string())]),
        };
        let change = self.session_change(actor, action, session, SessionEventKind::Created, more, session.created_at);
        self.ports.sessions.launch(session, start, quotas.within(self.settings.limits), change).await
    }

    /// One app, if the caller may do this to it.
    pub(crate) async fn app_for(
        &self,
        caller: &Caller,
        id: &AppId,
        action: Action,
        what: &'static str,
    ) -> Result<App, ControlError> {
        let app = self.ports.catalog.find_app(id).await?.ok_or_else(|| ControlError::not_found("app", id))?;
        let decision = policy::may(&caller.principal, action, Object::of_app(&app));
        match decision.outcome {
            Outcome::Granted => Ok(app),
            Outcome::Denied => Err(ControlError::refused(decision, what)),
            Outcome::Hidden => Err(ControlError::not_found("app", id)),
        }
    }
}
