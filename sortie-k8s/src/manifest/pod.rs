//! The pod of a session: the app, and beside it the display where the image brings none.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        Container, ContainerPort, EmptyDirVolumeSource, EnvVar, LocalObjectReference,
        PersistentVolumeClaimVolumeSource, Pod, PodSpec, Probe, ResourceRequirements, SecretVolumeSource,
        TCPSocketAction, Toleration, Volume, VolumeMount,
    },
    apimachinery::pkg::{api::resource::Quantity, util::intstr::IntOrString},
};
use sortie_core::{
    spec::{Resources, Spec},
    workload::{WorkloadOrder, WorkspaceClaim},
};

use super::{
    screen_annotations, screen_port,
    security::{self, RunAs},
};
use crate::{identity, names, settings::Settings};

/// The container of the app.
pub(crate) const APP: &str = "app";
/// The container of the display.
pub(crate) const DISPLAY: &str = "vnc-sidecar";

/// The X display's number in every pod.
const DISPLAY_NAME: &str = ":99";
const X_SOCKETS: &str = "/tmp/.X11-unix";
/// The X cookie for the app: written by the display when it starts.
const X_COOKIE_FOLDER: &str = "/run/sortie/x";
/// The passwords: seen by the display only.
const SECRET_FOLDER: &str = "/run/sortie/display";
const HOME: &str = "/home/user";
/// A workload that is told to end gets this long.
const GRACE_SECONDS: i64 = 5;

/// The pod that fulfils an order.
pub(crate) fn pod(order: &WorkloadOrder, settings: &Settings) -> Pod {
    let spec = &order.spec;
    let mut metadata = identity::metadata(names::pod(&order.labels.session), order);
    metadata.annotations.get_or_insert_default().extend(screen_annotations(spec));
    let own_display = spec.display.is_some();
    Pod {
        metadata,
        spec: Some(PodSpec {
            containers: vec![app(order)],
            init_containers: (!own_display).then(|| vec![display(order, settings)]),
            volumes: Some(volumes(order, settings)),
            restart_policy: Some("Never".to_owned()),
            termination_grace_period_seconds: Some(GRACE_SECONDS),
            active_deadline_seconds: settings.active_deadline.and_then(|it| i64::try_from(it.as_secs()).ok()),
            automount_service_account_token: Some(false),
            enable_service_links: Some(false),
            host_users: settings.user_namespaces.then_some(false),
            hostname: Some("session".to_owned()),
            image_pull_secrets: (!settings.pull_secrets.is_empty())
                .then(|| settings.pull_secrets.iter().map(|it| LocalObjectReference { name: it.clone() }).collect()),
            node_selector: (!settings.node_selector.is_empty()).then(|| settings.node_selector.clone()),
            tolerations: (!settings.tolerations.is_empty()).then(|| tolerations(settings)),
            runtime_class_name: settings.runtime_class.clone(),
            security_context: Some(security::of_pod(run_as(&order.spec))),
            ..PodSpec::default()
        }),
        status: None,
    }
}

fn app(order: &WorkloadOrder) -> Container {
    let spec = &order.spec;
    let own_display = spec.display.is_some();
    let mut env = vec![variable("HOME", HOME)];
    let mut mounts = vec![
        mount("workspace", "/workspace", false),
        mount("home", HOME, false),
        mount("workspace", "/home/user/workspace", false),
        mount("tmp", "/tmp", false),
    ];
    if !own_display {
        env.push(variable("DISPLAY", DISPLAY_NAME));
        env.push(variable("XAUTHORITY", &format!("{X_COOKIE_FOLDER}/cookie")));
        mounts.push(mount("x11", X_SOCKETS, true));
        mounts.push(mount("cookie", X_COOKIE_FOLDER, true));
    }
    env.extend(spec.env.iter().map(|(name, value)| variable(name, value)));
    let port = i32::from(screen_port(spec));
    Container {
        name: APP.to_owned(),
        image: spec.image.clone(),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: (!spec.command.is_empty()).then(|| spec.command.clone()),
        args: (!spec.args.is_empty()).then(|| spec.args.clone()),
        env: Some(env),
        ports: own_display.then(|| vec![named_port(port)]),
        readiness_probe: own_display.then(|| answers_on(port)),
        resources: Some(resources(&spec.resources)),
        security_context: Some(security::of_container()),
        volume_mounts: Some(mounts),
        ..Container::default()
    }
}

/// A sidecar in Kubernetes' own sense (1.29): the app is not started before the display answers.
fn display(order: &WorkloadOrder, settings: &Settings) -> Container {
    let spec = &order.spec;
    let screen = format!("{}x{}", order.viewport.width(), order.viewport.height());
    let flag = |yes: bool| if yes { "1" } else { "0" };
    let port = i32::from(screen_port(spec));
    Container {
        name: DISPLAY.to_owned(),
        image: Some(settings.display_image.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        env: Some(vec![
            variable("DISPLAY", DISPLAY_NAME),
            variable("SCREEN_RESOLUTION", &format!("{screen}x24")),
            variable("SORTIE_CLIPBOARD_IN", flag(spec.clipboard.into_app)),
            variable("SORTIE_CLIPBOARD_OUT", flag(spec.clipboard.out_of_app)),
            variable("SORTIE_WINDOW_MANAGER", flag(spec.window_manager)),
        ]),
        ports: Some(vec![named_port(port)]),
        restart_policy: Some("Always".to_owned()),
        startup_probe: Some(Probe { failure_threshold: Some(60), ..answers_on(port) }),
        readiness_probe: Some(answers_on(port)),
        resources: Some(ResourceRequirements {
            requests: Some(quantities([("cpu", "100m"), ("memory", "128Mi")])),
            limits: Some(quantities([("cpu", "500m"), ("memory", "512Mi")])),
            claims: None,
        }),
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

fn volumes(order: &WorkloadOrder, settings: &Settings) -> Vec<Volume> {
    let workspace = match &order.workspace {
        WorkspaceClaim::Ephemeral => scratch("workspace", &settings.workspace_size),
        WorkspaceClaim::Persistent(workspace) => Volume {
            name: "workspace".to_owned(),
            persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                claim_name: names::claim(workspace),
                read_only: None,
            }),
            ..Volume::default()
        },
    };
    let mut volumes = vec![workspace, scratch("home", "1Gi"), scratch("tmp", "1Gi")];
    if order.spec.display.is_none() {
        volumes.extend([scratch("x11", "1Mi"), scratch("cookie", "1Mi"), scratch("display-tmp", "64Mi")]);
        volumes.push(Volume {
            name: "display".to_owned(),
            secret: Some(SecretVolumeSource {
                secret_name: Some(names::secret(&order.labels.session)),
                default_mode: Some(0o440),
                ..SecretVolumeSource::default()
            }),
            ..Volume::default()
        });
    }
    volumes
}

fn run_as(spec: &Spec) -> RunAs {
    match (spec.run_as_root, &spec.display) {
        (true, _) => RunAs::Root,
        (false, Some(_)) => RunAs::Image,
        (false, None) => RunAs::Session,
    }
}

fn tolerations(settings: &Settings) -> Vec<Toleration> {
    let of = |it: &crate::settings::Toleration| Toleration {
        key: Some(it.key.clone()),
        operator: Some(if it.value.is_some() { "Equal" } else { "Exists" }.to_owned()),
        value: it.value.clone(),
        effect: it.effect.clone(),
        ..Toleration::default()
    };
    settings.tolerations.iter().map(of).collect()
}

fn resources(wanted: &Resources) -> ResourceRequirements {
    let list = |millis: Option<u64>, bytes: Option<u64>| {
        let mut list = BTreeMap::new();
        if let Some(millis) = millis {
            list.insert("cpu".to_owned(), Quantity(format!("{millis}m")));
        }
        if let Some(bytes) = bytes {
            list.insert("memory".to_owned(), Quantity(bytes.to_string()));
        }
        Some(list)
    };
    ResourceRequirements {
        requests: list(wanted.cpu_request_millis, wanted.memory_request_bytes),
        limits: list(wanted.cpu_limit_millis, wanted.memory_limit_bytes),
        claims: None,
    }
}

fn quantities<const N: usize>(list: [(&str, &str); N]) -> BTreeMap<String, Quantity> {
    list.into_iter().map(|(name, amount)| (name.to_owned(), Quantity(amount.to_owned()))).collect()
}

fn scratch(name: &str, size: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource { medium: None, size_limit: Some(Quantity(size.to_owned())) }),
        ..Volume::default()
    }
}

fn mount(volume: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    }
}

fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

fn named_port(port: i32) -> ContainerPort {
    ContainerPort { name: Some("screen".to_owned()), container_port: port, ..ContainerPort::default() }
}

/// Looked at each second: a launch waits for it.
fn answers_on(port: i32) -> Probe {
    Probe {
        tcp_socket: Some(TCPSocketAction { host: None, port: IntOrString::Int(port) }),
        period_seconds: Some(1),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}
