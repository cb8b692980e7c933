//! What can be asked of the services, and told.

use std::sync::Arc;

use sortie_core::{
    audit::{Actor, AuditAction},
    id::RequestId,
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object},
    port::{
        Page, PageRequest,
        engine::{EngineIdentity, LogLine},
    },
    services::{
        AppNumber, AppTarget, Memory, Node, Plan, Seen, Target,
        current::current,
        diff::{Difference, diff},
        event::ServicesEventKind,
        plan,
        snapshot::{Snapshot, SnapshotKind},
    },
    time::Timestamp,
};
use tracing::info;

use super::{Services, pass, secrets};
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

/// What became of a target that was sent.
#[derive(Clone, Debug)]
pub struct TargetOutcome {
    /// Its snapshot's number; `None` where it was only planned.
    pub id: Option<i64>,
    /// What is wanted.
    pub target: Target,
    /// What it takes.
    pub plan: Plan,
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

    /// Sets what is wanted, or with `only_plan` says what it would take.
    pub async fn set_service_target(
        &self,
        who: Operator<'_>,
        document: &Node,
        only_plan: bool,
    ) -> Result<TargetOutcome, ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        let mut target = Target::read(document)?;
        if only_plan {
            secrets::note(services, &mut target).await?;
            let seen = pass::look(services, &target).await?;
            return Ok(TargetOutcome { id: None, plan: self.planned(services, &target, &seen), target });
        }
        let before = latest_id(services).await?;
        self.save(services, who, before, target, AuditAction::SetTarget, Vec::new()).await
    }

    /// Puts one app into what is wanted.
    pub async fn put_service_app(
        &self,
        who: Operator<'_>,
        number: AppNumber,
        document: &Node,
    ) -> Result<AppTarget, ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        let app = AppTarget::read(number, document)?;
        let Stored { id, mut target } = stored(services).await?;
        target.put(app.clone())?;
        let details = vec![("app_id", number.to_string()), ("app_name", app.name.clone())];
        self.save(services, who, id, target, AuditAction::PutServiceApp, details).await?;
        Ok(app)
    }

    /// Takes one app out of it, and its volumes away if that is asked for.
    pub async fn remove_service_app(
        &self,
        who: Operator<'_>,
        number: AppNumber,
        with_volumes: bool,
    ) -> Result<(), ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        let Stored { id, mut target } = stored(services).await?;
        if !target.remove(number, with_volumes) {
            return Err(ControlError::not_found("app in the target", &number));
        }
        let details = vec![("app_id", number.to_string()), ("volumes", with_volumes.to_string())];
        self.save(services, who, id, target, AuditAction::DeleteServiceApp, details).await.map(drop)
    }

    /// Asks for a pass at once, in which everything that was given up is tried again. `Conflict` while steps run.
    pub async fn apply_services(&self, who: Operator<'_>) -> Result<(), ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        // Looking is no reconciliation.
        if !services.busy().is_empty() {
            return Err(ControlError::Conflict("a reconciliation runs already".to_owned()));
        }
        let change = self.quiet_change(actor(who), AuditAction::ApplyTarget, Vec::new());
        self.ports.records.record_access(&change.audit, change.at).await?;
        let target = latest_id(services).await?;
        {
            let mut inner = services.inner();
            inner.memory.forget_all();
            inner.grant.give(target);
        }
        services.wake.notify_one();
        Ok(())
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

    /// Wants again what was wanted then.
    pub async fn restore_service_target(&self, who: Operator<'_>, id: i64) -> Result<TargetOutcome, ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        let kept = snapshot(services, id).await?;
        if kept.kind != SnapshotKind::Target {
            let rule = "must be a snapshot of a target; a current state cannot be wanted";
            return Err(ControlError::Invalid(Problems::from(Invalid::new("id", rule))));
        }
        let target = Target::read(&kept.state)?;
        let before = latest_id(services).await?;
        self.save(services, who, before, target, AuditAction::SetTarget, vec![("snapshot", id.to_string())]).await
    }

    async fn save(
        &self,
        services: &Services,
        who: Operator<'_>,
        before: Option<i64>,
        target: Target,
        action: AuditAction,
        mut details: Vec<(&'static str, String)>,
    ) -> Result<TargetOutcome, ControlError> {
        details.push(("apps", target.apps.len().to_string()));
        details.push(("services", target.services().count().to_string()));
        let mut change = self.quiet_change(actor(who), action, details);
        change.events.push(pass::told(self, ServicesEventKind::TargetSet, Vec::new(), change.at));
        let id = services.ports.store.save_target(before, &target, change).await?;
        self.committed().await;
        info!(snapshot.id = id, apps = target.apps.len(), "Target of services set");
        services.inner().memory.forget_all();
        services.wake.notify_one();
        let seen = services.inner().last.as_ref().map(|it| it.seen.clone()).unwrap_or_default();
        Ok(TargetOutcome { id: Some(id), plan: self.planned(services, &target, &seen), target })
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

async fn latest_id(services: &Services) -> Result<Option<i64>, ControlError> {
    Ok(services.ports.store.latest_snapshot(SnapshotKind::Target).await?.map(|it| it.id))
}

pub(super) async fn stored(services: &Services) -> Result<Stored, ControlError> {
    let kept = services.ports.store.latest_snapshot(SnapshotKind::Target).await?;
    match kept {
        Some(kept) => Ok(Stored { id: Some(kept.id), target: Target::read(&kept.state)? }),
        None => Ok(Stored { id: None, target: Target::default() }),
    }
}

async fn snapshot(services: &Services, id: i64) -> Result<Snapshot, ControlError> {
    services.ports.store.find_snapshot(id).await?.ok_or_else(|| ControlError::not_found("snapshot", &id))
}
