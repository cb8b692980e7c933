//! Looking at sessions.

use sortie_core::{
    audit::{Actor, AuditAction},
    id::{SessionId, UserId},
    policy::{self, Action, Caller, Object, Outcome, Principal, Scope},
    port::{Page, PageRequest, sessions::SessionFilter},
    session::{Session, Status},
    sharing::Part,
};

use crate::{Control, ControlError};

impl Control {
    /// One session, if the caller may see it.
    pub async fn find_session(&self, caller: &Caller, id: &SessionId) -> Result<Session, ControlError> {
        self.session_for(caller, id, Action::ViewSession, "see this session").await
    }

    /// The caller's sessions, newest first; another user's for administrators, which is audited.
    pub async fn list_sessions(
        &self,
        caller: &Caller,
        owner: Option<UserId>,
        statuses: Vec<Status>,
        page: &PageRequest,
    ) -> Result<Page<Session>, ControlError> {
        Self::check_scopes(caller, Action::ViewSession, "see sessions")?;
        let owner = owner.unwrap_or_else(|| caller.principal.user.clone());
        if owner != caller.principal.user {
            Self::check(caller, Action::ListAllSessions, "see other people's sessions")?;
            let actor = Actor::from_caller(caller).acting_for(owner.clone());
            let entry = sortie_core::audit::AuditEntry::new(
                actor,
                AuditAction::ListSessions,
                vec![("user_id", owner.to_string())],
            );
            self.ports.records.record_access(&entry, self.now()).await?;
        }
        let scope = Scope::Tenant(caller.tenant.clone());
        let filter = SessionFilter { owner: Some(owner), statuses };
        Ok(self.ports.sessions.list_sessions(&scope, &filter, page).await?)
    }

    /// Everybody's sessions, newest first: for administrators.
    pub async fn list_all_sessions(
        &self,
        caller: &Caller,
        statuses: Vec<Status>,
        page: &PageRequest,
    ) -> Result<Page<Session>, ControlError> {
        Self::check(caller, Action::ListAllSessions, "see everybody's sessions")?;
        let scope = policy::session_scope(&caller.principal, &caller.tenant);
        Ok(self.ports.sessions.list_sessions(&scope, &SessionFilter { owner: None, statuses }, page).await?)
    }

    /// One session, if the caller may do this to it.
    pub(crate) async fn session_for(
        &self,
        caller: &Caller,
        id: &SessionId,
        action: Action,
        what: &'static str,
    ) -> Result<Session, ControlError> {
        let session =
            self.ports.sessions.find_session(id).await?.ok_or_else(|| ControlError::not_found("session", id))?;
        let part = self.part_in(&caller.principal, &session).await?;
        let object = Object::Session { id: &session.id, tenant: &session.tenant, owner: &session.owner, part };
        let decision = policy::may(&caller.principal, action, object);
        match decision.outcome {
            Outcome::Granted => Ok(session),
            Outcome::Denied => Err(ControlError::refused(decision, what)),
            Outcome::Hidden => Err(ControlError::not_found("session", id)),
        }
    }

    /// The part that a principal has in another person's session, read for this request.
    pub(crate) async fn part_in(&self, principal: &Principal, session: &Session) -> Result<Option<Part>, ControlError> {
        if principal.user == session.owner {
            return Ok(None);
        }
        let sharing = self.sharing_of(&session.id).await?;
        Ok(sharing.attendance(&principal.user, &session.owner, self.now()).map(|it| it.part))
    }

    /// Fails unless the caller may do this in the own tenant.
    pub(crate) fn check(caller: &Caller, action: Action, what: &'static str) -> Result<(), ControlError> {
        let tenant = Object::Tenant(&caller.tenant);
        let decision = policy::may(&caller.principal, action, tenant);
        if decision.is_granted() { Ok(()) } else { Err(ControlError::refused(decision, what)) }
    }
}
