//! Target − current = ordered steps.

use std::{collections::BTreeSet, time::Duration};

use super::{
    deploy::{self, Case},
    memory::{Memory, Rules},
    seen::{Container, ContainerState, Owned, Seen},
    step::Step,
    target::{AppNumber, Key, Target},
    verdict::{Standing, Verdict},
};
use crate::time::Timestamp;

/// How long what nobody wants any more may take to stop.
const LEAVING_TIMEOUT: Duration = Duration::from_secs(10);

/// What is to be done now, and how every service stands. Steps that must wait for others to be well come with a later plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in the order in which they may run. Those of one app run one after the other; apps do not wait for each other.
    pub steps: Vec<Step>,
    /// How every service stands that is wanted or there.
    pub verdicts: Vec<Verdict>,
}

impl Plan {
    /// Whether everything is as wanted, and the engine shows it.
    pub fn is_applied(&self) -> bool {
        self.steps.is_empty() && self.verdicts.iter().all(|it| it.standing.is_applied())
    }
}

/// Compares what is wanted with what there is.
pub fn plan(target: &Target, seen: &Seen, memory: &Memory, rules: &Rules, now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    for app in target.apps.values() {
        let mut starting = BTreeSet::new();
        let (mut volumes, mut networks) = (BTreeSet::new(), BTreeSet::new());
        for service in &app.services {
            let case = Case { app, service, seen, memory, rules, now };
            let (steps, verdict) = deploy::decide(&case);
            // An image is fetched as soon as it may be, also for what still waits for others.
            if wants_image(&verdict.standing) {
                starting.insert(service.config.image.clone());
            }
            // What a service needs that failed is tried again with it: not before its pause is over.
            if verdict.standing.failure().is_none() {
                volumes.extend(service.volumes(app.number));
                networks.extend(service.networks(app.number));
            }
            plan.steps.extend(steps);
            plan.verdicts.push(verdict);
        }
        let missing = starting.into_iter().filter(|it| !seen.images.contains(it));
        plan.steps.extend(missing.map(|image| Step::DownloadImage { app: app.number, image }));
        let volumes = volumes.into_iter().filter(|name| !seen.volumes.iter().any(|it| it.name == *name));
        plan.steps.extend(volumes.map(|name| Step::CreateVolume { app: app.number, name }));
        // An engine can show two of one name, and then starts nothing in either.
        let is_one = |name: &String| seen.networks.iter().filter(|it| it.name == *name).count() == 1;
        let networks = networks.into_iter().filter(|it| !is_one(it));
        plan.steps.extend(networks.map(|name| Step::CreateNetwork { app: app.number, name }));
    }
    unwanted(target, seen, &mut plan);
    left_over(target, seen, &mut plan);
    // Within an app whatever depends on others stops before them: the reverse of the order of starting.
    let (mut stopping, rest): (Vec<_>, Vec<_>) = plan.steps.into_iter().partition(|it| it.rank() == STOP);
    stopping.reverse();
    plan.steps = stopping.into_iter().chain(rest).collect();
    plan.steps.sort_by_key(Step::rank);
    plan
}

const STOP: u8 = 3;

fn wants_image(standing: &Standing) -> bool {
    matches!(standing, Standing::Pending | Standing::Waiting(_))
}

/// Containers of services that are not wanted.
fn unwanted(target: &Target, seen: &Seen, plan: &mut Plan) {
    let mut told: BTreeSet<Key> = BTreeSet::new();
    for container in seen.containers.iter().filter(|it| target.service(it.key).is_none()) {
        if target.apps.get(&container.key.app).is_some_and(|it| it.update_lock) {
            plan.verdicts.extend(told.insert(container.key).then(|| leaving(container, Standing::Locked)));
            continue;
        }
        if container.is_up() {
            let (key, container) = (container.key, container.id.clone());
            plan.steps.push(Step::StopContainer { key, container, timeout: LEAVING_TIMEOUT });
        }
        if container.state != ContainerState::Leaving {
            plan.steps.push(Step::RemoveContainer { key: container.key, container: container.id.clone() });
        }
        plan.verdicts.extend(told.insert(container.key).then(|| leaving(container, Standing::Leaving)));
    }
}

fn leaving(container: &Container, standing: Standing) -> Verdict {
    Verdict {
        key: container.key,
        app_name: container.app_name.clone(),
        service_name: container.service_name.clone(),
        image: container.image.clone(),
        container: Some(container.id.clone()),
        status: container.state.status(),
        standing,
    }
}

/// Networks, volumes and images that nothing needs.
fn left_over(target: &Target, seen: &Seen, plan: &mut Plan) {
    let wanted: BTreeSet<String> = target.apps.values().flat_map(super::AppTarget::networks).collect();
    let removed: BTreeSet<&str> = plan.steps.iter().filter_map(removed_container).collect();
    let staying: Vec<&Container> = seen.containers.iter().filter(|it| !removed.contains(it.id.as_str())).collect();
    let is_used = |name: &String| staying.iter().any(|it| it.networks.contains(name));
    let networks: BTreeSet<&Owned> =
        seen.networks.iter().filter(|it| !wanted.contains(&it.name) && !is_used(&it.name)).collect();
    let is_free = |app: AppNumber| !staying.iter().any(|it| it.key.app == app);
    let may_go =
        |it: &&Owned| target.purge_volumes.contains(&it.app) && !target.apps.contains_key(&it.app) && is_free(it.app);
    let volumes = seen.volumes.iter().filter(may_go);
    let images = target.images();
    let is_needed = |image: &String| images.contains(image) || seen.containers.iter().any(|it| it.image == *image);
    let unneeded = seen.downloaded.iter().filter(|it| !is_needed(it));
    let steps: Vec<Step> = networks
        .into_iter()
        .map(|it| Step::RemoveNetwork { app: it.app, name: it.name.clone() })
        .chain(volumes.map(|it| Step::RemoveVolume { app: it.app, name: it.name.clone() }))
        .chain(unneeded.map(|it| Step::RemoveImage { image: it.clone() }))
        .collect();
    plan.steps.extend(steps);
}

fn removed_container(step: &Step) -> Option<&str> {
    if let Step::RemoveContainer { container, .. } = step { Some(container) } else { None }
}

#[cfg(test)]
mod tests;
