//! The begin and the end of sessions.

use std::sync::{Arc, PoisonError};

use sortie_core::{
    id::SessionId,
    port::{PortError, Runtime},
    workload::{Labels, WorkloadOrder},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    ContainerRuntime,
    folder::Record,
    make::{self, Trouble},
    manifest::Stage,
    remove,
    work::Doing,
};
use crate::{blocking, engine::failure};

impl ContainerRuntime {
    pub(super) async fn create_one(&self, order: &WorkloadOrder) -> Result<(), PortError> {
        if let Some(refusal) = self.refusal(&order.spec) {
            return Err(PortError::Rejected(refusal.message));
        }
        let session = &order.labels.session;
        if let Some(held) = self.shared.works.take_trouble(session) {
            return Err(PortError::unavailable(held));
        }
        self.docker().await?;
        let (folder, shared, wanted) = (self.folder(session), Arc::clone(&self.shared), order.clone());
        let record = blocking::run(move || {
            let _preparing = shared.preparing.lock().unwrap_or_else(PoisonError::into_inner);
            folder.prepare(&shared.place, &wanted, shared.user)
        })
        .await?;
        let (runtime, order, session) = (self.clone(), order.clone(), session.clone());
        let cancel = CancellationToken::new();
        let is_over = cancel.clone();
        self.shared.works.begin(&session, Doing::Making(cancel), async move {
            let made = is_over.run_until_cancelled(Box::pin(runtime.make(&order, &record))).await;
            match made {
                None | Some(Ok(())) => None,
                Some(Err(Trouble::Passing(held))) => {
                    warn!(session.id = %order.labels.session, reason = held.reason.code(), detail = %held.detail, "Session was not made yet");
                    Some(held)
                }
                Some(Err(Trouble::Final(reason, detail))) => {
                    let folder = runtime.folder(&order.labels.session);
                    let written = blocking::run(move || folder.mark_failed(reason, &detail)).await;
                    if let Err(error) = written {
                        warn!(session.id = %order.labels.session, error = %error, "A failure could not be written down");
                    }
                    None
                }
            }
        });
        Ok(())
    }

    async fn make(&self, order: &WorkloadOrder, record: &Record) -> Result<(), Trouble> {
        let folder = self.folder(&order.labels.session);
        let (settings, user) = (&self.shared.settings, self.shared.user);
        let stage = Stage { order, folder: &folder, record, settings, user };
        make::fetch_images(&self.shared.client, &stage).await?;
        let docker = self.shared.client.get().await?;
        make::start(&docker, &stage).await
    }

    /// Removes a session in a task of its own, unless one is doing it already.
    pub(super) fn begin_removal(&self, session: &SessionId) {
        let (runtime, session) = (self.clone(), session.clone());
        self.shared.works.begin(&session.clone(), Doing::Removing, async move {
            match runtime.remove_one(&session).await {
                Ok(()) => info!(session.id = %session, "Workload removed"),
                Err(error) => warn!(session.id = %session, error = %error, "Workload could not be removed yet"),
            }
            None
        });
    }

    async fn remove_one(&self, session: &SessionId) -> Result<(), PortError> {
        let docker = self.shared.client.get().await.map_err(failure::port)?;
        remove::containers(&docker, session).await.map_err(failure::port)?;
        let folder = self.folder(session);
        Ok(blocking::run(move || folder.remove()).await?)
    }

    pub(super) async fn delete_one(&self, labels: &Labels) -> Result<(), PortError> {
        let session = &labels.session;
        match self.owner(session).await? {
            None => return Ok(()),
            Some(owner) if owner == *labels => {}
            Some(_) => return Err(PortError::Conflict),
        }
        let folder = self.folder(session);
        blocking::run(move || if folder.file("record.json").exists() { folder.mark_ending() } else { Ok(()) }).await?;
        self.begin_removal(session);
        Ok(())
    }
}
