//! The container beside the app that shows its screen: an X display, and for apps that are web pages a browser on it.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Container, ExecAction, Probe, ResourceRequirements},
    apimachinery::pkg::api::resource::Quantity,
};
use sortie_core::workload::{
    WorkloadOrder,
    screen::{self, SECRETS, X_COOKIE_FOLDER, X_SOCKETS},
};

use super::{
    pod::{answers_on, mount, named_port, variable},
    screen_port, security,
};
use crate::settings::Settings;

/// The container of the display.
pub(crate) const DISPLAY: &str = "vnc-sidecar";
/// The container of the display with the browser.
pub(crate) const BROWSER: &str = "browser-sidecar";

/// What a browser writes: its profile and its cache.
pub(super) const BROWSER_ROOM: &str = "1Gi";
/// Stands when the display has its window manager: a window that is shown while that starts is never drawn.
const DISPLAY_STANDS: &str = "/tmp/display-stands";
/// Stands when the browser shows the page.
const BROWSER_SHOWS: &str = "/tmp/browser-shows";

/// A sidecar in Kubernetes' own sense (1.29): the app is not started before the display answers. `None` for an image that brings
/// its own.
pub(super) fn sidecar(order: &WorkloadOrder, settings: &Settings) -> Option<Container> {
    if order.spec.display.is_some() {
        return None;
    }
    let screen = display(order);
    Some(match order.spec.web_port {
        Some(_) => browser(screen, settings),
        None => Container { name: DISPLAY.to_owned(), image: Some(settings.display_image.clone()), ..screen },
    })
}

fn display(order: &WorkloadOrder) -> Container {
    let port = i32::from(screen_port(&order.spec));
    Container {
        image_pull_policy: Some("IfNotPresent".to_owned()),
        env: Some(screen::environment(order).iter().map(|(name, value)| variable(name, value)).collect()),
        ports: Some(vec![named_port(port)]),
        restart_policy: Some("Always".to_owned()),
        startup_probe: Some(Probe { failure_threshold: Some(60), ..is_there(DISPLAY_STANDS) }),
        readiness_probe: Some(answers_on(port)),
        resources: Some(resources([("cpu", "100m"), ("memory", "128Mi")], [("cpu", "500m"), ("memory", "512Mi")])),
        security_context: Some(security::of_display()),
        volume_mounts: Some(vec![
            mount("x11", X_SOCKETS, false),
            mount("cookie", X_COOKIE_FOLDER, false),
            mount("display", SECRETS, true),
            mount("display-tmp", "/tmp", false),
        ]),
        ..Container::default()
    }
}

/// The same display, which is ready when the page of the app beside it is shown.
fn browser(screen: Container, settings: &Settings) -> Container {
    Container {
        name: BROWSER.to_owned(),
        image: Some(settings.browser_image.clone()),
        readiness_probe: Some(is_there(BROWSER_SHOWS)),
        resources: Some(resources([("cpu", "200m"), ("memory", "256Mi")], [("cpu", "1"), ("memory", "1Gi")])),
        ..screen
    }
}

fn resources(requests: [(&str, &str); 2], limits: [(&str, &str); 2]) -> ResourceRequirements {
    let list = |of: [(&str, &str); 2]| -> BTreeMap<String, Quantity> {
        of.into_iter().map(|(name, amount)| (name.to_owned(), Quantity(amount.to_owned()))).collect()
    };
    ResourceRequirements { requests: Some(list(requests)), limits: Some(list(limits)), claims: None }
}

/// Looked for each second.
fn is_there(file: &str) -> Probe {
    Probe {
        exec: Some(ExecAction { command: Some(["test", "-e", file].map(str::to_owned).to_vec()) }),
        period_seconds: Some(1),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}
