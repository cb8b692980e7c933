//! One pass: read, compare, write back, and set the steps going.

use std::{sync::Arc, time::Duration};

use sortie_core::{
    services::{
        Plan, Seen, Target,
        current::current,
        plan,
        snapshot::{ServiceStatus, SnapshotKind},
        verdict::{Standing, Verdict},
    },
    time::Timestamp,
};
use tokio::task::JoinSet;
use tracing::error;

use super::{Last, RELIST, SOON, Services, health, steps};
use crate::{Control, ControlError};

/// Answers when to look again at the latest.
pub(super) async fn pass(
    control: &Control,
    services: &Arc<Services>,
    workers: &mut JoinSet<()>,
) -> Result<Duration, ControlError> {
    // Who is at work is asked before looking: what was seen of them may be old already.
    let busy = services.busy().clone();
    let (id, target) = read_target(services).await?;
    let mut seen = look(services, &target).await?;
    let now = control.now();
    let probe_due = health::look(services, &target, &mut seen, (now, control.monotonic()), workers);
    let rules = services.settings.rules;
    let (plan, memory) = {
        let mut inner = services.inner();
        inner.memory.learn(&target, &seen, now, &rules);
        (plan(&target, &seen, &inner.memory, &rules, now), inner.memory.clone())
    };
    write_back(services, &target, &seen, &plan, now).await?;
    steps::set_going(control, services, &target, &plan, &busy, workers);
    let next = next_look(&plan, probe_due, memory.next_attempt(), now);
    let mut inner = services.inner();
    inner.last = Some(Last { target: id, seen, plan, at: now });
    inner.last_error = None;
    Ok(next)
}

/// The newest target; none is an empty one.
async fn read_target(services: &Services) -> Result<(Option<i64>, Target), ControlError> {
    let Some(kept) = services.ports.store.latest_snapshot(SnapshotKind::Target).await? else {
        return Ok((None, Target::default()));
    };
    let target = Target::read(&kept.state).map_err(|problems| {
        error!(snapshot.id = kept.id, error = %problems, "Kept target cannot be read; nothing is changed until another is set");
        ControlError::Conflict(format!("the kept target {} cannot be read: {problems}", kept.id))
    })?;
    Ok((Some(kept.id), target))
}

/// What the engine shows, with the images that may be cleared away.
pub(super) async fn look(services: &Services, target: &Target) -> Result<Seen, ControlError> {
    let mut seen = services.ports.engine.observe(&target.images()).await?;
    seen.downloaded = services.ports.store.images().await?.into_iter().map(|it| it.name).collect();
    Ok(seen)
}

async fn write_back(
    services: &Services,
    target: &Target,
    seen: &Seen,
    plan: &Plan,
    now: Timestamp,
) -> Result<(), ControlError> {
    let status = |it: &Verdict| ServiceStatus { key: it.key, status: it.status, container: it.container.clone() };
    let statuses: Vec<ServiceStatus> = plan.verdicts.iter().map(status).collect();
    services.ports.store.save_current(&current(target, seen), &statuses, now, Vec::new()).await?;
    Ok(())
}

fn next_look(plan: &Plan, probe: Option<Duration>, attempt: Option<Timestamp>, now: Timestamp) -> Duration {
    let moves = plan.verdicts.iter().any(|it| {
        matches!(it.standing, Standing::Starting | Standing::Pending | Standing::Leaving | Standing::Waiting(_))
    });
    let soon = moves.then_some(SOON);
    let attempt = attempt.map(|it| it.since(now));
    [soon, probe, attempt].into_iter().flatten().min().unwrap_or(RELIST).clamp(Duration::from_millis(50), RELIST)
}
