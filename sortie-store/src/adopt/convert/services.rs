//! What the container-manager kept: apps, services, images and states.

use serde_json::{Value, json};
use sortie_core::services::{Target, snapshot::SnapshotKind};

use super::{Converter, at, records::number};
use crate::{
    adopt::row::{Homeless, NewRow, OldRow},
    row::services::node,
};

/// What a service can do, as its row says.
const STATUSES: [&str; 4] = ["stopped", "starting", "running", "stopping"];

impl Converter {
    pub(super) fn service_app(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, id_number) = number(row)?;
        let app = whole(row, &id, "appId")?;
        let release = row.filled("releaseId").map(str::to_owned);
        let release_number = release.as_ref().and_then(|it| it.parse::<i64>().ok());
        if let (Some(text), None) = (&release, release_number) {
            self.replaced("app", &id, "releaseId", text, "is no number; nothing stands for it");
        }
        let services = self.document("app", &id, row, "services", "[]");
        let (created, updated) = self.made("app", &id, row);
        let columns = json!({
            "id": id_number, "appId": app, "appName": row.text("appName"), "commit": row.get("commit"),
            "releaseId": release_number, "services": services, "createdAt": created, "updatedAt": updated,
        });
        Ok(vec![NewRow { table: "app", columns }])
    }

    pub(super) fn service(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, id_number) = number(row)?;
        let (service, app) = (whole(row, &id, "serviceId")?, whole(row, &id, "appId")?);
        let mut status = row.text("status");
        if !STATUSES.contains(&status) {
            self.replaced("service", &id, "status", status, "is no status; stopped stands for it");
            status = "stopped";
        }
        let config = self.document("service", &id, row, "config", "{}");
        let (created, updated) = self.made("service", &id, row);
        let columns = json!({
            "id": id_number, "serviceId": service, "appId": app, "serviceName": row.text("serviceName"),
            "imageName": row.text("imageName"), "config": config, "status": status,
            "containerId": row.filled("containerId"), "createdAt": created, "updatedAt": updated,
        });
        Ok(vec![NewRow { table: "service", columns }])
    }

    pub(super) fn image(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, id_number) = number(row)?;
        let optional = |column| row.get(column).and_then(|it| it.parse::<i64>().ok());
        let created = self.time("image", &id, row, "createdAt");
        let pulled = if row.filled("pulledAt").is_some() { self.time("image", &id, row, "pulledAt") } else { created };
        let columns = json!({
            "id": id_number, "imageName": row.text("imageName"), "appId": optional("appId"),
            "serviceId": optional("serviceId"), "dockerImageId": row.filled("dockerImageId"),
            "size": optional("size").unwrap_or_default(), "pulledAt": at(pulled), "createdAt": at(created),
        });
        Ok(vec![NewRow { table: "image", columns }])
    }

    pub(super) fn snapshot(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (id, id_number) = number(row)?;
        let kind = SnapshotKind::parse(row.text("type"))
            .filter(|it| matches!(it, SnapshotKind::Current | SnapshotKind::Target))
            .ok_or_else(|| Homeless::new(id.as_str(), "type", "is neither current nor target"))?;
        let state = row.text("state");
        let value: Value = serde_json::from_str(state)
            .map_err(|error| Homeless::new(id.as_str(), "state", format_args!("is no JSON: {error}")))?;
        if kind == SnapshotKind::Target
            && let Err(problems) = Target::read(&node(value))
        {
            for it in problems.list() {
                self.note("stateSnapshot", &id, "state", format_args!("{} {}", it.field, it.rule));
            }
        }
        let created = self.time("stateSnapshot", &id, row, "createdAt");
        let columns = json!({ "id": id_number, "type": kind.name(), "state": state, "createdAt": at(created) });
        Ok(vec![NewRow { table: "stateSnapshot", columns }])
    }

    /// A column with JSON; what is none is replaced.
    fn document(
        &mut self,
        table: &'static str,
        id: &str,
        row: &OldRow,
        column: &'static str,
        nothing: &'static str,
    ) -> String {
        let text = row.filled(column).unwrap_or(nothing);
        if serde_json::from_str::<Value>(text).is_ok() {
            return text.to_owned();
        }
        self.replaced(table, id, column, text, format_args!("is no JSON; {nothing} stands for it"));
        nothing.to_owned()
    }

    fn made(&mut self, table: &'static str, id: &str, row: &OldRow) -> (Value, Value) {
        let (created, updated) = (self.time(table, id, row, "createdAt"), self.time(table, id, row, "updatedAt"));
        (at(created), at(updated))
    }
}

fn whole(row: &OldRow, id: &str, column: &'static str) -> Result<i64, Homeless> {
    row.text(column).parse().map_err(|_| Homeless::new(id, column, "is no number"))
}
