//! Sessions, all of which are over, and what was shared of them.

use serde_json::{Value, json};
use sortie_core::{
    id::{AppId, SessionId, ShareId, UserId},
    session::{PhaseKind, Reason, Status},
    sharing::Permission,
};

use super::{Converter, at, key};
use crate::adopt::row::{Homeless, NewRow, OldRow};

/// The place of sessions whose real one was never known.
const PLACE: &str = "adopted";

impl Converter {
    pub(super) fn session(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<SessionId>(row, "id")?;
        let app = key::<AppId>(row, "app_id").map_err(|it| Homeless { row: id.clone(), ..it })?;
        let user = key::<UserId>(row, "user_id").map_err(|it| Homeless { row: id.clone(), ..it })?;
        let tenant = self.tenant("sessions", &id, row);
        let (created, updated) = self.times("sessions", &id, row);
        let was = row.text("status");
        let over = Status::parse(was).filter(|it| it.is_final());
        let (status, ended, detail) = if let Some(status) = over {
            (status, updated, String::new())
        } else {
            let pod = row.filled("pod_name").map(|it| format!("; its pod {it} may still run")).unwrap_or_default();
            self.replaced("sessions", &id, "status", was, format_args!("was not over and is failed now{pod}"));
            (Status::Failed, self.now, format!("It was {was:?} when its database was taken over."))
        };
        let columns = json!({
            "id": id, "user_id": user, "app_id": app,
            "pod_name": row.filled("pod_name"), "pod_ip": row.filled("pod_ip"),
            "status": status.name(), "created_at": at(created), "updated_at": at(updated), "tenant_id": tenant,
            "username": self.people.get(&user).map_or(user.as_str(), |it| it.name.as_str()),
            "app_name": self.apps.get(&app).unwrap_or(&app),
            "phase": PhaseKind::Ended.name(), "phase_since": at(ended),
            "reason": Reason::Adopted.code(), "reason_detail": detail, "place_id": PLACE,
            "idle_timeout": row.text("idle_timeout").parse::<i64>().ok().filter(|it| *it > 0),
            "ended_at": at(ended), "released_at": at(self.now),
        });
        self.session_ids.insert(id);
        Ok(vec![NewRow { table: "sessions", columns }])
    }

    /// Shares end with their sessions. Their old tokens could be guessed, so none is taken over.
    pub(super) fn share(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<ShareId>(row, "id")?;
        let session = row.text("session_id").to_owned();
        if !self.session_ids.contains(&session) {
            return Err(Homeless::new(id, "session_id", "names a session that does not exist"));
        }
        let named = |column| key::<UserId>(row, column).map_err(|it| Homeless { row: id.clone(), ..it });
        if row.filled("user_id").is_none() {
            return Err(Homeless::new(id, "user_id", "is a link, whose token could be guessed"));
        }
        let (user, created_by) = (named("user_id")?, named("created_by")?);
        let created = self.time("session_shares", &id, row, "created_at");
        let permission = Permission::parse(row.text("permission")).unwrap_or(Permission::ReadOnly);
        let person = self.people.get(&user);
        let owner = self.people.get(&created_by);
        let tenant = owner.or(person).map_or("default", |it| it.tenant.as_str());
        let columns = json!({
            "id": id, "session_id": session, "user_id": user, "permission": permission.name(), "share_token": Value::Null,
            "created_by": created_by, "created_at": at(created), "tenant_id": tenant,
            "username": person.map_or(user.as_str(), |it| it.name.as_str()),
            "expires_at": at(self.now),
        });
        if row.filled("share_token").is_some() {
            self.note(
                "session_shares",
                &id,
                "share_token",
                "its link could be guessed and is gone; the share itself is kept",
            );
        }
        Ok(vec![NewRow { table: "session_shares", columns }])
    }
}
