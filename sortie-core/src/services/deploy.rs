//! One service: what is wanted against the containers that there are.

use super::{
    config::{EnvValue, UpdateStrategy},
    failure::{Cause, Failure},
    memory::{Memory, Record, Rules},
    seen::{Container, ContainerState, Seen},
    step::{Order, Step},
    target::{AppTarget, Key, ServiceTarget},
    verdict::{Standing, Verdict},
};
use crate::time::Timestamp;

/// What a service is judged by.
pub(super) struct Case<'a> {
    pub(super) app: &'a AppTarget,
    pub(super) service: &'a ServiceTarget,
    pub(super) seen: &'a Seen,
    pub(super) memory: &'a Memory,
    pub(super) rules: &'a Rules,
    pub(super) now: Timestamp,
}

/// The steps for one service and how it stands.
pub(super) fn decide(case: &Case<'_>) -> (Vec<Step>, Verdict) {
    let key = Key { app: case.app.number, service: case.service.number };
    let fingerprint = case.service.fingerprint();
    let (mut current, mut older): (Vec<_>, Vec<_>) = case.seen.of(key).partition(|it| it.fingerprint == fingerprint);
    // Names hold the version, so there is one; if an engine shows two all the same, the one that runs counts.
    current.sort_by_key(|it| !it.is_up());
    let surplus = current.split_off(current.len().min(1));
    older.extend(surplus);
    let current = current.first().copied();
    let record = case.memory.of(key, &fingerprint);
    let (steps, standing) = match current {
        Some(container) => with_current(case, container, &older, record),
        None => without_current(case, &older, record),
    };
    let counts = current.or_else(|| older.iter().copied().find(|it| it.is_up())).or(older.first().copied());
    let verdict = Verdict {
        key,
        app_name: case.app.name.clone(),
        service_name: case.service.name.clone(),
        image: case.service.config.image.clone(),
        container: counts.map(|it| it.id.clone()),
        status: counts.map_or("stopped", |it| it.state.status()),
        standing,
    };
    (steps, verdict)
}

/// How a service stands that failed, while nothing may be tried.
fn held(record: Option<&Record>, now: Timestamp) -> Option<Standing> {
    let it = record?;
    let (failure, failures) = (it.last.clone(), it.failures);
    if it.rolled_back {
        Some(Standing::RolledBack(failure))
    } else if it.gave_up {
        Some(Standing::GaveUp { failure, failures })
    } else if now < it.not_before {
        Some(Standing::BackingOff { failure, failures, until: it.not_before })
    } else {
        None
    }
}

/// A secret that its environment names and nobody has set.
fn missing_secret(case: &Case<'_>) -> Option<Failure> {
    let missing = case.service.config.environment.values().find_map(|it| match it {
        EnvValue::Secret { name, revision: 0 } => Some(name),
        EnvValue::Secret { .. } | EnvValue::Text(_) => None,
    })?;
    Some(Failure::new(Cause::SecretMissing, format!("there is no secret {missing:?}")))
}

fn without_current(case: &Case<'_>, older: &[&Container], record: Option<&Record>) -> (Vec<Step>, Standing) {
    let is_replaced = older.iter().any(|it| it.is_up());
    if let Some(standing) = held(record, case.now) {
        return (Vec::new(), standing);
    }
    if let Some(failure) = missing_secret(case) {
        return (Vec::new(), Standing::Blocked(failure));
    }
    if is_replaced && case.app.update_lock {
        return (Vec::new(), Standing::Locked);
    }
    let waits = waits_for(case);
    if !waits.is_empty() {
        // What runs may run on meanwhile.
        return (Vec::new(), Standing::Waiting(waits));
    }
    let mut steps = Vec::new();
    if !(is_replaced && case.service.config.update == UpdateStrategy::StartFirst) {
        for it in older {
            steps.extend(gone(it, case.service));
        }
    }
    steps.push(start(case, None));
    (steps, Standing::Pending)
}

fn with_current(
    case: &Case<'_>,
    current: &Container,
    older: &[&Container],
    record: Option<&Record>,
) -> (Vec<Step>, Standing) {
    let held = held(record, case.now);
    if matches!(held, Some(Standing::RolledBack(_))) {
        return (gone(current, case.service), held.unwrap_or(Standing::Pending));
    }
    let config = &case.service.config;
    let mut steps = Vec::new();
    let standing = match &current.state {
        ContainerState::Exited(code) if config.restart.is_content_with(*code) => Standing::Finished(*code),
        ContainerState::Leaving => Standing::Pending,
        // A run that was not judged yet may still get well, whatever became of those before it.
        ContainerState::Running if record.is_none_or(|it| !it.counts(current)) => {
            if current.is_settled(config, case.rules, case.now) { Standing::Applied } else { Standing::Starting }
        }
        // It runs and failed: a loop of the engine's, or it is not well.
        ContainerState::Running | ContainerState::Restarting => match held {
            Some(standing) => {
                // What the engine starts again and again would go on with it; what is not well may run on.
                if record.is_some_and(|it| it.last.cause == Cause::Exits) {
                    steps.push(stop(current, case.service));
                }
                standing
            }
            None if record.is_none() => Standing::Starting,
            None => {
                steps.extend(gone(current, case.service));
                steps.push(start(case, None));
                Standing::Pending
            }
        },
        ContainerState::Created | ContainerState::Paused | ContainerState::Exited(_) => {
            let waits = waits_for(case);
            if let Some(standing) = held {
                standing
            } else if waits.is_empty() {
                if record.is_some_and(is_unusable) {
                    steps.extend(gone(current, case.service));
                    steps.push(start(case, None));
                } else {
                    steps.push(start(case, Some(current.id.clone())));
                }
                Standing::Pending
            } else {
                Standing::Waiting(waits)
            }
        }
        ContainerState::Dead => held.unwrap_or_else(|| {
            steps.push(remove(current));
            steps.push(start(case, None));
            Standing::Pending
        }),
    };
    let may_replace = standing.is_applied() || config.update == UpdateStrategy::StopFirst;
    if may_replace && !older.is_empty() && !case.app.update_lock {
        for it in older {
            steps.extend(gone(it, case.service));
        }
        return (steps, if standing.is_applied() { Standing::Pending } else { standing });
    }
    (steps, standing)
}

/// Whether the engine cannot start a container, again and again: what it has lost track of, as Docker of one that it was making when
/// it was killed, it never starts. A new one has nothing of that.
fn is_unusable(record: &Record) -> bool {
    record.last.cause == Cause::EngineFailed && record.failures > 1
}

/// The services that must be well before this one starts, and are not.
fn waits_for(case: &Case<'_>) -> Vec<String> {
    let is_ready = |name: &&String| {
        case.app.services.iter().find(|it| it.name == **name).is_some_and(|other| {
            let key = Key { app: case.app.number, service: other.number };
            let fingerprint = other.fingerprint();
            case.seen.of(key).filter(|it| it.fingerprint == fingerprint).any(|it| {
                let finished = matches!(it.state, ContainerState::Exited(0)) && other.config.restart.is_content_with(0);
                finished || it.is_well(&other.config)
            })
        })
    };
    case.service.config.depends_on.iter().filter(|it| !is_ready(it)).cloned().collect()
}

fn start(case: &Case<'_>, existing: Option<String>) -> Step {
    Step::StartContainer { order: Box::new(Order::new(case.app, case.service)), existing }
}

fn stop(container: &Container, service: &ServiceTarget) -> Step {
    Step::StopContainer { key: container.key, container: container.id.clone(), timeout: service.config.stop_timeout }
}

fn remove(container: &Container) -> Step {
    Step::RemoveContainer { key: container.key, container: container.id.clone() }
}

fn gone(container: &Container, service: &ServiceTarget) -> Vec<Step> {
    match container.state {
        ContainerState::Leaving => Vec::new(),
        ContainerState::Running | ContainerState::Restarting | ContainerState::Paused => {
            vec![stop(container, service), remove(container)]
        }
        ContainerState::Created | ContainerState::Exited(_) | ContainerState::Dead => vec![remove(container)],
    }
}
