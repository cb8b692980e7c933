//! Apps as they are written: by people through the interface, and in seed files.

use serde::Deserialize;
use sortie_core::{
    app::{
        AppFields, Clipboard, Display, DisplayProtocol, EgressMode, EgressPolicy, EgressRule, LaunchType, Network,
        OsType, RecordingPolicy, ResourceText, Visibility, WorkspaceKind,
    },
    invalid::{Invalid, Problems},
};
use utoipa::ToSchema;

use super::{ClipboardBody, DisplayBody, EgressPolicyBody, EnvVar, ResourceLimits, WorkspaceBody};
use crate::wire::or_default;

/// An app as its author writes it. Unknown fields are ignored, and so are those that only the server sets.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AppBody {
    /// The id of a new app: a slug.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    description: String,
    #[serde(deserialize_with = "or_default")]
    url: String,
    #[serde(deserialize_with = "or_default")]
    icon: String,
    #[serde(deserialize_with = "or_default")]
    category: String,
    #[serde(deserialize_with = "or_default")]
    visibility: String,
    #[serde(deserialize_with = "or_default")]
    launch_type: String,
    #[serde(deserialize_with = "or_default")]
    os_type: String,
    #[serde(deserialize_with = "or_default")]
    container_image: String,
    #[serde(deserialize_with = "or_default")]
    container_port: i64,
    #[serde(deserialize_with = "or_default")]
    container_args: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    command: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    env: Vec<EnvVar>,
    #[serde(deserialize_with = "or_default")]
    network: String,
    #[serde(deserialize_with = "or_default")]
    window_manager: bool,
    #[serde(deserialize_with = "or_default")]
    resource_limits: ResourceLimits,
    egress_policy: Option<EgressPolicyBody>,
    display: Option<DisplayBody>,
    workspace: Option<WorkspaceBody>,
    clipboard: Option<ClipboardBody>,
    #[serde(deserialize_with = "or_default")]
    recording_policy: String,
    #[serde(deserialize_with = "or_default")]
    discoverable: bool,
    #[serde(deserialize_with = "or_default")]
    run_as_root: bool,
    #[serde(deserialize_with = "or_default")]
    warm_pool: i64,
    #[serde(deserialize_with = "or_default")]
    idle_timeout: i64,
}

/// Reads names and collects those that nobody knows.
#[derive(Default)]
struct Choices(Vec<Invalid>);

impl Choices {
    /// An empty name is the default.
    fn pick<T: Default>(&mut self, field: &str, name: &str, parse: fn(&str) -> Option<T>, known: &[&str]) -> T {
        if name.is_empty() {
            return T::default();
        }
        parse(name).unwrap_or_else(|| {
            self.0.push(Invalid::new(field, format!("must be one of {}", known.join(", "))));
            T::default()
        })
    }
}

macro_rules! names {
    ($type:ident) => {
        &$type::ALL.iter().map(|it| it.name()).collect::<Vec<_>>()
    };
}

impl AppBody {
    /// The same, typed. What the domain's rules say about it is asked later; names that nobody knows are refused here, together
    /// with every broken rule, so that an author hears everything at once.
    pub fn into_fields(self) -> Result<AppFields, Problems> {
        let mut choices = Choices::default();
        let fields = AppFields {
            visibility: choices.pick("visibility", &self.visibility, Visibility::parse, names!(Visibility)),
            launch_type: choices.pick("launch_type", &self.launch_type, LaunchType::parse, names!(LaunchType)),
            os_type: choices.pick("os_type", &self.os_type, OsType::parse, names!(OsType)),
            network: choices.pick("network", &self.network, Network::parse, names!(Network)),
            recording: choices.pick(
                "recording_policy",
                &self.recording_policy,
                RecordingPolicy::parse,
                names!(RecordingPolicy),
            ),
            workspace: self.workspace.as_ref().map_or_else(WorkspaceKind::default, |it| {
                choices.pick("workspace.kind", &it.kind, WorkspaceKind::parse, names!(WorkspaceKind))
            }),
            display: self.display.map(|it| display(&mut choices, it)),
            egress: self.egress_policy.map(|it| egress(&mut choices, it)),
            name: self.name,
            description: self.description,
            url: self.url,
            icon: self.icon,
            category: self.category,
            container_image: self.container_image,
            container_port: self.container_port,
            container_args: self.container_args,
            command: self.command,
            env: self.env.into_iter().map(|it| (it.name, it.value)).collect(),
            window_manager: self.window_manager,
            resources: resources(self.resource_limits),
            workspace_size: self.workspace.as_ref().map(|it| it.size.clone()).unwrap_or_default(),
            workspace_storage_class: self.workspace.map(|it| it.storage_class).unwrap_or_default(),
            clipboard: self
                .clipboard
                .map(|it| Clipboard { into_app: it.into_app, out_of_app: it.out_of_app, max_in_bytes: it.max_in_bytes })
                .unwrap_or_default(),
            discoverable: self.discoverable,
            run_as_root: self.run_as_root,
            warm_pool: self.warm_pool,
            idle_timeout_secs: self.idle_timeout,
        };
        let mut broken = choices.0;
        if !broken.is_empty() {
            broken.extend(fields.validate().err().iter().flat_map(Problems::list).cloned());
        }
        Problems::check(broken)?;
        Ok(fields)
    }
}

fn resources(said: ResourceLimits) -> ResourceText {
    let ResourceLimits { cpu_request, cpu_limit, memory_request, memory_limit } = said;
    ResourceText { cpu_request, cpu_limit, memory_request, memory_limit }
}

fn display(choices: &mut Choices, said: DisplayBody) -> Display {
    let protocol = choices.pick("display.protocol", &said.protocol, DisplayProtocol::parse, names!(DisplayProtocol));
    Display { protocol, port: said.port, path: said.path }
}

fn egress(choices: &mut Choices, said: EgressPolicyBody) -> EgressPolicy {
    let mode = EgressMode::parse(&said.mode).unwrap_or_else(|| {
        choices.0.push(Invalid::new("egress_policy.mode", "must be one of allowlist, denylist"));
        EgressMode::Allowlist
    });
    let rules = said.rules.into_iter();
    let rules = rules.map(|it| EgressRule { cidr: it.cidr, port: it.port, protocol: it.protocol }).collect();
    EgressPolicy { mode, rules }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<AppFields, Problems> {
        serde_json::from_str::<AppBody>(json).unwrap().into_fields()
    }

    #[test]
    fn null_is_what_is_not_said_and_unknown_fields_are_ignored() {
        let fields = read(r#"{"name":"x","env":null,"description":null,"container_port":null,"from_2019":1}"#).unwrap();
        assert_eq!((fields.name.as_str(), fields.env.len(), fields.container_port), ("x", 0, 0));
    }

    #[test]
    fn unknown_names_are_told_together_with_broken_rules() {
        let problems = read(r#"{"name":"","visibility":"secret","launch_type":"teleport"}"#).unwrap_err();
        let fields: Vec<_> = problems.list().iter().map(|it| it.field.as_str()).collect();
        assert!(fields.starts_with(&["visibility", "launch_type"]) && fields.contains(&"name"), "{fields:?}");
    }
}
