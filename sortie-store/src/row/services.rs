//! Rows of `app`, `service`, `image` and `stateSnapshot`.

use diesel::prelude::*;
use serde_json::{Map, Number, Value};
use sortie_core::services::{
    AppNumber, AppTarget, Key, Node, ServiceNumber, ServiceTarget,
    snapshot::{ImageRecord, Snapshot, SnapshotKind},
};

use super::{Corrupt, Reading};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{app, image, service, statesnapshot},
};

/// A document as JSON.
pub(crate) fn json(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(yes) => Value::Bool(*yes),
        Node::Whole(number) => Value::from(*number),
        Node::Real(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Node::Text(text) => Value::from(text.as_str()),
        Node::List(items) => Value::Array(items.iter().map(json).collect()),
        Node::Map(map) => Value::Object(map.iter().map(|(name, it)| (name.clone(), json(it))).collect::<Map<_, _>>()),
    }
}

/// JSON as a document.
pub(crate) fn node(value: Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(yes) => Node::Bool(yes),
        Value::Number(number) => {
            number.as_i64().map(Node::Whole).or_else(|| number.as_f64().map(Node::Real)).unwrap_or_default()
        }
        Value::String(text) => Node::Text(text),
        Value::Array(items) => Node::List(items.into_iter().map(node).collect()),
        Value::Object(map) => Node::Map(map.into_iter().map(|(name, it)| (name, node(it))).collect()),
    }
}

/// A number as it is stored: they fit, or they would not have been made.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A snapshot.
#[derive(Queryable, Selectable)]
#[diesel(table_name = statesnapshot)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct SnapshotRow {
    pub(crate) id: i64,
    kind: String,
    pub(crate) state: String,
    createdat: Moment,
}

impl TryFrom<SnapshotRow> for Snapshot {
    type Error = Corrupt;

    fn try_from(row: SnapshotRow) -> Result<Self, Corrupt> {
        let id = row.id.to_string();
        let reading = Reading { table: "stateSnapshot", id: &id };
        Ok(Self {
            id: row.id,
            kind: reading.choice("type", &row.kind, SnapshotKind::parse)?,
            at: row.createdat.into(),
            state: node(reading.json("state", &row.state)?),
        })
    }
}

/// A new snapshot.
#[derive(Insertable)]
#[diesel(table_name = statesnapshot)]
pub(crate) struct NewSnapshotRow {
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) createdat: Moment,
}

/// An app as the target has it.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = app)]
#[diesel(treat_none_as_null = true)]
pub(crate) struct AppRow {
    pub(crate) appid: i64,
    appname: String,
    commit: Option<String>,
    releaseid: Option<i64>,
    services: String,
    updatedat: Moment,
}

impl AppRow {
    pub(crate) fn new(app: &AppTarget, at: Moment) -> Self {
        let document = app.write();
        Self {
            appid: stored(app.number.get()),
            appname: app.name.clone(),
            commit: app.commit.clone(),
            releaseid: app.release.map(stored),
            services: json(document.get("services").unwrap_or(&Node::Null)).to_string(),
            updatedat: at,
        }
    }
}

/// A service as the target has it.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = service)]
pub(crate) struct ServiceRow {
    pub(crate) serviceid: i64,
    pub(crate) appid: i64,
    servicename: String,
    imagename: String,
    config: String,
    updatedat: Moment,
}

impl ServiceRow {
    pub(crate) fn new(app: &AppTarget, service: &ServiceTarget, at: Moment) -> Self {
        Self {
            serviceid: stored(service.number.get()),
            appid: stored(app.number.get()),
            servicename: service.name.clone(),
            imagename: service.config.image.clone(),
            config: json(&service.config.write()).to_string(),
            updatedat: at,
        }
    }
}

/// A downloaded image.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = image)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct ImageRow {
    pub(crate) imagename: String,
    appid: Option<i64>,
    serviceid: Option<i64>,
    dockerimageid: Option<String>,
    size: i64,
    pub(crate) pulledat: Moment,
}

impl From<&ImageRecord> for ImageRow {
    fn from(image: &ImageRecord) -> Self {
        Self {
            imagename: image.name.clone(),
            appid: image.key.map(|it| stored(it.app.get())),
            serviceid: image.key.map(|it| stored(it.service.get())),
            dockerimageid: Some(image.engine_id.clone()),
            size: stored(image.size),
            pulledat: image.pulled_at.into(),
        }
    }
}

impl From<ImageRow> for ImageRecord {
    fn from(row: ImageRow) -> Self {
        let number = |it: Option<i64>| it.and_then(|it| u64::try_from(it).ok());
        let app = number(row.appid).and_then(AppNumber::new);
        let service = number(row.serviceid).and_then(ServiceNumber::new);
        Self {
            name: row.imagename,
            key: app.zip(service).map(|(app, service)| Key { app, service }),
            engine_id: row.dockerimageid.unwrap_or_default(),
            size: u64::try_from(row.size).unwrap_or_default(),
            pulled_at: row.pulledat.into(),
        }
    }
}
