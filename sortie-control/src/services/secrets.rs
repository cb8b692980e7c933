//! Secrets for services' environment: sealed before they are written down, opened only on their way into a container.

use std::collections::BTreeMap;

use sortie_core::{
    audit::{Actor, AuditAction},
    invalid::{Invalid, Problems},
    policy::Action,
    port::{PortError, engine::StepError},
    secret::Secret,
    services::{
        Cause, Failure, Step, Target,
        secret::{MOST_BYTES, SecretHead, SecretName},
    },
};
use tracing::info;

use super::{
    Services,
    ask::{Operator, actor},
};
use crate::{Control, ControlError};

impl Control {
    /// Every secret, by name, without its value.
    pub async fn service_secrets(&self, who: Operator<'_>) -> Result<Vec<SecretHead>, ControlError> {
        let services = self.services(who, Action::ViewServices, "see the services")?;
        Ok(services.ports.secrets.secrets().await?)
    }

    /// Sets a secret. What runs with the value before is made anew.
    pub async fn set_service_secret(
        &self,
        who: Operator<'_>,
        name: &str,
        value: Secret,
    ) -> Result<SecretHead, ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        self.put_secret(services, actor(who), name, &value).await
    }

    /// Forgets a secret. What runs with it runs on, and is not made anew before it is set again.
    pub async fn delete_service_secret(&self, who: Operator<'_>, name: &str) -> Result<(), ControlError> {
        let services = self.services(who, Action::ManageServices, "change the services")?;
        self.forget_secret(services, actor(who), name).await
    }

    pub(super) async fn put_secret(
        &self,
        services: &Services,
        actor: Actor,
        name: &str,
        value: &Secret,
    ) -> Result<SecretHead, ControlError> {
        let name = SecretName::new(name).map_err(Problems::from)?;
        if value.reveal().is_empty() || value.reveal().len() > MOST_BYTES || value.reveal().contains('\0') {
            let rule = format!("must be 1 to {MOST_BYTES} bytes without NUL characters");
            return Err(Problems::from(Invalid::new("value", rule)).into());
        }
        let sealed = services.ports.sealer.seal(name.as_str(), value).map_err(PortError::Broken)?;
        let details = vec![("name", name.to_string())];
        let change = self.quiet_change(actor, AuditAction::SetServiceSecret, details);
        let updated_at = change.at;
        let revision = services.ports.secrets.put_secret(&name, sealed, change).await?;
        info!(secret = %name, revision, "Secret of services set");
        services.desk.compare_soon();
        Ok(SecretHead { name: name.into(), revision, updated_at })
    }

    pub(super) async fn forget_secret(
        &self,
        services: &Services,
        actor: Actor,
        name: &str,
    ) -> Result<(), ControlError> {
        let change = self.quiet_change(actor, AuditAction::DeleteServiceSecret, vec![("name", name.to_owned())]);
        if !services.ports.secrets.delete_secret(name, change).await? {
            return Err(ControlError::not_found("secret", &name));
        }
        info!(secret = name, "Secret of services forgotten");
        services.desk.compare_soon();
        Ok(())
    }
}

/// Notes in a target how often each of its secrets was set.
pub(super) async fn note(services: &Services, target: &mut Target) -> Result<(), ControlError> {
    if target.services().all(|(_, it)| it.config.secret_names().is_empty()) {
        return Ok(());
    }
    let heads = services.ports.secrets.secrets().await?;
    let revisions: BTreeMap<String, u64> = heads.into_iter().map(|it| (it.name, it.revision)).collect();
    target.note_secrets(&revisions);
    Ok(())
}

/// The step with the secrets that its container needs.
pub(super) async fn with_secrets(services: &Services, step: &Step) -> Result<Step, StepError> {
    let mut step = step.clone();
    // One that exists has its environment already.
    let Step::StartContainer { order, existing: None } = &mut step else { return Ok(step) };
    let names: Vec<String> = order.config.secret_names().into_iter().map(str::to_owned).collect();
    for name in names {
        let sealed = services.ports.secrets.sealed_secret(&name).await;
        let sealed = sealed.map_err(|error| StepError::Unreachable(error.into()))?;
        let sealed = sealed.ok_or_else(|| failed(Cause::SecretMissing, format!("there is no secret {name:?}")))?;
        let opened = services.ports.sealer.open(&name, &sealed).map_err(|_| {
            failed(Cause::SecretUnreadable, format!("the secret {name:?} was sealed with a key that is not here"))
        })?;
        order.secrets.put(&name, opened);
    }
    Ok(step)
}

fn failed(cause: Cause, said: String) -> StepError {
    StepError::Failed(Failure::new(cause, said))
}
