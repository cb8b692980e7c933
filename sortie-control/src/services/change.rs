//! What can be changed of the services: what is wanted, and when it is done.

use sortie_core::{
    audit::AuditAction,
    invalid::{Invalid, Problems},
    policy::Action,
    services::{AppNumber, AppTarget, Node, Plan, Target, event::ServicesEventKind, snapshot::SnapshotKind},
};
use tracing::info;

use super::{
    Services,
    ask::{Operator, Stored, actor, snapshot, stored},
    pass, secrets,
};
use crate::{Control, ControlError};

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

impl Control {
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
        if !services.desk.busy().is_empty() {
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
        services.desk.compare_soon();
        Ok(())
    }

    /// Wants again what was wanted then.
    pub async fn restore_service_target(&self, who: Operator<'_>, id: i64) -> Result<TargetOutcome, ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        let kept = snapshot(services, id).await?;
        if kept.kind != SnapshotKind::Target {
            let rule = "must be a snapshot of a target; what ran, and settings, cannot be wanted";
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
        services.desk.compare_soon();
        let seen = services.inner().last.as_ref().map(|it| it.seen.clone()).unwrap_or_default();
        Ok(TargetOutcome { id: Some(id), plan: self.planned(services, &target, &seen), target })
    }
}

async fn latest_id(services: &Services) -> Result<Option<i64>, ControlError> {
    Ok(services.ports.store.latest_snapshot(SnapshotKind::Target).await?.map(|it| it.id))
}
