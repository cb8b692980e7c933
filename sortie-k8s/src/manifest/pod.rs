//! The pod of a session: the app, and beside it the display where the image brings none.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        Container, ContainerPort, EnvVar, HostAlias, LocalObjectReference, Pod, PodSpec, Probe, ResourceRequirements,
        SecretVolumeSource, TCPSocketAction, Toleration, Volume, VolumeMount,
    },
    apimachinery::pkg::{api::resource::Quantity, util::intstr::IntOrString},
};
use sortie_core::{
    spec::{Resources, Spec},
    workload::{
        WorkloadOrder,
        screen::{COOKIE, HOME, X_COOKIE_FOLDER, X_SOCKETS},
    },
};

use super::{
    files::{self, scratch},
    screen, screen_annotations, screen_port,
    security::{self, RunAs},
};
use crate::{identity, names, settings::Settings};

/// The container of the app.
pub(crate) const APP: &str = "app";
/// The taints of a node that is gone or may be, and how long its pods wait for it to come back. Without these lines it would be
/// five minutes before anybody is told.
const LOST_NODE: [&str; 2] = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const LOST_NODE_SECONDS: i64 = 60;
/// A workload that is told to end gets this long.
const GRACE_SECONDS: i64 = 5;

/// The pod that fulfils an order.
pub(crate) fn pod(order: &WorkloadOrder, settings: &Settings) -> Pod {
    let spec = &order.spec;
    let mut metadata = identity::metadata(names::pod(&order.labels.session), order);
    metadata.annotations.get_or_insert_default().extend(screen_annotations(spec));
    Pod {
        metadata,
        spec: Some(PodSpec {
            containers: vec![app(order, settings)],
            init_containers: screen::sidecar(order, settings).map(|it| vec![it]),
            volumes: Some(volumes(order, settings)),
            restart_policy: Some("Never".to_owned()),
            termination_grace_period_seconds: Some(GRACE_SECONDS),
            active_deadline_seconds: active_deadline(order, settings),
            automount_service_account_token: Some(false),
            enable_service_links: Some(false),
            host_users: settings.user_namespaces.then_some(false),
            hostname: Some("session".to_owned()),
            host_aliases: (!settings.host_aliases.is_empty()).then(|| host_aliases(settings)),
            image_pull_secrets: (!settings.pull_secrets.is_empty())
                .then(|| settings.pull_secrets.iter().map(|it| LocalObjectReference { name: it.clone() }).collect()),
            node_selector: (!settings.node_selector.is_empty()).then(|| settings.node_selector.clone()),
            tolerations: Some(tolerations(settings)),
            runtime_class_name: settings.runtime_class.clone(),
            security_context: Some(security::of_pod(run_as(&order.spec))),
            ..PodSpec::default()
        }),
        status: None,
    }
}

/// The hard limit, kept by the cluster even while Sortie is away. The time of a warm pod begins when somebody takes it, which the
/// cluster does not know: Sortie alone keeps it there.
fn active_deadline(order: &WorkloadOrder, settings: &Settings) -> Option<i64> {
    let limit = settings.active_deadline.filter(|_| !order.is_warm)?;
    i64::try_from(limit.as_secs()).ok()
}

fn app(order: &WorkloadOrder, settings: &Settings) -> Container {
    let spec = &order.spec;
    let own_display = spec.display.is_some();
    let draws = !own_display && spec.web_port.is_none();
    let mut env = vec![variable("HOME", HOME)];
    let mut mounts = vec![
        mount("workspace", "/workspace", false),
        mount("home", HOME, false),
        mount("workspace", "/home/user/workspace", false),
        mount("tmp", "/tmp", false),
    ];
    if draws {
        env.push(variable("DISPLAY", sortie_core::workload::screen::DISPLAY));
        env.push(variable("XAUTHORITY", &format!("{X_COOKIE_FOLDER}/{COOKIE}")));
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
        resources: Some(resources(&spec.resources, settings)),
        security_context: Some(security::of_container()),
        volume_mounts: Some(mounts),
        ..Container::default()
    }
}

fn volumes(order: &WorkloadOrder, settings: &Settings) -> Vec<Volume> {
    let mut volumes = vec![files::volume(order, settings), scratch("home", "1Gi"), scratch("tmp", "1Gi")];
    if order.spec.display.is_none() {
        let room = if order.spec.web_port.is_some() { screen::BROWSER_ROOM } else { "64Mi" };
        volumes.extend([scratch("x11", "1Mi"), scratch("cookie", "1Mi"), scratch("display-tmp", room)]);
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
        (false, None) if spec.web_port.is_some() => RunAs::Image,
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
    let said: Vec<Toleration> = settings.tolerations.iter().map(of).collect();
    let lost = LOST_NODE.into_iter().filter(|key| !said.iter().any(|it| it.key.as_deref() == Some(*key)));
    let lost = lost.map(|key| Toleration {
        key: Some(key.to_owned()),
        operator: Some("Exists".to_owned()),
        effect: Some("NoExecute".to_owned()),
        toleration_seconds: Some(LOST_NODE_SECONDS),
        ..Toleration::default()
    });
    let lost: Vec<Toleration> = lost.collect();
    said.into_iter().chain(lost).collect()
}

/// One entry for each address: its names belong together.
fn host_aliases(settings: &Settings) -> Vec<HostAlias> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (address, name) in &settings.host_aliases {
        names.entry(address.to_string()).or_default().push(name.clone());
    }
    names.into_iter().map(|(ip, names)| HostAlias { ip, hostnames: Some(names) }).collect()
}

/// What the app wants, and what every app is given: of such things a limit is a request, too.
fn resources(wanted: &Resources, settings: &Settings) -> ResourceRequirements {
    let list = |millis: Option<u64>, bytes: Option<u64>| {
        let mut list = BTreeMap::new();
        if let Some(millis) = millis {
            list.insert("cpu".to_owned(), Quantity(format!("{millis}m")));
        }
        if let Some(bytes) = bytes {
            list.insert("memory".to_owned(), Quantity(bytes.to_string()));
        }
        list
    };
    let extra = settings.extra_resources.iter().map(|(name, amount)| (name.clone(), Quantity(amount.clone())));
    let mut limits = list(wanted.cpu_limit_millis, wanted.memory_limit_bytes);
    limits.extend(extra);
    ResourceRequirements {
        requests: Some(list(wanted.cpu_request_millis, wanted.memory_request_bytes)),
        limits: Some(limits),
        claims: None,
    }
}

pub(super) fn mount(volume: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    }
}

pub(super) fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

pub(super) fn named_port(port: i32) -> ContainerPort {
    ContainerPort { name: Some("screen".to_owned()), container_port: port, ..ContainerPort::default() }
}

/// Looked at each second: a launch waits for it.
pub(super) fn answers_on(port: i32) -> Probe {
    Probe {
        tcp_socket: Some(TCPSocketAction { host: None, port: IntOrString::Int(port) }),
        period_seconds: Some(1),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}
