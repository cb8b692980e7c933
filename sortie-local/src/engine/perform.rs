//! Each kind of step. Before anything is stopped or removed it is read again, and left alone if it is not ours.

use std::time::Duration;

use bollard::{
    Docker,
    errors::Error,
    models::ContainerInspectResponse,
    query_parameters::{RemoveContainerOptionsBuilder, StartContainerOptions, StopContainerOptionsBuilder},
};
use sortie_core::{
    port::engine::{Done, StepError},
    services::Step,
};

use super::{DockerEngine, create, failure, images, inspect::inspect, networks, volumes};

pub(super) async fn perform(engine: &DockerEngine, step: &Step) -> Result<Done, StepError> {
    match step {
        Step::DownloadImage { image, .. } => return images::download(&engine.client, image).await,
        Step::CreateVolume { app, name } => volumes::create(engine, *app, name).await?,
        Step::CreateNetwork { app, name } => networks::create(engine, *app, name).await?,
        Step::StopContainer { container, timeout, .. } => stop(engine, container, *timeout).await?,
        Step::RemoveContainer { container, .. } => remove(engine, container).await?,
        Step::StartContainer { order, existing } => create::start(engine, order, existing.as_deref()).await?,
        Step::RemoveNetwork { name, .. } => networks::remove(engine, name).await?,
        Step::RemoveVolume { name, .. } => volumes::remove(engine, name).await?,
        Step::RemoveImage { image } => images::remove(engine, image).await?,
    }
    Ok(Done::default())
}

/// A container, if it is there and ours.
pub(super) async fn ours(
    engine: &DockerEngine,
    docker: &Docker,
    container: &str,
) -> Result<Option<ContainerInspectResponse>, Error> {
    let is_ours = |it: &ContainerInspectResponse| {
        let labels = it.config.as_ref().and_then(|it| it.labels.as_ref());
        engine.labels.are_ours(labels)
    };
    Ok(inspect(docker, container).await?.filter(is_ours))
}

async fn stop(engine: &DockerEngine, container: &str, timeout: Duration) -> Result<(), StepError> {
    let docker = engine.client.patient(timeout).await.map_err(failure::step)?;
    let Some(found) = ours(engine, &docker, container).await.map_err(failure::step)? else { return Ok(()) };
    if found.state.is_some_and(|it| it.paused == Some(true)) {
        docker.unpause_container(container).await.or_else(gone_is_fine).map_err(failure::step)?;
    }
    let seconds = i32::try_from(timeout.as_secs()).unwrap_or(i32::MAX);
    let options = StopContainerOptionsBuilder::new().t(seconds).build();
    docker.stop_container(container, Some(options)).await.or_else(gone_is_fine).map_err(failure::step)
}

async fn remove(engine: &DockerEngine, container: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    if ours(engine, &docker, container).await.map_err(failure::step)?.is_none() {
        return Ok(());
    }
    // Not by force, and no volume goes with it, not even one without a name.
    let options = RemoveContainerOptionsBuilder::new().force(false).v(false).build();
    let removed = docker.remove_container(container, Some(options)).await;
    removed.or_else(gone_is_fine).map_err(failure::step)
}

pub(super) async fn unpause_or_start(docker: &Docker, found: &ContainerInspectResponse) -> Result<(), Error> {
    let Some(id) = found.id.as_deref() else { return Ok(()) };
    if found.state.as_ref().is_some_and(|it| it.paused == Some(true)) {
        return docker.unpause_container(id).await;
    }
    docker.start_container(id, None::<StartContainerOptions>).await.or_else(unchanged_is_fine)
}

/// 304: it is so already.
fn unchanged_is_fine(error: Error) -> Result<(), Error> {
    if failure::status(&error) == Some(304) { Ok(()) } else { Err(error) }
}

/// The same, and 404: there is nothing left to do it to.
pub(crate) fn gone_is_fine(error: Error) -> Result<(), Error> {
    if matches!(failure::status(&error), Some(304 | 404)) { Ok(()) } else { Err(error) }
}
