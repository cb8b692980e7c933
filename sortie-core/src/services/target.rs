//! What an operator wants to run.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::{
    config::{EnvValue, ServiceConfig, Source},
    document::{Node, fingerprint},
    read, write,
};
use crate::invalid::Problems;

/// The number of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppNumber(u64);

/// The number of a service, within its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceNumber(u64);

macro_rules! numbers {
    ($($name:ident)*) => {$(
        impl $name {
            /// Takes a number that every notation can hold exactly: 1 to 2^53 - 1.
            pub fn new(number: u64) -> Option<Self> {
                (1..1 << 53).contains(&number).then_some(Self(number))
            }

            /// The number.
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                text.parse().ok().and_then(Self::new).ok_or(())
            }
        }
    )*};
}

numbers!(AppNumber ServiceNumber);

/// Which service of which application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The application.
    pub app: AppNumber,
    /// The service in it.
    pub service: ServiceNumber,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.app, self.service)
    }
}

/// Everything that shall run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The applications.
    pub apps: BTreeMap<AppNumber, AppTarget>,
    /// Applications that are gone and whose volumes shall go, too.
    pub purge_volumes: Vec<AppNumber>,
}

/// One application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppTarget {
    /// Its number.
    pub number: AppNumber,
    /// Its name, for people.
    pub name: String,
    /// Which commit it was made from, if anybody said so.
    pub commit: Option<String>,
    /// Which release it is, if anybody said so.
    pub release: Option<u64>,
    /// Set while what runs must not be stopped or replaced.
    pub update_lock: bool,
    /// Its services, in an order in which they may start: what one depends on stands before it.
    pub services: Vec<ServiceTarget>,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTarget {
    /// Its number.
    pub number: ServiceNumber,
    /// Its name: also its host name in the app's networks.
    pub name: String,
    /// How it runs.
    pub config: ServiceConfig,
}

impl Target {
    /// Reads a state. Everything that is wrong is told at once, with the field and the rule.
    pub fn read(document: &Node) -> Result<Self, Problems> {
        read::target(document)
    }

    /// Writes it as it is read.
    pub fn write(&self) -> Node {
        write::target(self)
    }

    /// Puts an application in, or over the one with its number; its volumes are not to go any more.
    pub fn put(&mut self, app: AppTarget) -> Result<(), Problems> {
        let mut next = self.clone();
        next.purge_volumes.retain(|it| *it != app.number);
        next.apps.insert(app.number, app);
        read::check_ports(&next)?;
        *self = next;
        Ok(())
    }

    /// Takes an application out, with its volumes or without; answers whether there was one.
    pub fn remove(&mut self, app: AppNumber, with_volumes: bool) -> bool {
        let was_there = self.apps.remove(&app).is_some();
        if was_there && with_volumes && !self.purge_volumes.contains(&app) {
            self.purge_volumes.push(app);
        }
        was_there
    }

    /// One service.
    pub fn service(&self, key: Key) -> Option<(&AppTarget, &ServiceTarget)> {
        let app = self.apps.get(&key.app)?;
        Some((app, app.services.iter().find(|it| it.number == key.service)?))
    }

    /// Every service with its application.
    pub fn services(&self) -> impl Iterator<Item = (&AppTarget, &ServiceTarget)> {
        self.apps.values().flat_map(|app| app.services.iter().map(move |it| (app, it)))
    }

    /// Notes how often each secret was set, so that what was made with an older value is made anew.
    pub fn note_secrets(&mut self, revisions: &BTreeMap<String, u64>) {
        let services = self.apps.values_mut().flat_map(|it| it.services.iter_mut());
        for value in services.flat_map(|it| it.config.environment.values_mut()) {
            if let EnvValue::Secret { name, revision } = value {
                *revision = revisions.get(name).copied().unwrap_or_default();
            }
        }
    }

    /// The images that it needs, each once.
    pub fn images(&self) -> Vec<String> {
        let mut images: Vec<String> = self.services().map(|(_, it)| it.config.image.clone()).collect();
        images.sort();
        images.dedup();
        images
    }
}

impl AppTarget {
    /// Reads one application that stands alone.
    pub fn read(number: AppNumber, document: &Node) -> Result<Self, Problems> {
        read::app_alone(number, document)
    }

    /// Writes it as it is read.
    pub fn write(&self) -> Node {
        write::app(self)
    }

    /// The engine's names of its volumes, each once.
    pub fn volumes(&self) -> BTreeSet<String> {
        self.services.iter().flat_map(|it| it.volumes(self.number)).collect()
    }

    /// The engine's names of its networks, each once.
    pub fn networks(&self) -> BTreeSet<String> {
        self.services.iter().flat_map(|it| it.networks(self.number)).collect()
    }
}

impl ServiceTarget {
    /// The engine's names of its volumes.
    pub fn volumes(&self, app: AppNumber) -> impl Iterator<Item = String> {
        self.config.volumes.iter().filter_map(move |it| match &it.source {
            Source::Volume(name) => Some(engine_name(app, name)),
            Source::Path(_) => None,
        })
    }

    /// The engine's names of its networks.
    pub fn networks(&self, app: AppNumber) -> impl Iterator<Item = String> {
        self.config.networks.iter().map(move |it| engine_name(app, it))
    }

    /// Changes whenever a container must be made anew.
    pub fn fingerprint(&self) -> String {
        fingerprint(&write::what_runs(self).canonical())
    }
}

/// How an engine calls something that an application calls `name`.
pub fn engine_name(app: AppNumber, name: &str) -> String {
    format!("{app}_{name}")
}
