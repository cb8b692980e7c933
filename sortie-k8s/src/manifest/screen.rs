//! The container beside the app that shows its screen: an X display, and for apps that are web pages a browser on it.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{Container, EnvVar, ExecAction, Probe, ResourceRequirements},
    apimachinery::pkg::api::resource::Quantity,
};
use sortie_core::workload::WorkloadOrder;

use super::{
    pod::{answers_on, mount, named_port, variable},
    screen_port, security,
};
use crate::settings::Settings;

/// The container of the display.
pub(crate) const DISPLAY: &str = "vnc-sidecar";
/// The container of the display with the browser.
pub(crate) const BROWSER: &str = "browser-sidecar";

/// The X display's number in every pod.
pub(super) const DISPLAY_NAME: &str = ":99";
/// Where X sockets are.
pub(super) const X_SOCKETS: &str = "/tmp/.X11-unix";
/// The X cookie for the app: written by the display when it starts.
pub(super) const X_COOKIE_FOLDER: &str = "/run/sortie/x";
/// What a browser writes: its profile and its cache.
pub(super) const BROWSER_ROOM: &str = "1Gi";
/// The passwords: seen by the display only.
const SECRET_FOLDER: &str = "/run/sortie/display";
/// Stands when the browser shows the page.
const BROWSER_SHOWS: &str = "/tmp/browser-shows";

/// A sidecar in Kubernetes' own sense (1.29): the app is not started before the display answers. `None` for an image that brings
/// its own.
pub(super) fn sidecar(order: &WorkloadOrder, settings: &Settings) -> Option<Container> {
    if order.spec.display.is_some() {
        return None;
    }
    let screen = screen(order);
    Some(match order.spec.web_port {
        Some(port) => browser(screen, port, settings),
        None => Container { name: DISPLAY.to_owned(), image: Some(settings.display_image.clone()), ..screen },
    })
}

fn screen(order: &WorkloadOrder) -> Container {
    let spec = &order.spec;
    let size = format!("{}x{}", order.viewport.width(), order.viewport.height());
    let flag = |yes: bool| if yes { "1" } else { "0" };
    let port = i32::from(screen_port(spec));
    Container {
        image_pull_policy: Some("IfNotPresent".to_owned()),
        env: Some(vec![
            variable("DISPLAY", DISPLAY_NAME),
            variable("SCREEN_RESOLUTION", &format!("{size}x24")),
            variable("SORTIE_CLIPBOARD_IN", flag(spec.clipboard.into_app)),
            variable("SORTIE_CLIPBOARD_OUT", flag(spec.clipboard.out_of_app)),
            variable("SORTIE_CLIPBOARD_MAX", &spec.clipboard.limit_in().to_string()),
            variable("SORTIE_WINDOW_MANAGER", flag(spec.window_manager)),
        ]),
        ports: Some(vec![named_port(port)]),
        restart_policy: Some("Always".to_owned()),
        startup_probe: Some(Probe { failure_threshold: Some(60), ..answers_on(port) }),
        readiness_probe: Some(answers_on(port)),
        resources: Some(resources([("cpu", "100m"), ("memory", "128Mi")], [("cpu", "500m"), ("memory", "512Mi")])),
        security_context: Some(security::of_display()),
        volume_mounts: Some(vec![
            mount("x11", X_SOCKETS, false),
            mount("cookie", X_COOKIE_FOLDER, false),
            mount("display", SECRET_FOLDER, true),
            mount("display-tmp", "/tmp", false),
        ]),
        ..Container::default()
    }
}

/// The same display, which is ready when the page of the app beside it is shown.
fn browser(screen: Container, port: u16, settings: &Settings) -> Container {
    let mut env: Vec<EnvVar> =
        screen.env.into_iter().flatten().filter(|it| it.name != "SORTIE_WINDOW_MANAGER").collect();
    // A browser without one leaves its dialogs without focus.
    env.push(variable("SORTIE_WINDOW_MANAGER", "1"));
    env.push(variable("BROWSER_URL", &format!("http://localhost:{port}/")));
    let shows = ExecAction { command: Some(["test", "-e", BROWSER_SHOWS].map(str::to_owned).to_vec()) };
    Container {
        name: BROWSER.to_owned(),
        image: Some(settings.browser_image.clone()),
        env: Some(env),
        readiness_probe: Some(Probe {
            exec: Some(shows),
            period_seconds: Some(1),
            failure_threshold: Some(3),
            ..Probe::default()
        }),
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
