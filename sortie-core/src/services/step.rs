//! What can be done to an engine. Every step is idempotent: after a crash it may be done again.

use std::time::Duration;

use super::{
    config::{EnvValue, Mount, ServiceConfig, Source},
    secret::SecretValues,
    target::{AppNumber, AppTarget, Key, ServiceTarget, Target, engine_name},
};

/// One thing to do, in the order in which kinds of steps may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Fetch an image.
    DownloadImage {
        /// For which app.
        app: AppNumber,
        /// Which.
        image: String,
    },
    /// Make a volume.
    CreateVolume {
        /// Whose.
        app: AppNumber,
        /// Its name in the engine.
        name: String,
    },
    /// Make a network; where the engine has several of the name, leave one.
    CreateNetwork {
        /// Whose.
        app: AppNumber,
        /// Its name in the engine.
        name: String,
    },
    /// Stop a container, and wait until it has.
    StopContainer {
        /// Of which service.
        key: Key,
        /// The engine's id.
        container: String,
        /// After which time it is killed.
        timeout: Duration,
    },
    /// Remove a container that does not run.
    RemoveContainer {
        /// Of which service.
        key: Key,
        /// The engine's id.
        container: String,
    },
    /// Start a container; make it first, if there is none.
    StartContainer {
        /// What it is made from.
        order: Box<Order>,
        /// The engine's id of the one that exists.
        existing: Option<String>,
    },
    /// Remove a network that nothing is in, and others of its name.
    RemoveNetwork {
        /// Whose.
        app: AppNumber,
        /// Its name in the engine.
        name: String,
    },
    /// Remove a volume with all that is in it.
    RemoveVolume {
        /// Whose.
        app: AppNumber,
        /// Its name in the engine.
        name: String,
    },
    /// Remove an image that nothing needs.
    RemoveImage {
        /// Which.
        image: String,
    },
}

impl Step {
    /// The name, for people and programs.
    pub fn name(&self) -> &'static str {
        self.row().0
    }

    /// Its place in the order of kinds.
    pub fn rank(&self) -> u8 {
        self.row().1
    }

    fn row(&self) -> (&'static str, u8) {
        match self {
            Self::DownloadImage { .. } => ("download image", 0),
            Self::CreateVolume { .. } => ("create volume", 1),
            Self::CreateNetwork { .. } => ("create network", 2),
            Self::StopContainer { .. } => ("stop container", 3),
            Self::RemoveContainer { .. } => ("remove container", 4),
            Self::StartContainer { .. } => ("start container", 5),
            Self::RemoveNetwork { .. } => ("remove network", 6),
            Self::RemoveVolume { .. } => ("remove volume", 7),
            Self::RemoveImage { .. } => ("remove image", 8),
        }
    }

    /// What it is done to.
    pub fn object(&self) -> &str {
        match self {
            Self::DownloadImage { image, .. } | Self::RemoveImage { image } => image,
            Self::CreateVolume { name, .. }
            | Self::CreateNetwork { name, .. }
            | Self::RemoveNetwork { name, .. }
            | Self::RemoveVolume { name, .. } => name,
            Self::StopContainer { container, .. } | Self::RemoveContainer { container, .. } => container,
            Self::StartContainer { order, .. } => &order.name,
        }
    }

    /// The wanted services that it serves: they cannot get further when it fails.
    pub fn serves(&self, target: &Target) -> Vec<Key> {
        let of = |app: &AppNumber, needs: &dyn Fn(&AppTarget, &ServiceTarget) -> bool| {
            let Some(app) = target.apps.get(app) else { return Vec::new() };
            let served = app.services.iter().filter(|it| needs(app, it));
            served.map(|it| Key { app: app.number, service: it.number }).collect()
        };
        match self {
            Self::DownloadImage { app, image } => of(app, &|_, it| it.config.image == *image),
            Self::CreateVolume { app, name } => {
                let uses =
                    |mount: &Mount| matches!(&mount.source, Source::Volume(it) if engine_name(*app, it) == *name);
                of(app, &|_, it| it.config.volumes.iter().any(uses))
            }
            Self::CreateNetwork { app, name } => {
                of(app, &|app, it| it.config.networks.iter().any(|it| engine_name(app.number, it) == *name))
            }
            Self::StopContainer { key, .. } | Self::RemoveContainer { key, .. } => vec![*key],
            Self::StartContainer { order, .. } => vec![order.key],
            Self::RemoveNetwork { .. } | Self::RemoveVolume { .. } | Self::RemoveImage { .. } => Vec::new(),
        }
    }

    /// For which app it is done; `None` for what serves none.
    pub fn app(&self) -> Option<AppNumber> {
        match self {
            Self::DownloadImage { app, .. }
            | Self::CreateVolume { app, .. }
            | Self::CreateNetwork { app, .. }
            | Self::RemoveNetwork { app, .. }
            | Self::RemoveVolume { app, .. } => Some(*app),
            Self::StopContainer { key, .. } | Self::RemoveContainer { key, .. } => Some(key.app),
            Self::StartContainer { order, .. } => Some(order.key.app),
            Self::RemoveImage { .. } => None,
        }
    }
}

/// What a container is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which service it runs.
    pub key: Key,
    /// The app's name.
    pub app_name: String,
    /// The service's name.
    pub service_name: String,
    /// The container's name.
    pub name: String,
    /// Which version it is.
    pub fingerprint: String,
    /// How it runs.
    pub config: ServiceConfig,
    /// The secrets of its environment by their names, once somebody has put them in: no plan holds them.
    pub secrets: SecretValues,
}

impl Order {
    /// The order for a service.
    pub fn new(app: &AppTarget, service: &ServiceTarget) -> Self {
        let fingerprint = service.fingerprint();
        let version: String = fingerprint.chars().take(8).collect();
        Self {
            key: Key { app: app.number, service: service.number },
            app_name: app.name.clone(),
            service_name: service.name.clone(),
            name: format!("{}_{}_{}_{version}", service.name, app.number, service.number),
            fingerprint,
            config: service.config.clone(),
            secrets: SecretValues::default(),
        }
    }

    /// The environment's variables with their values, for the engine alone; `Err` names a secret that was not put in.
    pub fn variables(&self) -> Result<Vec<(&str, &str)>, &str> {
        let all = self.config.environment.iter().map(|(variable, it)| match it {
            EnvValue::Text(text) => Ok((variable.as_str(), text.as_str())),
            EnvValue::Secret { name, .. } => {
                let value = self.secrets.get(name).ok_or(name.as_str())?;
                Ok((variable.as_str(), value.reveal()))
            }
        });
        all.collect()
    }

    /// The engine's names of the networks that it joins.
    pub fn networks(&self) -> Vec<String> {
        self.config.networks.iter().map(|it| engine_name(self.key.app, it)).collect()
    }

    /// Where a mount comes from, in the engine's words: a volume's name, or a path.
    pub fn source(&self, mount: &Mount) -> String {
        match &mount.source {
            Source::Volume(name) => engine_name(self.key.app, name),
            Source::Path(path) => path.clone(),
        }
    }
}
