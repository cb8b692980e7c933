//! How one service runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

/// How one service runs. Made by reading a document only, so that its rules hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceConfig {
    /// The image, as the engine is asked for it.
    pub image: String,
    /// The program and its arguments instead of the image's; empty for the image's.
    pub command: Vec<String>,
    /// What runs before it, instead of the image's; empty for the image's.
    pub entrypoint: Vec<String>,
    /// Ports of the machine that lead into it.
    pub ports: Vec<Port>,
    /// Its environment.
    pub environment: BTreeMap<String, EnvValue>,
    /// What is mounted into it.
    pub volumes: Vec<Mount>,
    /// The app's networks that it joins; never empty.
    pub networks: Vec<String>,
    /// What becomes of it when it ends.
    pub restart: Restart,
    /// Labels of its container beside ours.
    pub labels: BTreeMap<String, String>,
    /// What it may use.
    pub resources: ServiceResources,
    /// How it is asked whether it is well.
    pub probe: Option<Probe>,
    /// Services of the same app that must be well before it starts.
    pub depends_on: Vec<String>,
    /// How a new version takes the old one's place.
    pub update: UpdateStrategy,
    /// How long it may take to stop before it is killed.
    pub stop_timeout: Duration,
}

impl ServiceConfig {
    /// The names of the secrets that its environment needs, each once.
    pub fn secret_names(&self) -> BTreeSet<&str> {
        let named = self.environment.values().filter_map(|it| match it {
            EnvValue::Secret { name, .. } => Some(name.as_str()),
            EnvValue::Text(_) => None,
        });
        named.collect()
    }
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// As it is written.
    Text(String),
    /// A secret that is kept apart from every state.
    Secret {
        /// Its name.
        name: String,
        /// How often it was set, as far as that is known; nothing says 0. A container is made anew when it grows.
        revision: u64,
    },
}

/// A port of the machine that leads into a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The machine's address; empty for all of them.
    pub address: String,
    /// The machine's port.
    pub host: u16,
    /// The container's.
    pub container: u16,
    /// Datagrams instead of connections.
    pub udp: bool,
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.address.contains(':') {
            write!(f, "[{}]:", self.address)?;
        } else if !self.address.is_empty() {
            write!(f, "{}:", self.address)?;
        }
        write!(f, "{}:{}{}", self.host, self.container, if self.udp { "/udp" } else { "" })
    }
}

/// Where a mount comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A volume of the app's own.
    Volume(String),
    /// A path of the machine.
    Path(String),
}

/// What is mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// From where.
    pub source: Source,
    /// To which path.
    pub target: String,
    /// Whether it cannot be written.
    pub read_only: bool,
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Source::Volume(source) | Source::Path(source)) = &self.source;
        write!(f, "{source}:{}{}", self.target, if self.read_only { ":ro" } else { "" })
    }
}

/// What becomes of a service that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// It has done its work.
    Never,
    /// It has, unless it failed.
    OnFailure,
    /// It runs again, also after the machine started.
    Always,
    /// The same; the engine leaves it stopped after a start of the machine if it was stopped before. Sortie starts it anyway.
    UnlessStopped,
}

impl Restart {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Never, Self::OnFailure, Self::Always, Self::UnlessStopped];

    /// The name, as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "no",
            Self::OnFailure => "on-failure",
            Self::Always => "always",
            Self::UnlessStopped => "unless-stopped",
        }
    }

    /// Whether a service that ended with this code has done its work.
    pub fn is_content_with(self, code: i64) -> bool {
        match self {
            Self::Never => true,
            Self::OnFailure => code == 0,
            Self::Always | Self::UnlessStopped => false,
        }
    }
}

/// What a service may use; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceResources {
    /// Thousandths of a CPU.
    pub cpu_millis: Option<u64>,
    /// Bytes.
    pub memory_bytes: Option<u64>,
}

/// How a service is asked whether it is well. Sortie asks, not the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What is asked.
    pub question: Question,
    /// How often.
    pub interval: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How many bad answers in a row make it unwell.
    pub retries: u32,
    /// For how long after its start bad answers do not count.
    pub start_period: Duration,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Does this command in the container end with 0?
    Command(Vec<String>),
    /// Does something accept connections at this port of the container?
    Tcp(u16),
    /// Does this path answer with 200 to 399?
    Http {
        /// The container's port.
        port: u16,
        /// The path.
        path: String,
    },
}

/// How a new version takes the old one's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStrategy {
    /// The old one goes first.
    StopFirst,
    /// The new one must be well first; if it does not get well, the old one stays.
    StartFirst,
}

impl UpdateStrategy {
    /// Every strategy.
    pub const ALL: [Self; 2] = [Self::StopFirst, Self::StartFirst];

    /// The name, as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::StopFirst => "stop-first",
            Self::StartFirst => "start-first",
        }
    }
}

impl ServiceConfig {
    /// Writes it as it is read.
    pub fn write(&self) -> super::Node {
        super::write::config(self)
    }
}
