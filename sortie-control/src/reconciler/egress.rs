//! Live sessions follow the egress policy of their app; nothing else of an app touches them.

use std::collections::HashMap;

use sortie_core::{
    app::{App, EgressPolicy},
    audit::{Actor, AuditAction, AuditEntry, Change},
    id::AppId,
    port::{PortError, sessions::Guard},
    session::Session,
};
use tracing::{info, warn};

use crate::Control;

impl Control {
    /// Writes the apps' egress policies into the rows of their live sessions, and wakes those that changed. Asked at every
    /// pass, too: an app that was changed just before a crash is not forgotten.
    pub(super) async fn follow_egress(&self, rows: &[Session]) -> Result<(), PortError> {
        let mut apps: HashMap<&AppId, Option<App>> = HashMap::new();
        for row in rows.iter().filter(|it| !it.status.is_final()) {
            if !apps.contains_key(&row.app) {
                apps.insert(&row.app, self.ports.catalog.find_app(&row.app).await?);
            }
            // An app that is gone leaves its sessions what they have.
            if let Some(Some(app)) = apps.get(&row.app) {
                self.follow(row, app.fields.egress.as_ref()).await?;
            }
        }
        Ok(())
    }

    /// The same at once for the sessions of one app. What fails here the next pass does.
    pub(crate) async fn hasten_egress(&self, app: &App) {
        let followed = async {
            let rows = self.ports.sessions.unreleased(self.ports.runtime.place()).await?;
            for row in rows.iter().filter(|it| it.app == app.id) {
                self.follow(row, app.fields.egress.as_ref()).await?;
            }
            Ok::<_, PortError>(())
        };
        if let Err(error) = followed.await {
            warn!(app.id = %app.id, error = %error, "Live sessions follow the new egress policy later");
        }
    }

    async fn follow(&self, row: &Session, wanted: Option<&EgressPolicy>) -> Result<(), PortError> {
        let at = self.now();
        let Some(after) = row.with_egress(wanted, at) else { return Ok(()) };
        let before = row.spec.as_ref().and_then(|it| it.egress.as_ref());
        let details = vec![
            ("session_id", row.id.to_string()),
            ("user_id", row.owner.to_string()),
            ("app_id", row.app.to_string()),
            ("egress_policy", format!("{} -> {}", told(before), told(wanted))),
        ];
        let actor = Actor { tenant: row.tenant.clone(), ..Actor::system() };
        let change =
            Change { at, audit: AuditEntry::new(actor, AuditAction::ApplyEgress, details), events: Vec::new() };
        match self.ports.sessions.replace_session(row, &after, Guard::Row, change).await {
            Ok(()) => {
                info!(session.id = %row.id, "Session follows the egress policy of its app");
                self.reconciler.wake(&row.id);
                Ok(())
            }
            // It changed in the meantime; the next pass looks again.
            Err(PortError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A policy as the audit tells it.
fn told(policy: Option<&EgressPolicy>) -> String {
    let Some(policy) = policy else { return "none".to_owned() };
    let rule = |it: &sortie_core::app::EgressRule| {
        let port = if it.port == 0 { "*".to_owned() } else { it.port.to_string() };
        let protocol = if it.protocol.is_empty() { "any" } else { &it.protocol };
        format!("{} {port}/{protocol}", it.cidr)
    };
    format!("{} [{}]", policy.mode.name(), policy.rules.iter().map(rule).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use sortie_core::app::{EgressMode, EgressRule};

    use super::*;

    #[test]
    fn the_audit_tells_every_rule_of_a_policy() {
        let rule = |cidr: &str, port, protocol: &str| EgressRule {
            cidr: cidr.to_owned(),
            port,
            protocol: protocol.to_owned(),
        };
        let rules = vec![rule("10.0.0.0/8", 443, "TCP"), rule("192.0.2.1/32", 0, "")];
        let policy = EgressPolicy { mode: EgressMode::Allowlist, rules };
        assert_eq!(told(Some(&policy)), "allowlist [10.0.0.0/8 443/TCP, 192.0.2.1/32 */any]");
        assert_eq!(told(None), "none");
    }
}
