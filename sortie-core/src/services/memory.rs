//! What went wrong before: how often, why, and when the next attempt may be made. Lost with the process, which costs a few
//! attempts and nothing else.

mod restarts;

use std::{collections::BTreeMap, time::Duration};

use self::restarts::Restarts;
use super::{
    config::UpdateStrategy,
    failure::{Cause, Failure},
    seen::{Container, ContainerState, Health, Seen},
    target::{Key, ServiceTarget, Target},
};
use crate::time::Timestamp;

/// How often the engine may start a fresh container again before it is called a loop.
const LOOP: u32 = 2;

/// How patient the planner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long a service without a probe must have run to be called applied.
    pub settle: Duration,
    /// The pause after the first failure; it doubles with each further one.
    pub first_delay: Duration,
    /// The longest pause.
    pub longest_delay: Duration,
    /// After so many failures in a row nothing more is tried, where that is no use.
    pub give_up_after: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(5),
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_mins(5),
            give_up_after: 8,
        }
    }
}

/// What is remembered of one service's failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The version that failed.
    fingerprint: String,
    /// How often in a row.
    pub failures: u32,
    /// Why, the last time.
    pub last: Failure,
    /// When the next attempt may be made.
    pub not_before: Timestamp,
    /// Nothing is tried any more.
    pub gave_up: bool,
    /// An older version was kept instead.
    pub rolled_back: bool,
    /// The run of a container that was counted last.
    counted: Option<(String, Option<Timestamp>)>,
}

impl Record {
    /// Whether it was this run that failed.
    pub(super) fn counts(&self, container: &Container) -> bool {
        self.counted.as_ref().is_some_and(|(id, started_at)| *id == container.id && *started_at == container.started_at)
    }
}

/// What is remembered of failures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    records: BTreeMap<Key, Record>,
    restarts: Restarts,
}

impl Memory {
    /// What is remembered of a service in this version.
    pub fn of(&self, key: Key, fingerprint: &str) -> Option<&Record> {
        self.records.get(&key).filter(|it| it.fingerprint == fingerprint)
    }

    /// Everything may be tried again at once: somebody asked for it.
    pub fn forget_all(&mut self) {
        self.records.clear();
    }

    /// Forgets what failed in versions that are not wanted any more.
    pub fn keep_only(&mut self, target: &Target) {
        self.records.retain(|key, it| target.service(*key).is_some_and(|(_, s)| s.fingerprint() == it.fingerprint));
    }

    /// The earliest time at which something may be tried again.
    pub fn next_attempt(&self) -> Option<Timestamp> {
        self.records.values().filter(|it| !it.gave_up).map(|it| it.not_before).min()
    }

    /// A step for a service failed.
    pub fn failed(&mut self, key: Key, fingerprint: &str, failure: Failure, now: Timestamp, rules: &Rules) {
        self.count(key, fingerprint, failure, None, now, rules);
    }

    /// A container that had ended was started again for its service: what the engine counted before says nothing of this run.
    pub fn begun(&mut self, container: &str) {
        self.restarts.begun(container);
    }

    /// Reads from the containers which runs failed and which went well.
    pub fn learn(&mut self, target: &Target, seen: &Seen, now: Timestamp, rules: &Rules) {
        self.keep_only(target);
        self.restarts.look(seen, now);
        for (app, service) in target.services() {
            let key = Key { app: app.number, service: service.number };
            let fingerprint = service.fingerprint();
            let Some(container) = seen.of(key).find(|it| it.fingerprint == fingerprint) else { continue };
            if container.is_settled(&service.config, rules, now) {
                self.records.remove(&key);
            } else if let Some(failure) = failed_run(service, container, self.restarts.of(container), rules, now) {
                let run = (container.id.clone(), container.started_at);
                if self.of(key, &fingerprint).is_some_and(|it| it.counts(container)) {
                    continue;
                }
                self.count(key, &fingerprint, failure, Some(run), now, rules);
                let has_older =
                    seen.of(key).any(|it| it.fingerprint != fingerprint && it.state == ContainerState::Running);
                if service.config.update == UpdateStrategy::StartFirst && has_older {
                    self.roll_back(key);
                }
            }
        }
    }

    fn roll_back(&mut self, key: Key) {
        if let Some(record) = self.records.get_mut(&key) {
            record.gave_up = true;
            record.rolled_back = true;
        }
    }

    fn count(
        &mut self,
        key: Key,
        fingerprint: &str,
        failure: Failure,
        run: Option<(String, Option<Timestamp>)>,
        now: Timestamp,
        rules: &Rules,
    ) {
        let before = self.of(key, fingerprint);
        let failures = before.map_or(0, |it| it.failures).saturating_add(1);
        let counted = run.or_else(|| before.and_then(|it| it.counted.clone()));
        let record = Record {
            fingerprint: fingerprint.to_owned(),
            failures,
            gave_up: failure.cause.is_given_up() && failures >= rules.give_up_after,
            rolled_back: false,
            last: failure,
            not_before: now.plus(delay(failures, rules)),
            counted,
        };
        self.records.insert(key, record);
    }
}

/// The pause after so many failures in a row.
pub fn delay(failures: u32, rules: &Rules) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    rules.first_delay.saturating_mul(doubled).min(rules.longest_delay)
}

/// Why this run of a container failed, if it did.
fn failed_run(
    service: &ServiceTarget,
    container: &Container,
    restarts: u32,
    rules: &Rules,
    now: Timestamp,
) -> Option<Failure> {
    let name = &service.name;
    if container.state == ContainerState::Running
        && let Some(network) = container.missing_network(&service.config)
    {
        return Some(Failure::new(Cause::EngineFailed, format!("{name} is not in its network {network} any more")));
    }
    match (&container.state, &container.health) {
        (ContainerState::Exited(code), _) if !service.config.restart.is_content_with(*code) => {
            Some(Failure::new(Cause::Exits, format!("{name} ended with code {code}")))
        }
        (ContainerState::Running, Health::Unhealthy(answer)) => {
            Some(Failure::new(Cause::Unhealthy, format!("{name} does not get well: {answer}")))
        }
        (ContainerState::Restarting, _) if restarts >= LOOP => Some(loops(name, restarts)),
        (ContainerState::Running, _) if restarts >= LOOP && container.up_for(now) < rules.settle => {
            Some(loops(name, restarts))
        }
        (ContainerState::Dead, _) => {
            Some(Failure::new(Cause::EngineFailed, format!("the engine cannot use the container of {name} any more")))
        }
        _ => None,
    }
}

fn loops(name: &str, restarts: u32) -> Failure {
    Failure::new(Cause::Exits, format!("{name} ends again and again; the engine has started it {restarts} times"))
}
