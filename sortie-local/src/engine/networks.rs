//! Networks. An engine that was killed in the middle, or asked by two at once, can show two of one name, and then starts nothing in
//! either (Docker's API calls its own check for duplicates a best effort): making a network means that there is exactly one.

use std::collections::HashMap;

use bollard::{
    Docker,
    errors::Error,
    models::{EndpointSettings, Network, NetworkCreateRequest},
    query_parameters::{InspectNetworkOptions, ListNetworksOptionsBuilder},
};
use sortie_core::{port::engine::StepError, services::AppNumber};

use super::{DockerEngine, failure, perform::gone_is_fine};

pub(super) async fn create(engine: &DockerEngine, app: AppNumber, name: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    let there = named(&docker, name).await.map_err(failure::step)?;
    if there.iter().any(|it| !engine.labels.are_ours(it.labels.as_ref())) {
        return Err(failure::name_taken("network", name));
    }
    if !there.is_empty() {
        return keep_one(&docker, there).await.map_err(failure::step);
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
    for it in named(&docker, name).await.map_err(failure::step)? {
        if engine.labels.are_ours(it.labels.as_ref()) {
            // By its id: the name may be another one's by now.
            remove_one(&docker, &it).await.map_err(failure::step)?;
        }
    }
    Ok(())
}

/// Removes all networks but one: the first that something is in, otherwise the oldest.
async fn keep_one(docker: &Docker, mut networks: Vec<Network>) -> Result<(), Error> {
    networks.sort_by(|one, other| (&one.created, &one.id).cmp(&(&other.created, &other.id)));
    if networks.len() < 2 {
        return Ok(());
    }
    let mut kept = 0;
    for (index, it) in networks.iter().enumerate() {
        if is_used(docker, it).await? {
            kept = index;
            break;
        }
    }
    for (_, it) in networks.iter().enumerate().filter(|(index, _)| *index != kept) {
        // The engine refuses it where something is in it.
        remove_one(docker, it).await?;
    }
    Ok(())
}

/// Whether a container's word that it joined a network is about one that is there: not if it was made anew since. Podman says the
/// name where Docker says the id, and Docker says nothing before the first start.
pub(super) fn is_in(joined: &EndpointSettings, name: &str, there: &[Network]) -> bool {
    let id = joined.network_id.as_deref().filter(|it| !it.is_empty() && *it != name);
    there.iter().any(|it| it.name.as_deref() == Some(name) && (id.is_none() || it.id.as_deref() == id))
}

async fn is_used(docker: &Docker, network: &Network) -> Result<bool, Error> {
    let found =
        docker.inspect_network(network.id.as_deref().unwrap_or_default(), None::<InspectNetworkOptions>).await?;
    Ok(found.containers.is_some_and(|it| !it.is_empty()))
}

async fn remove_one(docker: &Docker, network: &Network) -> Result<(), Error> {
    docker.remove_network(network.id.as_deref().unwrap_or_default()).await.or_else(gone_is_fine)
}

/// The networks of exactly this name; the engine's own filter also answers those whose names hold it.
pub(super) async fn named(docker: &Docker, name: &str) -> Result<Vec<Network>, Error> {
    let filter = HashMap::from([("name".to_owned(), vec![name.to_owned()])]);
    let options = ListNetworksOptionsBuilder::new().filters(&filter).build();
    let mut found = docker.list_networks(Some(options)).await?;
    found.retain(|it| it.name.as_deref() == Some(name) && it.id.is_some());
    Ok(found)
}
