//! Networks.

use bollard::{
    Docker,
    errors::Error,
    models::{NetworkCreateRequest, NetworkInspect},
    query_parameters::InspectNetworkOptions,
};
use sortie_core::{port::engine::StepError, services::AppNumber};

use super::{DockerEngine, failure, perform::gone_is_fine};

pub(super) async fn create(engine: &DockerEngine, app: AppNumber, name: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    if let Some(found) = find(&docker, name).await.map_err(failure::step)? {
        return if engine.labels.are_ours(found.labels.as_ref()) {
            Ok(())
        } else {
            Err(failure::name_taken("network", name))
        };
    }
    let request = NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some("bridge".to_owned()),
        labels: Some(engine.labels.of_app(app)),
        ..NetworkCreateRequest::default()
    };
    docker.create_network(request).await.map(drop).map_err(failure::step)
}

pub(super) async fn remove(engine: &DockerEngine, name: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    match find(&docker, name).await.map_err(failure::step)? {
        Some(found) if engine.labels.are_ours(found.labels.as_ref()) => {
            // By its id: the name may be another one's by now.
            let id = found.id.unwrap_or_else(|| name.to_owned());
            docker.remove_network(&id).await.or_else(gone_is_fine).map_err(failure::step)
        }
        Some(_) | None => Ok(()),
    }
}

async fn find(docker: &Docker, name: &str) -> Result<Option<NetworkInspect>, Error> {
    match docker.inspect_network(name, None::<InspectNetworkOptions>).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if failure::status(&error) == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}
