//! The catalog's entries: what people can launch.

pub mod choice;
pub mod egress;
pub mod quantity;
pub mod rules;
pub mod told;
pub mod workload;

pub use choice::{Display, DisplayProtocol, LaunchType, Network, OsType, RecordingPolicy, Visibility, WorkspaceKind};
pub use egress::{EgressMode, EgressPolicy, EgressRule};

use std::time::Duration;

use crate::{
    id::{AppId, CategoryId, TenantId},
    invalid::Problems,
    spec::{Resources, Spec, Volume},
    time::Timestamp,
};

/// Where a web app serves that names no port.
const DEFAULT_WEB_PORT: u16 = 8080;

/// How many workloads an app may keep ready.
pub const MAX_WARM_POOL: i64 = 20;

/// Which way text may be copied, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clipboard {
    /// From the person's machine into the app.
    pub into_app: bool,
    /// From the app to the person's machine.
    pub out_of_app: bool,
    /// How many bytes may go into the app at once; 0 for the most there is. What comes out is all or nothing, because what an
    /// app sends is forwarded unread.
    pub max_in_bytes: i64,
}

impl Clipboard {
    /// The most bytes that can go into any app at once.
    pub const MAX_IN_BYTES: u32 = 1024 * 1024;

    /// How many bytes may go into the app at once.
    pub fn limit_in(self) -> u32 {
        match u32::try_from(self.max_in_bytes) {
            Ok(bytes @ 1..=Self::MAX_IN_BYTES) => bytes,
            // Nothing was said, or a rule is broken that is younger than the app.
            _ => Self::MAX_IN_BYTES,
        }
    }
}

impl Default for Clipboard {
    /// Both ways: what people expect where no policy says otherwise.
    fn default() -> Self {
        Self { into_app: true, out_of_app: true, max_in_bytes: 0 }
    }
}

/// Requests and limits as their author wrote them, e.g. `500m` and `2Gi`; empty where nothing was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceText {
    /// CPUs that are reserved.
    pub cpu_request: String,
    /// CPUs at most.
    pub cpu_limit: String,
    /// Memory that is reserved.
    pub memory_request: String,
    /// Memory at most.
    pub memory_limit: String,
}

/// What an author says about an app. Kept as written: [`AppFields::validate`] applies the rules on creation and change, and
/// an adopted app that breaks one of today's rules can still be read, shown and mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppFields {
    /// The name on its card.
    pub name: String,
    /// One or two lines.
    pub description: String,
    /// Where a link app leads.
    pub url: String,
    /// The address of an image; may be empty.
    pub icon: String,
    /// The name of its category; may be empty.
    pub category: String,
    /// Who sees it.
    pub visibility: Visibility,
    /// What a click does.
    pub launch_type: LaunchType,
    /// What runs inside.
    pub os_type: OsType,
    /// The image, for runtimes that have images.
    pub container_image: String,
    /// The port on which the image serves; 0 where it does not matter.
    pub container_port: i64,
    /// Arguments that are added to the command or the image's entry point.
    pub container_args: Vec<String>,
    /// The program and its arguments, for runtimes without images.
    pub command: Vec<String>,
    /// Environment variables, in order.
    pub env: Vec<(String, String)>,
    /// Whether it gets a network.
    pub network: Network,
    /// Whether a window manager runs beside it.
    pub window_manager: bool,
    /// Requests and limits.
    pub resources: ResourceText,
    /// Which addresses it may reach.
    pub egress: Option<EgressPolicy>,
    /// How an image with a display of its own shows it.
    pub display: Option<Display>,
    /// Which files it gets.
    pub workspace: WorkspaceKind,
    /// The size of a persistent workspace where the runtime has sizes; may be empty.
    pub workspace_size: String,
    /// The storage class of a persistent workspace where the runtime has classes; may be empty.
    pub workspace_storage_class: String,
    /// Which way the clipboard may go.
    pub clipboard: Clipboard,
    /// Whether it is recorded.
    pub recording: RecordingPolicy,
    /// Whether people without access see its card and may ask for access.
    pub discoverable: bool,
    /// Whether its image may run as root.
    pub run_as_root: bool,
    /// How many of its workloads are kept ready before anybody asks; 0 for none.
    pub warm_pool: i64,
    /// Seconds without input until it expires; 0 for the installation's default.
    pub idle_timeout_secs: i64,
}

impl AppFields {
    /// Applies every rule, and names every field that breaks one.
    pub fn validate(&self) -> Result<(), Problems> {
        Problems::check(rules::broken(self))
    }

    /// The port of the web page that a browser shows; `None` for apps that draw, or that bring a display of their own.
    fn web_port(&self) -> Option<u16> {
        match self.launch_type {
            LaunchType::WebProxy if self.display.is_none() => {
                u16::try_from(self.container_port).ok().filter(|it| *it > 0).or(Some(DEFAULT_WEB_PORT))
            }
            LaunchType::WebProxy | LaunchType::Url | LaunchType::Container => None,
        }
    }
}

/// One entry of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its id: unique in the installation.
    pub id: AppId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its category; `None` where it has none. `fields.category` is the category's name.
    pub category: Option<CategoryId>,
    /// Counts its changes: for compare-and-set.
    pub version: i64,
    /// What its author says.
    pub fields: AppFields,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl App {
    /// Whether a click starts a workload (and not just a link).
    pub fn is_workload(&self) -> bool {
        match self.fields.launch_type {
            LaunchType::Url => false,
            LaunchType::Container | LaunchType::WebProxy => true,
        }
    }

    /// What a launch writes down: the app with typed quantities. Fails for an adopted app that breaks a rule.
    pub fn resolve(&self) -> Result<Spec, Problems> {
        let fields = &self.fields;
        fields.validate()?;
        let text = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        Ok(Spec {
            app: self.id.clone(),
            app_name: fields.name.clone(),
            image: text(&fields.container_image),
            command: fields.command.clone(),
            args: fields.container_args.clone(),
            env: fields.env.clone(),
            network: fields.network,
            egress: fields.egress.clone(),
            resources: Resources {
                cpu_request_millis: quantity::cpu_millis(&fields.resources.cpu_request),
                cpu_limit_millis: quantity::cpu_millis(&fields.resources.cpu_limit),
                memory_request_bytes: quantity::bytes(&fields.resources.memory_request),
                memory_limit_bytes: quantity::bytes(&fields.resources.memory_limit),
            },
            window_manager: fields.window_manager,
            display: fields.display.clone(),
            workspace: fields.workspace,
            volume: Volume { size: text(&fields.workspace_size), class: text(&fields.workspace_storage_class) },
            web_port: fields.web_port(),
            clipboard: fields.clipboard,
            recording: fields.recording,
            idle_timeout: u64::try_from(fields.idle_timeout_secs).ok().filter(|it| *it > 0).map(Duration::from_secs),
            run_as_root: fields.run_as_root,
        })
    }

    /// Remarks that do not forbid anything, for the app's author.
    pub fn hints(&self) -> Vec<String> {
        rules::hints(&self.fields)
    }
}
