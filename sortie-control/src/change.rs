//! Composing what goes with a write.

use sortie_core::{
    app::App,
    audit::{Actor, AuditAction, AuditEntry, Change},
    event::{AppAudience, AppEventKind, Event, EventBody, SessionEventKind},
    session::Session,
    time::Timestamp,
};

use crate::Control;

impl Control {
    /// An audit entry and no event.
    pub(crate) fn quiet_change(
        &self,
        actor: Actor,
        action: AuditAction,
        details: Vec<(&'static str, String)>,
    ) -> Change {
        Change { at: self.now(), audit: AuditEntry::new(actor, action, details), events: Vec::new() }
    }

    /// An audit entry, and an event that tells what the session looks like after it.
    pub(crate) fn session_change(
        &self,
        actor: Actor,
        action: AuditAction,
        after: &Session,
        kind: SessionEventKind,
        mut more: Vec<(&'static str, String)>,
        at: Timestamp,
    ) -> Change {
        let mut details = vec![
            ("session_id", after.id.to_string()),
            ("user_id", after.owner.to_string()),
            ("app_id", after.app.to_string()),
            ("app_name", after.app_name.clone()),
        ];
        details.append(&mut more);
        if let Some(ending) = &after.ending {
            details.push(("reason", ending.reason.code().to_owned()));
        }
        let actor = Actor { tenant: after.tenant.clone(), ..actor };
        let event = Event::of_session(self.ids().event(), after, kind, at);
        Change { at, audit: AuditEntry::new(actor, action, details), events: vec![event] }
    }

    /// An audit entry, and an event that tells of the app those who see it or saw it before.
    pub(crate) fn app_change(
        &self,
        actor: Actor,
        action: AuditAction,
        (before, app): (Option<&App>, &App),
        kind: AppEventKind,
        details: Vec<(&'static str, String)>,
        at: Timestamp,
    ) -> Change {
        let event = Event {
            id: self.ids().event(),
            tenant: app.tenant.clone(),
            body: EventBody::App {
                app: app.id.clone(),
                kind,
                audience: AppAudience::of(before.into_iter().chain([app])),
            },
            at,
        };
        let actor = Actor { tenant: app.tenant.clone(), ..actor };
        Change { at, audit: AuditEntry::new(actor, action, details), events: vec![event] }
    }
}
