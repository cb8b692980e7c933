//! Apps: what is sent. What is taken is in [`body`].

pub mod answer;
pub mod body;

pub use answer::AppsAnswer;
pub use body::AppBody;

use serde::{Deserialize, Serialize};
use sortie_control::catalog::{AppView, Seen};
use sortie_core::app::{App, AppFields, WorkspaceKind};
use utoipa::ToSchema;

use super::{names, or_default, rfc3339};

/// One environment variable.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
}

/// Requests and limits, e.g. `500m` and `2Gi`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ResourceLimits {
    /// CPUs that are reserved.
    #[serde(deserialize_with = "or_default")]
    pub cpu_request: String,
    /// CPUs at most.
    #[serde(deserialize_with = "or_default")]
    pub cpu_limit: String,
    /// Memory that is reserved.
    #[serde(deserialize_with = "or_default")]
    pub memory_request: String,
    /// Memory at most.
    #[serde(deserialize_with = "or_default")]
    pub memory_limit: String,
}

/// One rule about addresses.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EgressRuleBody {
    /// A network such as `10.0.0.0/8`.
    pub cidr: String,
    /// A port; 0 for every port.
    #[serde(default, deserialize_with = "or_default")]
    pub port: i64,
    /// `TCP` or `UDP`; empty for both.
    #[serde(default, deserialize_with = "or_default")]
    pub protocol: String,
}

/// Which addresses the app may reach.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EgressPolicyBody {
    /// `allowlist` or `denylist`.
    #[schema(value_type = names::EgressModeName)]
    pub mode: String,
    /// The rules.
    #[serde(default, deserialize_with = "or_default")]
    pub rules: Vec<EgressRuleBody>,
}

/// How an image with a display of its own shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DisplayBody {
    /// `vnc` or `websocket`.
    #[schema(value_type = names::DisplayProtocolName)]
    pub protocol: String,
    /// The port.
    pub port: u16,
    /// The WebSocket's path.
    #[serde(default, deserialize_with = "or_default")]
    pub path: String,
}

/// Which files the app gets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceBody {
    /// `ephemeral` or `persistent`.
    #[schema(value_type = names::WorkspaceKindName)]
    pub kind: String,
    /// The size where the runtime has sizes.
    #[serde(default, deserialize_with = "or_default")]
    pub size: String,
    /// The storage class where the runtime has classes.
    #[serde(default, deserialize_with = "or_default")]
    pub storage_class: String,
}

/// Which way text may be copied, and how much of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClipboardBody {
    /// Into the app.
    #[serde(rename = "in")]
    pub into_app: bool,
    /// Out of the app.
    #[serde(rename = "out")]
    pub out_of_app: bool,
    /// The most bytes into the app at once: 1 to 1048576; 0 for 1048576. What comes out of it has no limit of its own.
    #[serde(default)]
    pub max_in_bytes: i64,
}

impl From<sortie_core::app::Clipboard> for ClipboardBody {
    fn from(clipboard: sortie_core::app::Clipboard) -> Self {
        Self { into_app: clipboard.into_app, out_of_app: clipboard.out_of_app, max_in_bytes: clipboard.max_in_bytes }
    }
}

/// A code and a sentence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeAndMessage {
    /// Stable, for programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// What strangers see of an app.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicApp {
    id: String,
    name: String,
    description: String,
    icon: String,
    category: String,
    #[schema(value_type = names::LaunchTypeName)]
    launch_type: &'static str,
    #[schema(value_type = names::OsTypeName)]
    os_type: &'static str,
    #[schema(value_type = names::VisibilityName)]
    visibility: &'static str,
}

impl From<&App> for PublicApp {
    fn from(app: &App) -> Self {
        let fields = &app.fields;
        Self {
            id: app.id.to_string(),
            name: fields.name.clone(),
            description: fields.description.clone(),
            icon: fields.icon.clone(),
            category: fields.category.clone(),
            launch_type: fields.launch_type.name(),
            os_type: fields.os_type.name(),
            visibility: fields.visibility.name(),
        }
    }
}

/// The anonymous catalog in its older shape.
#[derive(Serialize, ToSchema)]
pub struct PublicApps {
    /// The apps.
    pub applications: Vec<PublicApp>,
}

/// An app as somebody sees it who is signed in.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has one field per switch")]
pub struct AppOut {
    #[serde(flatten)]
    public: PublicApp,
    url: String,
    container_image: String,
    container_port: i64,
    container_args: Vec<String>,
    command: Vec<String>,
    env: Vec<EnvVar>,
    #[schema(value_type = names::NetworkName)]
    network: &'static str,
    window_manager: bool,
    resource_limits: ResourceLimits,
    #[schema(required)]
    egress_policy: Option<EgressPolicyBody>,
    #[schema(required)]
    display: Option<DisplayBody>,
    #[schema(required)]
    workspace: Option<WorkspaceBody>,
    clipboard: ClipboardBody,
    #[schema(value_type = names::RecordingPolicyName)]
    recording_policy: &'static str,
    discoverable: bool,
    run_as_root: bool,
    /// How many of its workloads are kept ready before anybody asks.
    warm_pool: i64,
    /// Seconds; 0 for the installation's default.
    idle_timeout: i64,
    #[schema(required)]
    category_id: Option<String>,
    tenant_id: String,
    version: i64,
    created_at: String,
    updated_at: String,
    can_launch: bool,
    #[schema(required)]
    unavailable: Option<CodeAndMessage>,
    hints: Vec<String>,
    /// Whether one may ask for access.
    request_access: bool,
    /// The newest request for access.
    #[schema(required)]
    access_request: Option<RequestRef>,
}

/// A request for access, in short.
#[derive(Serialize, ToSchema)]
pub struct RequestRef {
    id: String,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    #[schema(value_type = names::RequestStatusName)]
    status: &'static str,
}

impl AppOut {
    /// What the viewer sees of it: image, command and environment may hold what is no business of others, and a card says
    /// nothing but what makes it one.
    pub fn new(view: &AppView) -> Self {
        let app = &view.app;
        let nothing = AppFields::default();
        let hidden = AppFields { url: app.fields.url.clone(), ..AppFields::default() };
        let (fields, inner) = match view.seen {
            Seen::Configured => (&app.fields, &app.fields),
            Seen::Used => (&app.fields, &hidden),
            Seen::Card => (&nothing, &nothing),
        };
        Self {
            public: PublicApp::from(app),
            url: inner.url.clone(),
            container_image: inner.container_image.clone(),
            container_port: inner.container_port,
            container_args: inner.container_args.clone(),
            command: inner.command.clone(),
            env: inner.env.iter().map(|(name, value)| EnvVar { name: name.clone(), value: value.clone() }).collect(),
            network: fields.network.name(),
            window_manager: fields.window_manager,
            resource_limits: resource_limits(inner),
            egress_policy: egress_policy(inner),
            display: inner.display.as_ref().map(|it| DisplayBody {
                protocol: it.protocol.name().to_owned(),
                port: it.port,
                path: it.path.clone(),
            }),
            workspace: workspace(fields),
            clipboard: fields.clipboard.into(),
            recording_policy: fields.recording.name(),
            discoverable: app.fields.discoverable,
            run_as_root: fields.run_as_root,
            warm_pool: inner.warm_pool,
            idle_timeout: fields.idle_timeout_secs,
            category_id: app.category.as_ref().map(ToString::to_string),
            tenant_id: app.tenant.to_string(),
            version: app.version,
            created_at: rfc3339(app.created_at),
            updated_at: rfc3339(app.updated_at),
            can_launch: view.can_launch,
            unavailable: view
                .unavailable
                .as_ref()
                .filter(|_| view.seen != Seen::Card)
                .map(|it| CodeAndMessage { code: it.code.clone(), message: it.message.clone() }),
            hints: if view.seen == Seen::Configured { view.hints.clone() } else { Vec::new() },
            request_access: view.can_request,
            access_request: view
                .request
                .as_ref()
                .map(|(id, status)| RequestRef { id: id.to_string(), status: status.name() }),
        }
    }
}

fn resource_limits(fields: &AppFields) -> ResourceLimits {
    let said = &fields.resources;
    ResourceLimits {
        cpu_request: said.cpu_request.clone(),
        cpu_limit: said.cpu_limit.clone(),
        memory_request: said.memory_request.clone(),
        memory_limit: said.memory_limit.clone(),
    }
}

fn egress_policy(fields: &AppFields) -> Option<EgressPolicyBody> {
    fields.egress.as_ref().map(|policy| EgressPolicyBody {
        mode: policy.mode.name().to_owned(),
        rules: policy
            .rules
            .iter()
            .map(|it| EgressRuleBody { cidr: it.cidr.clone(), port: it.port, protocol: it.protocol.clone() })
            .collect(),
    })
}

fn workspace(fields: &AppFields) -> Option<WorkspaceBody> {
    let plain = fields.workspace == WorkspaceKind::default()
        && fields.workspace_size.is_empty()
        && fields.workspace_storage_class.is_empty();
    (!plain).then(|| WorkspaceBody {
        kind: fields.workspace.name().to_owned(),
        size: fields.workspace_size.clone(),
        storage_class: fields.workspace_storage_class.clone(),
    })
}
