//! Whose an object is: written into its annotations word for word, into its labels for selecting.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sortie_core::{
    id::{InstallationId, PlaceId, SessionId, UserId},
    time::Timestamp,
    workload::{Labels, WorkloadOrder},
};

use crate::names;

const SESSION: &str = "sortie.io/session";
const INSTALLATION: &str = "sortie.io/installation";
const INCARNATION: &str = "sortie.io/incarnation";
const PLACE: &str = "sortie.io/place";
const OWNER: &str = "sortie.io/owner";
/// When the workload was ordered, in microseconds since 1970.
const CREATED_AT: &str = "sortie.io/created-at";
const APP_NAME: &str = "sortie.io/app-name";

/// The metadata of an object that belongs to a workload.
pub(crate) fn metadata(name: String, order: &WorkloadOrder) -> ObjectMeta {
    let labels = &order.labels;
    let (mut selected, mut annotations) = written(labels);
    selected.insert(names::APP.to_owned(), names::label(order.spec.app.as_str()));
    annotations.insert(APP_NAME.to_owned(), order.spec.app_name.clone());
    ObjectMeta { name: Some(name), labels: Some(selected), annotations: Some(annotations), ..ObjectMeta::default() }
}

/// The labels and the annotations that say whose an object is.
pub(crate) fn written(labels: &Labels) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let text = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let selected = BTreeMap::from([
        text(names::MANAGED_BY, names::MANAGER),
        text(names::COMPONENT, names::COMPONENT_SESSION),
        text(names::SESSION, &names::label(labels.session.as_str())),
        text(names::INSTALLATION, &names::label(labels.installation.as_str())),
    ]);
    let annotations = BTreeMap::from([
        text(SESSION, labels.session.as_str()),
        text(INSTALLATION, labels.installation.as_str()),
        text(INCARNATION, &labels.incarnation.to_string()),
        text(PLACE, labels.place.as_str()),
        text(OWNER, labels.owner.as_str()),
        text(CREATED_AT, &labels.created_at.as_micros().to_string()),
    ]);
    (selected, annotations)
}

/// Whose an object is; `None` when it does not say so in full, and then nobody here touches it.
pub(crate) fn read(metadata: &ObjectMeta) -> Option<Labels> {
    let annotations = metadata.annotations.as_ref()?;
    let text = |key: &str| annotations.get(key).map(String::as_str);
    Some(Labels {
        installation: InstallationId::new(text(INSTALLATION)?).ok()?,
        incarnation: text(INCARNATION)?.parse().ok()?,
        place: PlaceId::new(text(PLACE)?).ok()?,
        session: SessionId::new(text(SESSION)?).ok()?,
        owner: UserId::new(text(OWNER)?).ok()?,
        created_at: Timestamp::from_micros(text(CREATED_AT)?.parse().ok()?),
    })
}

/// Selects every object of every workload.
pub(crate) fn selector() -> String {
    format!("{}={},{}={}", names::MANAGED_BY, names::MANAGER, names::COMPONENT, names::COMPONENT_SESSION)
}
