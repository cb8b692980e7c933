//! A plan without a server: for whoever may run the binary on the server's data.

use sortie_core::services::{Node, Plan, Target};

use super::{ask, pass, secrets};
use crate::{Control, ControlError};

impl Control {
    /// What the kept target needs now, or what another one would; changes nothing.
    pub async fn plan_services_by_hand(&self, document: Option<&Node>) -> Result<Plan, ControlError> {
        let services = self.services.get();
        let services =
            services.ok_or_else(|| ControlError::Conflict("this server looks after no services".to_owned()))?;
        let mut target = match document {
            Some(document) => Target::read(document)?,
            None => ask::stored(services).await?.target,
        };
        secrets::note(services, &mut target).await?;
        let seen = pass::look(services, &target).await?;
        Ok(self.planned(services, &target, &seen))
    }
}
