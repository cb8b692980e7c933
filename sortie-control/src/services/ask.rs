//! What can be asked of the services.

use std::sync::Arc;

use sortie_core::{
    audit::Actor,
    id::RequestId,
    policy::{self, Action, Caller, Object},
    port::{
        Page, PageRequest,
        engine::{EngineIdentity, LogLine},
    },
    services::{
        AppNumber, Memory, Node, Plan, Seen, Target,
        current::current,
        diff::{Difference, diff},
        plan,
        snapshot::{Snapshot, SnapshotKind},
    },
    time::Timestamp,
};

use super::{Services, secrets};
use crate::{Control, ControlError};

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Operator<'a> {
    /// Somebody who is signed in.
    Caller(&'a Caller),
    /// Anybody: good where the operator opened the door.
    Anyone {
        /// From which address.
        source_ip: &'a str,
        /// In which request.
        request: &'a RequestId,
    },
}

/// A target that is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its snapshot's number; `None` while none was ever set.
    pub id: Option<i64>,
    /// What is wanted.
    pub target: Target,
}

/// What runs.
#[derive(Clone, Debug)]
pub struct CurrentView {
    /// The state, as documents write it.
    pub state: Node,
    /// The last plan, with a verdict for every service.
    pub plan: Plan,
    /// When the engine was looked at.
    pub at: Option<Timestamp>,
    /// Which engine, once it answered.
    pub engine: Option<EngineIdentity>,
    /// Whether steps run now.
    pub is_reconciling: bool,
    /// Whether what is planned waits for somebody who asks to apply.
    pub awaits_apply: bool,
    /// What keeps the loop from its work, if anything does.
    pub last_error: Option<String>,
}

/// What one service said.
#[derive(Clone, Debug)]
pub struct ServiceLog {
    /// Its app.
    pub app: AppNumber,
    /// Its name.
    pub service_name: String,
    /// The line.
    pub line: LogLine,
}

impl Control {
    pub(super) fn services(
        &self,
        who: Operator<'_>,
        action: Action,
        what: &'static str,
    ) -> Result<&Arc<Services>, ControlError> {
        let services = self.services.get();
        match who {
            Operator::Caller(caller) => {
                let decision = policy::may(&caller.principal, action, Object::Installation(None));
                if !decision.is_granted() {
                    return Err(ControlError::refused(decision, what));
                }
            }
            Operator::Anyone { .. } if services.is_some_and(|it| it.settings.open) => {}
            Operator::Anyone { .. } => return Err(ControlError::SignInNeeded),
        }
        services.ok_or(ControlError::NotFound { kind: "engine for services", id: String::new() })
    }

    /// Whether anybody may ask for services without signing in.
    pub fn services_are_open(&self) -> bool {
        self.services.get().is_some_and(|it| it.settings.open)
    }

    /// Whether somebody may see the services at all.
    pub fn check_sees_services(&self, who: Operator<'_>) -> Result<(), ControlError> {
        self.services(who, Action::ViewServices, "see the services").map(drop)
    }

    /// What is wanted.
    pub async fn service_target(&self, who: Operator<'_>) -> Result<Stored, ControlError> {
        let services = self.services(who, Action::ViewServices, "see the services")?;
        stored(services).await
    }

    /// What runs, as the last pass saw it; before the first one as the engine shows it.
    pub async fn service_state(&self, who: Operator<'_>) -> Result<CurrentView, ControlError> {
        let services = self.services(who, Action::ViewServices, "see the services")?;
        let Stored { id, mut target } = stored(services).await?;
        secrets::note(services, &mut target).await?;
        let (last, engine, last_error) = {
            let inner = services.inner();
            (inner.last.clone(), inner.identity.clone(), inner.last_error.clone())
        };
        let (seen, plan, at) = match last {
            // A target that was set since: what the last pass found says nothing of it.
            Some(it) if it.target != id => {
                let plan = self.planned(services, &target, &it.seen);
                (it.seen, plan, Some(it.at))
            }
            Some(it) => (it.seen, it.plan, Some(it.at)),
            None => Default::default(),
        };
        let is_reconciling = services.is_reconciling();
        let awaits_apply = services.settings.manual && !plan.steps.is_empty() && !services.inner().grant.is_held();
        Ok(CurrentView { state: current(&target, &seen), plan, at, engine, is_reconciling, awaits_apply, last_error })
    }

    /// The last lines that services said, oldest first; of one service, where one is named.
    pub async fn service_logs(
        &self,
        who: Operator<'_>,
        name: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ServiceLog>, ControlError> {
        let services = self.services(who, Action::ViewServices, "read what the services say")?;
        let seen = services.ports.engine.observe(&[]).await?;
        let mut lines = Vec::new();
        for container in seen.containers.iter().filter(|it| name.is_none_or(|name| it.service_name == name)) {
            let said = services.ports.engine.logs(&container.id, limit).await?;
            lines.extend(said.into_iter().map(|line| ServiceLog {
                app: container.key.app,
                service_name: container.service_name.clone(),
                line,
            }));
        }
        lines.sort_by_key(|it| it.line.at);
        let surplus = lines.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        lines.drain(..surplus);
        Ok(lines)
    }

    /// Kept states, newest first.
    pub async fn service_history(
        &self,
        who: Operator<'_>,
        kind: Option<SnapshotKind>,
        page: PageRequest,
    ) -> Result<Page<Snapshot>, ControlError> {
        let services = self.services(who, Action::ViewServices, "see the services")?;
        Ok(services.ports.store.snapshots(kind, page).await?)
    }

    /// One kept state, and where it differs from another one.
    pub async fn service_snapshot(
        &self,
        who: Operator<'_>,
        id: i64,
        against: Option<i64>,
    ) -> Result<(Snapshot, Vec<Difference>), ControlError> {
        let services = self.services(who, Action::ViewServices, "see the services")?;
        let kept = snapshot(services, id).await?;
        let differences = match against {
            Some(other) => diff(&snapshot(services, other).await?.state, &kept.state),
            None => Vec::new(),
        };
        Ok((kept, differences))
    }

    /// The plan if nothing had failed before.
    pub(super) fn planned(&self, services: &Services, target: &Target, seen: &Seen) -> Plan {
        plan(target, seen, &Memory::default(), &services.settings.rules, self.now())
    }
}

pub(super) fn actor(who: Operator<'_>) -> Actor {
    match who {
        Operator::Caller(caller) => Actor::from_caller(caller),
        Operator::Anyone { source_ip, request } => Actor {
            name: "anonymous".to_owned(),
            source_ip: Some(source_ip.to_owned()),
            request: Some(request.clone()),
            ..Actor::system()
        },
    }
}

pub(super) async fn stored(services: &Services) -> Result<Stored, ControlError> {
    let kept = services.ports.store.latest_snapshot(SnapshotKind::Target).await?;
    match kept {
        Some(kept) => Ok(Stored { id: Some(kept.id), target: Target::read(&kept.state)? }),
        None => Ok(Stored { id: None, target: Target::default() }),
    }
}

pub(super) async fn snapshot(services: &Services, id: i64) -> Result<Snapshot, ControlError> {
    services.ports.store.find_snapshot(id).await?.ok_or_else(|| ControlError::not_found("snapshot", &id))
}
