//! Everything of ours, read afresh.

use std::collections::BTreeSet;

use bollard::{
    errors::Error,
    models::{ContainerInspectResponse, ContainerStateStatusEnum, Network},
    query_parameters::{ListNetworksOptionsBuilder, ListVolumesOptionsBuilder},
};
use chrono::DateTime;
use sortie_core::{
    services::{
        Seen,
        seen::{Container, ContainerState, Health, Owned},
    },
    time::Timestamp,
};

use super::{
    DockerEngine,
    failure::status,
    inspect::{inspect, list},
    networks,
};

pub(super) async fn observe(engine: &DockerEngine, images: &[String]) -> Result<Seen, Error> {
    let docker = engine.client.get().await?;
    let labels = &engine.labels;
    let mut seen = Seen::default();
    let mut found = Vec::new();
    for listed in list(&docker, &labels.filter()).await? {
        let Some(id) = listed.id else { continue };
        // One that went between the two looks is none.
        found.extend(inspect(&docker, &id).await?);
    }
    let ours = ListVolumesOptionsBuilder::new().filters(&labels.filter()).build();
    for volume in docker.list_volumes(Some(ours)).await?.volumes.unwrap_or_default() {
        seen.volumes.extend(labels.app(Some(&volume.labels)).map(|app| Owned { app, name: volume.name }));
    }
    let ours = ListNetworksOptionsBuilder::new().filters(&labels.filter()).build();
    let there = docker.list_networks(Some(ours)).await?;
    seen.containers.extend(found.into_iter().filter_map(|it| container(engine, it, &there)));
    for network in there {
        let app = labels.app(network.labels.as_ref());
        seen.networks.extend(app.zip(network.name).map(|(app, name)| Owned { app, name }));
    }
    seen.volumes.sort();
    seen.networks.sort();
    seen.images = present(engine, images).await?;
    Ok(seen)
}

async fn present(engine: &DockerEngine, images: &[String]) -> Result<BTreeSet<String>, Error> {
    let docker = engine.client.get().await?;
    let mut present = BTreeSet::new();
    for image in images {
        match docker.inspect_image(image).await {
            Ok(_) => drop(present.insert(image.clone())),
            Err(error) if status(&error) == Some(404) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(present)
}

/// A container of ours; `None` when its labels do not say what they should, and then it is left alone.
fn container(engine: &DockerEngine, found: ContainerInspectResponse, there: &[Network]) -> Option<Container> {
    let config = found.config.unwrap_or_default();
    let said = engine.labels.said(config.labels.as_ref())?;
    let state = found.state.unwrap_or_default();
    let joined = found.network_settings.and_then(|it| it.networks).unwrap_or_default();
    let mut networks: Vec<String> =
        joined.into_iter().filter(|(name, it)| networks::is_in(it, name, there)).map(|(name, _)| name).collect();
    networks.sort();
    Some(Container {
        id: found.id?,
        name: found.name.unwrap_or_default().trim_start_matches('/').to_owned(),
        key: said.key,
        app_name: said.app_name,
        service_name: said.service_name,
        image: config.image.unwrap_or_default(),
        fingerprint: said.fingerprint,
        state: meaning(state.status, state.exit_code.unwrap_or_default()),
        started_at: state.started_at.as_deref().and_then(moment),
        restarts: found.restart_count.and_then(|it| u32::try_from(it).ok()).unwrap_or_default(),
        networks,
        health: Health::Unasked,
    })
}

fn meaning(status: Option<ContainerStateStatusEnum>, code: i64) -> ContainerState {
    match status.unwrap_or(ContainerStateStatusEnum::EMPTY) {
        ContainerStateStatusEnum::EMPTY | ContainerStateStatusEnum::CREATED => ContainerState::Created,
        ContainerStateStatusEnum::RUNNING => ContainerState::Running,
        ContainerStateStatusEnum::PAUSED => ContainerState::Paused,
        ContainerStateStatusEnum::RESTARTING => ContainerState::Restarting,
        ContainerStateStatusEnum::REMOVING | ContainerStateStatusEnum::STOPPING => ContainerState::Leaving,
        ContainerStateStatusEnum::EXITED => ContainerState::Exited(code),
        ContainerStateStatusEnum::DEAD => ContainerState::Dead,
    }
}

/// A time as engines write it; the year 1 stands for none.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let micros = DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros();
    (micros > 0).then(|| Timestamp::from_micros(micros))
}
