//! How often an engine has started containers by itself since they were begun, whatever it counts: Docker counts anew from each
//! start that somebody asks for, Podman goes on from where it was, and both keep what happened weeks ago.

use std::{collections::BTreeMap, time::Duration};

use super::super::seen::{Container, ContainerState, Seen};
use crate::time::Timestamp;

/// A run that lasted so long has nothing to do with the restarts before it.
const STEADY: Duration = Duration::from_mins(1);

/// What was counted of each container, by the engine's id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Restarts(BTreeMap<String, Count>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// Restarts that say nothing of the run now.
    before: u32,
    /// All, when it was looked at last.
    all: u32,
}

impl Restarts {
    /// Reads the engine's counts; forgets containers that are gone.
    pub(super) fn look(&mut self, seen: &Seen, now: Timestamp) {
        self.0.retain(|id, _| seen.containers.iter().any(|it| it.id == *id));
        for container in &seen.containers {
            let count = self.0.entry(container.id.clone()).or_default();
            let is_steady = container.state == ContainerState::Running && container.up_for(now) >= STEADY;
            if is_steady {
                count.before = container.restarts;
            } else if container.restarts < count.before {
                count.before = 0;
            }
            count.all = container.restarts;
        }
    }

    /// A container that had ended was started by us.
    pub(super) fn begun(&mut self, container: &str) {
        if let Some(count) = self.0.get_mut(container) {
            count.before = count.all;
        }
    }

    /// How often the engine has started it again since it was begun.
    pub(super) fn of(&self, container: &Container) -> u32 {
        container.restarts.saturating_sub(self.0.get(&container.id).map_or(0, |it| it.before))
    }
}
