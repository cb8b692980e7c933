//! Looking at sessions: one, all, their owners, their screens, and changes.

use bollard::{models::EventMessage, query_parameters::EventsOptionsBuilder};
use futures_util::StreamExt;
use sortie_core::{
    id::SessionId,
    port::{PortError, runtime::Wake},
    session::Reason,
    workload::{Endpoint, Labels, Observed, Workload},
};
use tokio::time::sleep;
use tracing::debug;

use super::{
    BEGIN_AGAIN, ContainerRuntime,
    folder::{self, Folder, Record},
    labels, observe,
};
use crate::{
    blocking,
    engine::{
        failure,
        inspect::{inspect, list},
    },
    error::{LocalError, Outcome},
};

impl ContainerRuntime {
    pub(super) async fn observe_one(&self, session: &SessionId) -> Result<Observed, PortError> {
        let folder = self.folder(session);
        if folder.is_ending() {
            self.begin_removal(session);
            return Ok(Observed::Ending);
        }
        let record = self.record(&folder).await?;
        let docker = self.docker().await?;
        let (screen, app) = (labels::screen(session), labels::app(session));
        let found = tokio::try_join!(inspect(&docker, &screen), inspect(&docker, &app));
        let (screen_found, app_found) = found.map_err(failure::port)?;
        let Some(record) = record else {
            return Ok(if self.shared.works.is_removing(session) {
                Observed::Ending
            } else if screen_found.is_none() && app_found.is_none() {
                Observed::Absent
            } else {
                observe::broken(Reason::WorkloadLost, "Its folder in the data directory is gone.".to_owned())
            });
        };
        if let Some(breakage) = folder.failure() {
            return Ok(Observed::Broken(breakage));
        }
        let stands = (observe::stand(screen_found.as_ref()), observe::stand(app_found.as_ref()));
        match observe::judge(&app, stands.0, stands.1, record.is_shown()) {
            Observed::Broken(mut breakage) => {
                breakage.output = observe::output(&docker, &app).await;
                Ok(Observed::Broken(breakage))
            }
            Observed::Partial if self.shared.works.is_making(session) => {
                let has_screen = screen_found.is_some();
                let detail = if has_screen { "starting its containers" } else { "fetching the image" }.to_owned();
                let cause = if has_screen { Reason::DisplayFailed } else { Reason::ImagePullFailed };
                Ok(Observed::Starting { detail, cause: Some(cause) })
            }
            settled @ (Observed::Absent
            | Observed::Partial
            | Observed::Starting { .. }
            | Observed::Ready { .. }
            | Observed::Ending) => Ok(settled),
        }
    }

    pub(super) async fn list_all(&self) -> Result<Vec<Workload>, PortError> {
        let docker = self.docker().await?;
        let place = self.shared.place.clone();
        let folders = blocking::run(move || folder::all(&place)).await?;
        let mut found: Vec<Labels> = Vec::new();
        for folder in folders {
            // One without a record is on its way out.
            if let Some(record) = self.record(&folder).await? {
                found.push(record.labels()?);
            }
        }
        let ours = labels::filter(&self.shared.place.id);
        for listed in list(&docker, &ours).await.map_err(failure::port)? {
            let said = listed.labels.as_ref().and_then(labels::read);
            // What has a folder is what its folder says.
            found.extend(said.filter(|said| found.iter().all(|it| it.session != said.session)));
        }
        let mut all = Vec::new();
        for labels in found {
            let observed = self.observe_one(&labels.session).await?;
            if observed != Observed::Absent {
                all.push(Workload { labels, observed });
            }
        }
        Ok(all)
    }

    /// Whose a session is: its folder says it, or where that is gone its containers.
    pub(super) async fn owner(&self, session: &SessionId) -> Result<Option<Labels>, PortError> {
        if let Some(record) = self.record(&self.folder(session)).await? {
            return Ok(Some(record.labels()?));
        }
        let docker = self.docker().await?;
        for name in [labels::app(session), labels::screen(session)] {
            let found = inspect(&docker, &name).await.map_err(failure::port)?;
            if let Some(found) = found {
                return Ok(found.config.and_then(|it| it.labels).as_ref().and_then(labels::read));
            }
        }
        Ok(None)
    }

    pub(super) async fn open_one(&self, session: &SessionId) -> Result<Endpoint, PortError> {
        match (self.observe_one(session).await?, self.record(&self.folder(session)).await?) {
            (Observed::Ready { .. }, Some(record)) => Ok(record.endpoint()),
            _ => Err(LocalError::NotReady.into()),
        }
    }

    async fn record(&self, folder: &Folder) -> Outcome<Option<Record>> {
        let folder = folder.clone();
        blocking::run(move || folder.read()).await
    }

    /// The session that an engine's event is about.
    fn session_of(event: EventMessage) -> Option<SessionId> {
        let attributes = event.actor?.attributes?;
        SessionId::new(attributes.get(labels::SESSION)?.clone()).ok()
    }

    pub(super) async fn watch_engine(&self, wake: &Wake) {
        loop {
            if let Ok(docker) = self.shared.client.get().await {
                let options = EventsOptionsBuilder::new().filters(&labels::filter(&self.shared.place.id)).build();
                let mut events = std::pin::pin!(docker.events(Some(options)));
                while let Some(Ok(event)) = events.next().await {
                    if let Some(session) = Self::session_of(event) {
                        wake(session);
                    }
                }
            }
            debug!("Engine's events ended; listening again");
            sleep(BEGIN_AGAIN).await;
        }
    }
}
