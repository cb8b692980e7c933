//! Settings, counts and the audit.

use serde_json::json;

use super::{Converter, DEFAULT_TENANT, at};
use crate::adopt::row::{Homeless, NewRow, OldRow};

impl Converter {
    pub(super) fn setting(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let Some(key) = row.filled("key").map(str::to_owned) else {
            return Err(Homeless::new("", "key", "is empty"));
        };
        let updated = self.time("settings", &key, row, "updated_at");
        let columns = json!({
            "tenant_id": DEFAULT_TENANT, "key": key, "value": row.text("value"), "updated_at": at(updated),
        });
        Ok(vec![NewRow { table: "settings", columns }])
    }

    pub(super) fn count(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, number) = number(row)?;
        let app = row.text("app_id").to_owned();
        let (tenant, time) = (self.tenant("analytics", &id, row), self.time("analytics", &id, row, "timestamp"));
        let columns = json!({
            "id": number, "app_id": app, "timestamp": at(time), "tenant_id": tenant,
            "app_name": self.apps.get(&app).unwrap_or(&app),
        });
        Ok(vec![NewRow { table: "analytics", columns }])
    }

    pub(super) fn audit(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, number) = number(row)?;
        let (tenant, time) = (self.tenant("audit_log", &id, row), self.time("audit_log", &id, row, "timestamp"));
        // Some actions were written with the user's id where others had the name.
        let who = row.text("user");
        let (name, actor) = match self.people.get(who) {
            Some(person) => (person.name.as_str(), Some(who)),
            None => (who, None),
        };
        let columns = json!({
            "id": number, "timestamp": at(time), "user": name, "action": row.text("action"),
            "details": row.text("details"), "tenant_id": tenant, "actor_id": actor,
        });
        Ok(vec![NewRow { table: "audit_log", columns }])
    }
}

/// The row's number, as text and as what it is.
pub(super) fn number(row: &OldRow) -> Result<(String, i64), Homeless> {
    let text = row.text("id");
    let number = text.parse().map_err(|_| Homeless::new(text, "id", "is no number"))?;
    Ok((text.to_owned(), number))
}
