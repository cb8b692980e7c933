//! One pass: read, compare, write back, and set the steps going.

use std::{collections::HashSet, sync::Arc, time::Duration};

use sortie_core::{
    event::{Event, EventBody},
    id::TenantId,
    services::{
        AppNumber, Plan, Seen, Target,
        current::current,
        event::{ServiceChange, ServicesEventKind, changes},
        plan,
        snapshot::{ServiceStatus, SnapshotKind},
        verdict::{Standing, Verdict},
    },
    time::Timestamp,
};
use tokio::task::JoinSet;
use tracing::error;

use super::{Last, RELIST, SOON, Services, health, secrets, steps};
use crate::{Control, ControlError, controller::Role};

/// Answers when to look again at the latest.
pub(super) async fn pass(
    control: &Control,
    services: &Arc<Services>,
    role: Role,
    aside: &mut JoinSet<()>,
) -> Result<Duration, ControlError> {
    // Who is at work is asked before looking: what was seen of them may be old already.
    let busy = services.desk.busy().clone();
    services.planned().retain(|app, _| busy.contains(app));
    let (id, mut target) = read_target(services).await?;
    secrets::note(services, &mut target).await?;
    let mut seen = look(services, &target).await?;
    let now = control.now();
    let probe_due = health::look(services, &target, &mut seen, (now, control.monotonic()), aside);
    let rules = services.settings.rules;
    let (plan, memory) = {
        let mut inner = services.inner();
        inner.memory.learn(&target, &seen, now, &rules);
        (plan(&target, &seen, &inner.memory, &rules, now), inner.memory.clone())
    };
    if role == Role::Worker {
        write_back(control, services, &target, &seen, &plan, now).await?;
    }
    if role == Role::Worker && may_work(services, id, &plan, &busy) {
        steps::lay_out(services, &target, &plan, &busy);
    }
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

/// Whether steps may be done: always, or with the manual mode as long as what somebody asked for is under way.
fn may_work(services: &Services, target: Option<i64>, plan: &Plan, busy: &HashSet<Option<AppNumber>>) -> bool {
    !services.settings.manual || services.inner().grant.covers(target, plan, busy.is_empty())
}

/// What the engine shows, with the images that may be cleared away.
pub(super) async fn look(services: &Services, target: &Target) -> Result<Seen, ControlError> {
    let mut seen = services.ports.engine.observe(&target.images()).await?;
    seen.downloaded = services.ports.store.images().await?.into_iter().map(|it| it.name).collect();
    Ok(seen)
}

/// An event of services.
pub(super) fn told(control: &Control, kind: ServicesEventKind, changes: Vec<ServiceChange>, at: Timestamp) -> Event {
    let tenant = TenantId::default_tenant();
    Event { id: control.ids().event(), tenant, body: EventBody::Services { kind, changes }, at }
}

async fn write_back(
    control: &Control,
    services: &Services,
    target: &Target,
    seen: &Seen,
    plan: &Plan,
    now: Timestamp,
) -> Result<(), ControlError> {
    let status = |it: &Verdict| ServiceStatus { key: it.key, status: it.status, container: it.container.clone() };
    let statuses: Vec<ServiceStatus> = plan.verdicts.iter().map(status).collect();
    let before = services.inner().last.as_ref().map(|it| it.plan.verdicts.clone()).unwrap_or_default();
    let changes = changes(&before, &plan.verdicts);
    let events =
        if changes.is_empty() { Vec::new() } else { vec![told(control, ServicesEventKind::Changed, changes, now)] };
    let is_told = !events.is_empty();
    services.ports.store.save_current(&current(target, seen), &statuses, now, events).await?;
    if is_told {
        control.events.hint();
    }
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
