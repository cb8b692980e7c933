//! From an order to the two containers that fulfil it. Pure: the same order makes the same containers.
//!
//! The screen's container comes first. It has no network, and the app's container lives in that same nothing: they see each
//! other's ports, and nobody else's. The screen shows itself as a Unix socket in a folder that only it and the server share.

use std::{collections::HashMap, path::Path};

use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigLogConfig, Mount, MountType, RestartPolicy, RestartPolicyNameEnum,
};
use sortie_core::{
    app::Network,
    spec::{Resources, Spec},
    workload::{
        WorkloadOrder,
        screen::{self, COOKIE, DISPLAY, HOME, SECRETS, X_COOKIE_FOLDER, X_SOCKETS},
    },
};

use super::{
    folder::{Folder, Record, SHOWS, SOCKET},
    labels,
    settings::ContainerSettings,
    user::User,
};

/// The folder with the screen's socket, in the screen's container.
const SCREEN_FOLDER: &str = "/run/sortie/screen";
/// What the display's image runs instead of a display, for an app that has its own.
const FORWARD: &str = "/usr/local/bin/forward-screen";
/// What one container may write to its log; older lines go.
const LOG_SIZE: &str = "1m";
const MIB: u64 = 1024 * 1024;

/// Whose folder, whose files, on whose behalf.
pub(super) struct Stage<'a> {
    pub(super) order: &'a WorkloadOrder,
    pub(super) folder: &'a Folder,
    pub(super) record: &'a Record,
    pub(super) settings: &'a ContainerSettings,
    pub(super) user: User,
}

/// The image whose container shows the screen.
pub(super) fn screen_image<'a>(spec: &Spec, settings: &'a ContainerSettings) -> &'a str {
    if is_browser(spec) { &settings.browser_image } else { &settings.display_image }
}

/// Whether the image runs as its own user: with a display or a service of its own it is built around one.
pub(super) fn runs_as_its_user(spec: &Spec) -> bool {
    spec.display.is_some() || spec.web_port.is_some()
}

fn is_browser(spec: &Spec) -> bool {
    spec.display.is_none() && spec.web_port.is_some()
}

/// The X display, with or without a browser on it, or a forwarder to the display of the app's own.
pub(super) fn screen(stage: &Stage<'_>) -> ContainerCreateBody {
    let (order, folder, spec) = (stage.order, stage.folder, &stage.order.spec);
    let mut env = screen::environment(order);
    env.push(("SORTIE_SCREEN_SOCKET", format!("{SCREEN_FOLDER}/{SOCKET}")));
    env.push(("SORTIE_BROWSER_SHOWS", format!("{SCREEN_FOLDER}/{SHOWS}")));
    env.extend(spec.display.as_ref().map(|it| ("SORTIE_FORWARD_PORT", it.port.to_string())));
    let mounts = vec![
        bind(&stage.record.screen_folder(), SCREEN_FOLDER, false),
        bind(&folder.file("secrets"), SECRETS, true),
        bind(&folder.file("x"), X_SOCKETS, false),
        bind(&folder.file("cookie"), X_COOKIE_FOLDER, false),
        bind(&folder.file("display-tmp"), "/tmp", false),
    ];
    let limits = if is_browser(spec) {
        Resources { cpu_limit_millis: Some(1000), memory_limit_bytes: Some(1024 * MIB), ..Resources::default() }
    } else {
        Resources { cpu_limit_millis: Some(500), memory_limit_bytes: Some(512 * MIB), ..Resources::default() }
    };
    ContainerCreateBody {
        image: Some(screen_image(spec, stage.settings).to_owned()),
        hostname: Some("session".to_owned()),
        user: Some(stage.user.written()),
        entrypoint: spec.display.is_some().then(|| vec![FORWARD.to_owned()]),
        env: Some(env.into_iter().map(|(name, value)| format!("{name}={value}")).collect()),
        labels: Some(labels::written(&order.labels)),
        host_config: Some(HostConfig {
            network_mode: Some(if shows_over_network(spec) { "host" } else { "none" }.to_owned()),
            ipc_mode: Some("shareable".to_owned()),
            mounts: Some(mounts),
            ..contained(limits, stage.settings)
        }),
        ..ContainerCreateBody::default()
    }
}

/// An app on the host's network that listens at a port: there it must be looked for.
fn shows_over_network(spec: &Spec) -> bool {
    spec.network == Network::Host && runs_as_its_user(spec)
}

/// The app.
pub(super) fn app(stage: &Stage<'_>) -> ContainerCreateBody {
    let (order, folder, spec) = (stage.order, stage.folder, &stage.order.spec);
    let screen = format!("container:{}", labels::screen(&order.labels.session));
    let mut env = vec![("HOME".to_owned(), HOME.to_owned())];
    let home = &stage.record.home;
    let mut mounts = vec![
        bind(home, HOME, false),
        bind(&home.join("workspace"), "/workspace", false),
        bind(&folder.file("tmp"), "/tmp", false),
    ];
    if !runs_as_its_user(spec) {
        env.push(("DISPLAY".to_owned(), DISPLAY.to_owned()));
        env.push(("XAUTHORITY".to_owned(), format!("{X_COOKIE_FOLDER}/{COOKIE}")));
        mounts.push(bind(&folder.file("x"), X_SOCKETS, true));
        mounts.push(bind(&folder.file("cookie"), X_COOKIE_FOLDER, true));
    }
    env.extend(spec.env.iter().cloned());
    let user = match (spec.run_as_root, runs_as_its_user(spec)) {
        (true, _) => Some("0:0".to_owned()),
        (false, true) => None,
        (false, false) => Some(stage.user.written()),
    };
    let some = |argv: &Vec<String>| (!argv.is_empty()).then(|| argv.clone());
    ContainerCreateBody {
        image: spec.image.clone(),
        user,
        entrypoint: some(&spec.command),
        cmd: some(&spec.args),
        env: Some(env.into_iter().map(|(name, value)| format!("{name}={value}")).collect()),
        labels: Some(labels::written(&order.labels)),
        host_config: Some(HostConfig {
            network_mode: Some(if spec.network == Network::Host { "host".to_owned() } else { screen.clone() }),
            // Shared memory is how X programs hand over pictures.
            ipc_mode: Some(screen),
            mounts: Some(mounts),
            ..contained(spec.resources.or(stage.settings.default_limits), stage.settings)
        }),
        ..ContainerCreateBody::default()
    }
}

/// What holds for both: no rights, a root that cannot be written, limits.
fn contained(limits: Resources, settings: &ContainerSettings) -> HostConfig {
    let whole = |amount: Option<u64>| amount.and_then(|it| i64::try_from(it).ok());
    HostConfig {
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        readonly_rootfs: Some(true),
        pids_limit: Some(settings.max_pids),
        memory: whole(limits.memory_limit_bytes),
        // The same again: no swap.
        memory_swap: whole(limits.memory_limit_bytes),
        memory_reservation: whole(limits.memory_request_bytes),
        nano_cpus: whole(limits.cpu_limit_millis.and_then(|it| it.checked_mul(1_000_000))),
        restart_policy: Some(RestartPolicy { name: Some(RestartPolicyNameEnum::NO), maximum_retry_count: None }),
        log_config: Some(HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(HashMap::from([("max-size".to_owned(), LOG_SIZE.to_owned())])),
        }),
        ..HostConfig::default()
    }
}

fn bind(from: &Path, to: &str, read_only: bool) -> Mount {
    Mount {
        source: Some(from.to_string_lossy().into_owned()),
        target: Some(to.to_owned()),
        typ: Some(MountType::BIND),
        read_only: Some(read_only),
        ..Mount::default()
    }
}
