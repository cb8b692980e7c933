//! A plan, and secrets, without a server: for whoever may run the binary on the server's data.

use std::sync::Arc;

use sortie_core::{
    audit::Actor,
    secret::Secret,
    services::{Node, Plan, Target, secret::SecretHead},
};

use super::{Services, ask, pass, secrets};
use crate::{Control, ControlError};

impl Control {
    /// What the kept target needs now, or what another one would; changes nothing.
    pub async fn plan_services_by_hand(&self, document: Option<&Node>) -> Result<Plan, ControlError> {
        let services = self.services_by_hand()?;
        let mut target = match document {
            Some(document) => Target::read(document)?,
            None => ask::stored(services).await?.target,
        };
        secrets::note(services, &mut target).await?;
        let seen = pass::look(services, &target).await?;
        Ok(self.planned(services, &target, &seen))
    }

    /// Every secret, by name, without its value.
    pub async fn service_secrets_by_hand(&self) -> Result<Vec<SecretHead>, ControlError> {
        Ok(self.services_by_hand()?.ports.secrets.secrets().await?)
    }

    /// Sets a secret. A server makes anew what runs with the value before.
    pub async fn set_service_secret_by_hand(
        &self,
        actor: Actor,
        name: &str,
        value: &Secret,
    ) -> Result<SecretHead, ControlError> {
        self.put_secret(self.services_by_hand()?, actor, name, value).await
    }

    /// Forgets a secret.
    pub async fn forget_service_secret_by_hand(&self, actor: Actor, name: &str) -> Result<(), ControlError> {
        self.forget_secret(self.services_by_hand()?, actor, name).await
    }

    fn services_by_hand(&self) -> Result<&Arc<Services>, ControlError> {
        let services = self.services.get();
        services.ok_or_else(|| ControlError::Conflict("this server looks after no services".to_owned()))
    }
}
