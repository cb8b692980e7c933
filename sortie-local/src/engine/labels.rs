//! How we know what is ours.

use std::collections::HashMap;

use sortie_core::{
    id::InstallationId,
    services::{AppNumber, Key, ServiceNumber, step::Order},
};

const MANAGED: &str = "io.sortie.managed";
const INSTALLATION: &str = "io.sortie.installation";
const APP: &str = "io.sortie.app-id";
const APP_NAME: &str = "io.sortie.app-name";
const SERVICE: &str = "io.sortie.service-id";
const SERVICE_NAME: &str = "io.sortie.service-name";
const FINGERPRINT: &str = "io.sortie.fingerprint";

pub(super) type Map = HashMap<String, String>;

#[derive(Clone)]
pub(super) struct Labels {
    installation: InstallationId,
}

/// What a container's labels say.
pub(super) struct Said {
    pub(super) key: Key,
    pub(super) app_name: String,
    pub(super) service_name: String,
    pub(super) fingerprint: String,
}

impl Labels {
    pub(super) fn new(installation: InstallationId) -> Self {
        Self { installation }
    }

    /// The engine's filter for what is ours.
    pub(super) fn filter(&self) -> HashMap<String, Vec<String>> {
        HashMap::from([("label".to_owned(), vec![format!("{INSTALLATION}={}", self.installation)])])
    }

    /// For what an app owns.
    pub(super) fn of_app(&self, app: AppNumber) -> Map {
        HashMap::from([
            (MANAGED.to_owned(), "true".to_owned()),
            (INSTALLATION.to_owned(), self.installation.to_string()),
            (APP.to_owned(), app.to_string()),
        ])
    }

    /// For a container, with its operator's own.
    pub(super) fn of_container(&self, order: &Order) -> Map {
        let mut labels: Map = order.config.labels.clone().into_iter().collect();
        labels.extend(self.of_app(order.key.app));
        labels.extend([
            (APP_NAME.to_owned(), order.app_name.clone()),
            (SERVICE.to_owned(), order.key.service.to_string()),
            (SERVICE_NAME.to_owned(), order.service_name.clone()),
            (FINGERPRINT.to_owned(), order.fingerprint.clone()),
        ]);
        labels
    }

    pub(super) fn are_ours(&self, labels: Option<&Map>) -> bool {
        labels.and_then(|it| it.get(INSTALLATION)).is_some_and(|it| it == self.installation.as_str())
    }

    /// Whose something of ours is.
    pub(super) fn app(&self, labels: Option<&Map>) -> Option<AppNumber> {
        labels.filter(|_| self.are_ours(labels))?.get(APP)?.parse().ok()
    }

    /// What a container of ours says of itself.
    pub(super) fn said(&self, labels: Option<&Map>) -> Option<Said> {
        let app = self.app(labels)?;
        let labels = labels?;
        let service: ServiceNumber = labels.get(SERVICE)?.parse().ok()?;
        let text = |name: &str| labels.get(name).cloned().unwrap_or_default();
        Some(Said {
            key: Key { app, service },
            app_name: text(APP_NAME),
            service_name: text(SERVICE_NAME),
            fingerprint: labels.get(FINGERPRINT)?.clone(),
        })
    }
}
