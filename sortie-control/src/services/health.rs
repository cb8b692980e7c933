//! What probes said, for each run of each container.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sortie_core::{
    services::{
        Seen, Target,
        config::Probe,
        seen::{Container, ContainerState, Health},
    },
    time::Timestamp,
};
use tokio::task::JoinSet;

use super::Services;

/// What is known of one run.
#[derive(Clone, Debug)]
struct Run {
    started_at: Option<Timestamp>,
    asked_at: Duration,
    is_asking: bool,
    bad_answers: u32,
    health: Health,
}

#[derive(Debug, Default)]
pub(super) struct Healths {
    runs: Mutex<HashMap<String, Run>>,
}

impl Healths {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an answer down.
    fn answered(
        &self,
        container: &str,
        started_at: Option<Timestamp>,
        probe: &Probe,
        now: Timestamp,
        said: Result<(), String>,
    ) {
        let mut runs = self.lock();
        let Some(run) = runs.get_mut(container).filter(|it| it.started_at == started_at) else { return };
        run.is_asking = false;
        match said {
            Ok(()) => {
                run.bad_answers = 0;
                run.health = Health::Healthy;
            }
            Err(_) if started_at.is_none_or(|it| now.since(it) < probe.start_period) => {}
            Err(answer) => {
                run.bad_answers = run.bad_answers.saturating_add(1);
                if run.bad_answers >= probe.retries {
                    run.health = Health::Unhealthy(answer);
                }
            }
        }
    }
}

/// Puts into what was seen what is known, asks whoever is due, and answers when the next one is.
pub(super) fn look(
    services: &Arc<Services>,
    target: &Target,
    seen: &mut Seen,
    (now, monotonic): (Timestamp, Duration),
    aside: &mut JoinSet<()>,
) -> Option<Duration> {
    let mut runs = services.healths.lock();
    runs.retain(|id, _| seen.containers.iter().any(|it| it.id == *id));
    let mut next: Option<Duration> = None;
    for container in &mut seen.containers {
        let Some(probe) = probe_of(target, container) else { continue };
        let fresh = || Run {
            started_at: container.started_at,
            asked_at: Duration::ZERO,
            is_asking: false,
            bad_answers: 0,
            health: Health::Waiting,
        };
        let run = runs.entry(container.id.clone()).or_insert_with(fresh);
        if run.started_at != container.started_at {
            *run = fresh();
        }
        container.health = run.health.clone();
        let waited = monotonic.saturating_sub(run.asked_at);
        let is_first = run.asked_at == Duration::ZERO;
        if !run.is_asking && (is_first || waited >= probe.interval) {
            run.is_asking = true;
            run.asked_at = monotonic.max(Duration::from_nanos(1));
            ask(services, container, probe.clone(), now, aside);
        }
        let due = probe.interval.saturating_sub(monotonic.saturating_sub(run.asked_at));
        next = Some(next.map_or(due, |it| it.min(due)));
    }
    next
}

fn probe_of<'a>(target: &'a Target, container: &Container) -> Option<&'a Probe> {
    if container.state != ContainerState::Running {
        return None;
    }
    target.service(container.key)?.1.config.probe.as_ref()
}

fn ask(services: &Arc<Services>, container: &Container, probe: Probe, now: Timestamp, aside: &mut JoinSet<()>) {
    let (services, id, started_at) = (Arc::clone(services), container.id.clone(), container.started_at);
    aside.spawn(async move {
        let said = services.ports.engine.probe(&id, &probe).await;
        services.healths.answered(&id, started_at, &probe, now, said);
        services.desk.compare_soon();
    });
}
