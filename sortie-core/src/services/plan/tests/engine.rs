//! An engine that is a few lists. Images say what becomes of their containers.

use std::{collections::BTreeSet, time::Duration};

use super::RULES;
use crate::{
    services::{
        failure::{Cause, Failure},
        memory::Memory,
        plan::Plan,
        progress::Progress,
        seen::{Container, ContainerState, Health, Owned, Seen},
        step::Step,
        target::Target,
    },
    time::Timestamp,
};

/// What is there and not ours: no step may name it.
pub(super) const FOREIGN: [&str; 3] = ["foreign-volume", "foreign-network", "foreign-container"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SimEngine {
    pub(super) now: Timestamp,
    pub(super) containers: Vec<Container>,
    pub(super) volumes: BTreeSet<Owned>,
    pub(super) networks: BTreeSet<Owned>,
    pub(super) images: BTreeSet<String>,
    pub(super) downloaded: BTreeSet<String>,
    pub(super) starts: u32,
    made: u32,
}

impl Default for SimEngine {
    fn default() -> Self {
        Self {
            now: Timestamp::from_micros(1_000_000_000),
            containers: Vec::new(),
            volumes: BTreeSet::new(),
            networks: BTreeSet::new(),
            images: BTreeSet::new(),
            downloaded: BTreeSet::new(),
            starts: 0,
            made: 0,
        }
    }
}

impl SimEngine {
    pub(super) fn pass_time(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    pub(super) fn seen(&self, target: &Target) -> Seen {
        let mut containers = self.containers.clone();
        for container in &mut containers {
            let probe = target.service(container.key).and_then(|(_, it)| it.config.probe.clone());
            let is_up = container.state == ContainerState::Running;
            container.health = match (probe, container.image.as_str()) {
                (Some(_), "sick") if is_up => Health::Unhealthy("no".to_owned()),
                (Some(_), _) if is_up && container.up_for(self.now) > Duration::from_secs(2) => Health::Healthy,
                (Some(_), _) => Health::Waiting,
                (None, _) => Health::Unasked,
            };
        }
        Seen {
            containers,
            volumes: self.volumes.iter().cloned().collect(),
            networks: self.networks.iter().cloned().collect(),
            images: self.images.clone(),
            downloaded: self.downloaded.clone(),
        }
    }

    /// Does the first `limit` steps; what fails holds up its own service only.
    pub(super) fn run(&mut self, target: &Target, plan: &Plan, memory: &mut Memory, limit: usize) {
        let mut progress = Progress::default();
        for step in plan.steps.iter().take(limit) {
            assert!(!FOREIGN.contains(&step.object()), "{step:?}");
            if !progress.allows(step, target) {
                continue;
            }
            match (self.perform(step), step) {
                (Err(failure), _) => progress.failed(step, target, &failure),
                (Ok(()), Step::StartContainer { existing: Some(container), .. }) => memory.begun(container),
                (Ok(()), _) => {}
            }
        }
        for (key, failure) in progress.failures() {
            let fingerprint = target.service(key).map(|(_, it)| it.fingerprint()).unwrap_or_default();
            memory.failed(key, &fingerprint, failure.clone(), self.now, &RULES);
        }
    }

    fn perform(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::DownloadImage { image, .. } => {
                if image == "missing" {
                    return Err(Failure::new(Cause::ImageNotFound, "there is no such image"));
                }
                self.images.insert(image.clone());
                self.downloaded.insert(image.clone());
            }
            Step::CreateVolume { app, name } => {
                self.volumes.insert(Owned { app: *app, name: name.clone() });
            }
            Step::CreateNetwork { app, name } => {
                self.networks.insert(Owned { app: *app, name: name.clone() });
            }
            Step::StopContainer { container, .. } => {
                let it = self.containers.iter_mut().find(|it| it.id == *container).unwrap();
                assert!(it.is_up(), "stopping what does not run");
                it.state = ContainerState::Exited(0);
            }
            Step::RemoveContainer { container, .. } => {
                let found = self.containers.iter().position(|it| it.id == *container).unwrap();
                assert!(!self.containers.remove(found).is_up(), "removing what runs");
            }
            Step::StartContainer { order, existing } => {
                assert!(self.images.contains(&order.config.image), "no image");
                assert!(order.networks().iter().all(|it| self.networks.iter().any(|n| n.name == *it)), "no network");
                if existing.is_none() {
                    self.made += 1;
                    self.containers.push(Container {
                        id: format!("c{}", self.made),
                        name: order.name.clone(),
                        key: order.key,
                        app_name: order.app_name.clone(),
                        service_name: order.service_name.clone(),
                        image: order.config.image.clone(),
                        fingerprint: order.fingerprint.clone(),
                        state: ContainerState::Created,
                        started_at: None,
                        restarts: 0,
                        networks: order.networks(),
                        health: Health::Unasked,
                    });
                }
                self.starts += 1;
                let (now, is_wanted) = (self.now, |it: &&mut Container| match existing {
                    Some(id) => it.id == *id,
                    None => it.name == order.name,
                });
                let it = self.containers.iter_mut().find(is_wanted).unwrap();
                it.started_at = Some(now);
                it.state = if it.image == "dies" { ContainerState::Exited(1) } else { ContainerState::Running };
            }
            Step::RemoveNetwork { name, .. } => {
                assert!(!self.containers.iter().any(|it| it.networks.contains(name)), "the network is in use");
                self.networks.retain(|it| it.name != *name);
            }
            Step::RemoveVolume { name, .. } => self.volumes.retain(|it| it.name != *name),
            Step::RemoveImage { image } => {
                assert!(!self.containers.iter().any(|it| it.image == *image), "the image is in use");
                self.images.remove(image);
                self.downloaded.remove(image);
            }
        }
        Ok(())
    }
}
