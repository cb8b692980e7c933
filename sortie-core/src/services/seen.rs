//! What an engine shows: always the whole of what is ours, or an error.

use std::{collections::BTreeSet, time::Duration};

use super::{
    config::ServiceConfig,
    memory::Rules,
    target::{AppNumber, Key, engine_name},
};
use crate::time::Timestamp;

/// Everything of ours that an engine holds. What has no label of ours is not in it, so that no plan can touch it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Containers.
    pub containers: Vec<Container>,
    /// Volumes.
    pub volumes: Vec<Owned>,
    /// Networks; a name stands twice where the engine has two of it.
    pub networks: Vec<Owned>,
    /// Which of the images that were asked about the engine has.
    pub images: BTreeSet<String>,
    /// Images that were downloaded for services and may be removed when nothing needs them.
    pub downloaded: BTreeSet<String>,
}

/// Something of ours with a name: a volume or a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    /// Whose it is.
    pub app: AppNumber,
    /// Its name in the engine.
    pub name: String,
}

/// One container of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The engine's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which service it runs.
    pub key: Key,
    /// The app's name when it was made.
    pub app_name: String,
    /// The service's name when it was made.
    pub service_name: String,
    /// The image, as it was asked for.
    pub image: String,
    /// What it was made from.
    pub fingerprint: String,
    /// What it does.
    pub state: ContainerState,
    /// When it was started last.
    pub started_at: Option<Timestamp>,
    /// How often the engine started it again by itself, as it counts.
    pub restarts: u32,
    /// The engine's names of the networks of ours that it is in.
    pub networks: Vec<String>,
    /// What Sortie's probes say.
    pub health: Health,
}

/// What a container does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    /// Made, and not started yet.
    Created,
    /// It runs.
    Running,
    /// It died and the engine is about to start it again.
    Restarting,
    /// It is frozen.
    Paused,
    /// It is on its way out.
    Leaving,
    /// It ended.
    Exited(i64),
    /// The engine cannot use it any more.
    Dead,
}

impl ContainerState {
    /// The name in the documents' states.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Created | Self::Restarting => "starting",
            Self::Running => "running",
            Self::Leaving => "stopping",
            Self::Paused | Self::Exited(_) | Self::Dead => "stopped",
        }
    }
}

/// What probes say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Nothing was asked.
    #[default]
    Unasked,
    /// It has not answered well yet, and may still.
    Waiting,
    /// It is well.
    Healthy,
    /// It is not, with the last answer.
    Unhealthy(String),
}

impl Container {
    /// Whether it does something now.
    pub fn is_up(&self) -> bool {
        matches!(self.state, ContainerState::Running | ContainerState::Restarting | ContainerState::Paused)
    }

    /// Whether it runs in all its networks and, where it is asked, is well.
    pub fn is_well(&self, config: &ServiceConfig) -> bool {
        let answers = config.probe.is_none() || self.health == Health::Healthy;
        self.state == ContainerState::Running && self.missing_network(config).is_none() && answers
    }

    /// The engine's name of a network that it should be in and is not: somebody took it out, or the engine lost the network.
    pub fn missing_network(&self, config: &ServiceConfig) -> Option<String> {
        config.networks.iter().map(|it| engine_name(self.key.app, it)).find(|it| !self.networks.contains(it))
    }

    /// Whether it has run well for long enough to be called applied.
    pub fn is_settled(&self, config: &ServiceConfig, rules: &Rules, now: Timestamp) -> bool {
        self.is_well(config) && (config.probe.is_some() || self.up_for(now) >= rules.settle)
    }

    /// How long it has run since it was started last.
    pub fn up_for(&self, now: Timestamp) -> Duration {
        self.started_at.map_or(Duration::ZERO, |it| now.since(it))
    }
}

impl Seen {
    /// The containers of one service.
    pub fn of(&self, key: Key) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(move |it| it.key == key)
    }
}
