//! A session's spec as JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sortie_core::{
    app::{Network, RecordingPolicy, WorkspaceKind},
    spec::{Resources, Spec, Volume},
};

use super::{
    Corrupt, Reading, to_json,
    twin::{ClipboardTwin, DisplayTwin, EgressTwin, EnvTwin, env_pairs, env_twins},
};

const COLUMN: &str = "spec";

#[derive(Serialize, Deserialize)]
struct SpecTwin {
    app_id: String,
    app_name: String,
    image: Option<String>,
    command: Vec<String>,
    args: Vec<String>,
    env: Vec<EnvTwin>,
    network: String,
    egress: Option<EgressTwin>,
    resources: ResourcesTwin,
    window_manager: bool,
    display: Option<DisplayTwin>,
    workspace: String,
    #[serde(default)]
    volume: VolumeTwin,
    #[serde(default)]
    web_port: Option<u16>,
    clipboard: ClipboardTwin,
    recording: String,
    idle_timeout_secs: Option<u64>,
    run_as_root: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct VolumeTwin {
    size: Option<String>,
    class: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ResourcesTwin {
    cpu_request_millis: Option<u64>,
    cpu_limit_millis: Option<u64>,
    memory_request_bytes: Option<u64>,
    memory_limit_bytes: Option<u64>,
}

/// The text of a spec.
pub(crate) fn write(spec: &Spec) -> String {
    let resources = spec.resources;
    to_json(&SpecTwin {
        app_id: spec.app.as_str().to_owned(),
        app_name: spec.app_name.clone(),
        image: spec.image.clone(),
        command: spec.command.clone(),
        args: spec.args.clone(),
        env: env_twins(&spec.env),
        network: spec.network.name().to_owned(),
        egress: spec.egress.as_ref().map(EgressTwin::from),
        resources: ResourcesTwin {
            cpu_request_millis: resources.cpu_request_millis,
            cpu_limit_millis: resources.cpu_limit_millis,
            memory_request_bytes: resources.memory_request_bytes,
            memory_limit_bytes: resources.memory_limit_bytes,
        },
        window_manager: spec.window_manager,
        display: spec.display.as_ref().map(DisplayTwin::from),
        workspace: spec.workspace.name().to_owned(),
        volume: VolumeTwin { size: spec.volume.size.clone(), class: spec.volume.class.clone() },
        web_port: spec.web_port,
        clipboard: spec.clipboard.into(),
        recording: spec.recording.name().to_owned(),
        idle_timeout_secs: spec.idle_timeout.map(|it| it.as_secs()),
        run_as_root: spec.run_as_root,
    })
}

/// The spec of a text.
pub(crate) fn read(reading: Reading<'_>, text: &str) -> Result<Spec, Corrupt> {
    let twin: SpecTwin = reading.json(COLUMN, text)?;
    let unknown = |what: &str| reading.corrupt(COLUMN, format_args!("has an unknown {what}"));
    let resources = twin.resources;
    Ok(Spec {
        app: reading.id(COLUMN, &twin.app_id)?,
        app_name: twin.app_name,
        image: twin.image,
        command: twin.command,
        args: twin.args,
        env: env_pairs(twin.env),
        network: reading.choice(COLUMN, &twin.network, Network::parse)?,
        egress: twin.egress.map(|it| it.into_policy().ok_or_else(|| unknown("egress mode"))).transpose()?,
        resources: Resources {
            cpu_request_millis: resources.cpu_request_millis,
            cpu_limit_millis: resources.cpu_limit_millis,
            memory_request_bytes: resources.memory_request_bytes,
            memory_limit_bytes: resources.memory_limit_bytes,
        },
        window_manager: twin.window_manager,
        display: twin.display.map(|it| it.into_display().ok_or_else(|| unknown("display protocol"))).transpose()?,
        workspace: reading.choice(COLUMN, &twin.workspace, WorkspaceKind::parse)?,
        volume: Volume { size: twin.volume.size, class: twin.volume.class },
        web_port: twin.web_port,
        clipboard: twin.clipboard.into(),
        recording: reading.choice(COLUMN, &twin.recording, RecordingPolicy::parse)?,
        idle_timeout: twin.idle_timeout_secs.map(Duration::from_secs),
        run_as_root: twin.run_as_root,
    })
}
