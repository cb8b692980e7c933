//! One container, read afresh.

use std::time::Duration;

use bollard::{Docker, errors::Error, models::ContainerInspectResponse, query_parameters::InspectContainerOptions};
use tokio::time::sleep;

use super::failure::status;

/// How often a container that the engine is just tidying up is looked at again, and after how long.
const LOOKS: usize = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// `None` where there is no such container.
pub(crate) async fn inspect(docker: &Docker, name: &str) -> Result<Option<ContainerInspectResponse>, Error> {
    for _ in 1..LOOKS {
        match docker.inspect_container(name, None::<InspectContainerOptions>).await {
            // Podman 4 has a state of its own between a program's end and its container's, which no Docker client knows.
            Err(Error::JsonDataError { message, .. }) if message.contains("`stopped`") => sleep(LOOK_AGAIN).await,
            other => return absent_is_none(other),
        }
    }
    absent_is_none(docker.inspect_container(name, None::<InspectContainerOptions>).await)
}

fn absent_is_none(answer: Result<ContainerInspectResponse, Error>) -> Result<Option<ContainerInspectResponse>, Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if status(&error) == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}
