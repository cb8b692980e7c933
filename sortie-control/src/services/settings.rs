//! With which settings the services were looked after, and since when.

use sortie_core::services::Node;
use tracing::info;

use crate::{Control, ControlError};

impl Control {
    /// Keeps the settings that this server has begun with, where they are not those that were kept last. Whoever calls left the
    /// secrets out.
    pub async fn keep_service_settings(&self, settings: &Node) -> Result<(), ControlError> {
        let Some(services) = self.services.get() else { return Ok(()) };
        if let Some(id) = services.ports.store.save_service_settings(settings, self.now()).await? {
            info!(snapshot.id = id, "Settings of services kept: they are not those of before");
        }
        Ok(())
    }
}
