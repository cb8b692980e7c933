//! A session takes a warm workload: first the row in the launch, then the labels of everything that stands there.

use sortie_core::{
    id::{SessionId, TenantId},
    port::{PortError, sessions::Start},
    session::Session,
    spec::Spec,
    warm::choose,
    workload::{Observed, WorkspaceClaim},
};
use tracing::info;

use crate::Control;

impl Control {
    /// Under which id a launch of this spec is written down, and what it starts from.
    pub(crate) async fn start_of(
        &self,
        spec: &Spec,
        tenant: &TenantId,
        workspace: &WorkspaceClaim,
    ) -> Result<(SessionId, Start), PortError> {
        let cold = || (self.ids().session(), Start::Cold);
        if *workspace != WorkspaceClaim::Ephemeral {
            return Ok(cold());
        }
        let rows = self.ports.warm.list_warm(self.ports.runtime.place()).await?;
        let incarnation = self.identity.get().map_or(0, |it| it.installation.incarnation);
        Ok(choose(&rows, spec, tenant, incarnation).map_or_else(cold, |it| (it.id.clone(), Start::Warm)))
    }

    /// Writes on the workload that a session took whose it is now. Before anything else is done with the session: until then it
    /// could not even be removed. Answers whether there was something to do.
    pub(crate) async fn take_over(&self, row: &Session) -> Result<bool, PortError> {
        let Some(warm) = self.ports.warm.find_warm(&row.id).await? else { return Ok(false) };
        let installation = self.installation();
        if warm.incarnation == installation.incarnation {
            let former = warm.labels(&installation.id);
            match self.ports.runtime.relabel(&former, &self.labels(row)).await {
                Ok(()) => info!("Warm workload taken over"),
                // Nothing whole is left of it: the rest goes, whatever it carries of the two, and the session's own is made.
                Err(PortError::Conflict) => {
                    for labels in [&former, &self.labels(row)] {
                        match self.ports.runtime.delete(labels).await {
                            Ok(()) | Err(PortError::Conflict) => {}
                            Err(error) => return Err(error),
                        }
                    }
                    if self.ports.runtime.observe(&row.id).await? != Observed::Absent {
                        return Err(PortError::unavailable("the broken warm workload is still going away"));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.ports.warm.remove_warm(&row.id).await?;
        self.pool.poke();
        Ok(true)
    }
}
