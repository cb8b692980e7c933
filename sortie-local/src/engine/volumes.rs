//! Volumes.

use bollard::{
    Docker,
    errors::Error,
    models::{Volume, VolumeCreateRequest},
    query_parameters::RemoveVolumeOptions,
};
use sortie_core::{port::engine::StepError, services::AppNumber};

use super::{DockerEngine, failure, perform::gone_is_fine};

/// Makes a volume. Engines answer a second request with the volume that is there, whoever made it: so it is looked at first.
pub(super) async fn create(engine: &DockerEngine, app: AppNumber, name: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    if let Some(found) = find(&docker, name).await.map_err(failure::step)? {
        return if engine.labels.are_ours(Some(&found.labels)) {
            Ok(())
        } else {
            Err(failure::name_taken("volume", name))
        };
    }
    let request = VolumeCreateRequest {
        name: Some(name.to_owned()),
        labels: Some(engine.labels.of_app(app)),
        ..VolumeCreateRequest::default()
    };
    docker.create_volume(request).await.map(drop).map_err(failure::step)
}

pub(super) async fn remove(engine: &DockerEngine, name: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    match find(&docker, name).await.map_err(failure::step)? {
        Some(found) if engine.labels.are_ours(Some(&found.labels)) => {
            let removed = docker.remove_volume(name, None::<RemoveVolumeOptions>).await;
            removed.or_else(gone_is_fine).map_err(failure::step)
        }
        Some(_) | None => Ok(()),
    }
}

async fn find(docker: &Docker, name: &str) -> Result<Option<Volume>, Error> {
    match docker.inspect_volume(name).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if failure::status(&error) == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}
