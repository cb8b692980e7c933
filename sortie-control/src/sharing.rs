//! Sharing: what owners of sessions let others do, and what those others and administrators make of it.

pub(crate) mod cache;
pub mod control;
pub mod guest;
pub mod join;
pub(crate) mod live;
pub mod observe;
pub mod share;
pub mod view;
pub mod viewers;
mod welcome;

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Change},
    event::{Event, SessionEventKind},
    id::{SessionId, TenantId, UserId},
    policy::{Action, Caller},
    session::Session,
    sharing::Sharing,
};

use crate::{Control, ControlError};

/// The setting that lets people without an account in.
pub const GUEST_SHARES: &str = "guest_shares";
/// The setting that shows the observed that they are.
pub const OBSERVE_BANNER: &str = "observe_banner";
/// The setting that lets a link give control.
pub const CONTROL_LINKS: &str = "control_links";

/// The settings of sharing that are a yes or a no, with what holds while nobody said anything.
pub const SWITCHES: [(&str, bool); 3] = [(GUEST_SHARES, false), (OBSERVE_BANNER, true), (CONTROL_LINKS, true)];

impl Control {
    /// What is known of others at a session, read for this request.
    pub(crate) async fn sharing_of(&self, session: &SessionId) -> Result<Sharing, ControlError> {
        let mut found = self.ports.sharing.sharing(std::slice::from_ref(session)).await?;
        Ok(found.pop().unwrap_or_default())
    }

    /// A session that the caller may do this to and that has not ended.
    async fn live_session_for(
        &self,
        caller: &Caller,
        id: &SessionId,
        action: Action,
        what: &'static str,
    ) -> Result<Session, ControlError> {
        let session = self.session_for(caller, id, action, what).await?;
        if session.status.is_final() {
            return Err(ControlError::Conflict("the session has ended".to_owned()));
        }
        Ok(session)
    }

    /// A switch as it is stored, or as it is while nobody said anything.
    pub(crate) async fn switch(&self, tenant: &TenantId, key: &str) -> Result<bool, ControlError> {
        let usual = SWITCHES.iter().find(|(name, _)| *name == key).is_some_and(|(_, usual)| *usual);
        let stored = self.ports.records.settings(tenant).await?;
        Ok(stored.iter().find(|(name, _)| name == key).map_or(usual, |(_, value)| value == "true"))
    }

    /// An audit entry about others at a session, and perhaps an event that these people hear, too.
    fn sharing_change(
        &self,
        actor: Actor,
        action: AuditAction,
        session: &Session,
        told: Option<(SessionEventKind, Vec<UserId>)>,
        mut more: Vec<(&'static str, String)>,
    ) -> Change {
        let at = self.now();
        let mut details = vec![("session_id", session.id.to_string()), ("app_id", session.app.to_string())];
        details.append(&mut more);
        let mut actor = Actor { tenant: session.tenant.clone(), ..actor };
        if actor.id.as_ref() != Some(&session.owner) {
            actor = actor.acting_for(session.owner.clone());
        }
        let event =
            told.map(|(kind, people)| Event::of_session(self.ids().event(), session, kind, at).heard_by(people));
        Change { at, audit: AuditEntry::new(actor, action, details), events: event.into_iter().collect() }
    }
}
