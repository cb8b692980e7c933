//! Containers, read afresh.

use std::{collections::HashMap, time::Duration};

use bollard::{
    Docker,
    errors::Error,
    models::{ContainerInspectResponse, ContainerSummary},
    query_parameters::{InspectContainerOptions, ListContainersOptionsBuilder},
};
use tokio::time::sleep;

use super::failure::status;

/// How often a container that the engine is just tidying up is looked at again, and after how long.
const LOOKS: u32 = 50;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// One container; `None` where there is no such one.
pub(crate) async fn inspect(docker: &Docker, name: &str) -> Result<Option<ContainerInspectResponse>, Error> {
    for look in 1.. {
        match docker.inspect_container(name, None::<InspectContainerOptions>).await {
            Ok(found) => return Ok(Some(found)),
            Err(error) if status(&error) == Some(404) => break,
            Err(error) if look < LOOKS && is_tidying_up(&error) => sleep(LOOK_AGAIN).await,
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Every container that a filter lets through, running or not.
pub(crate) async fn list(
    docker: &Docker,
    filter: &HashMap<String, Vec<String>>,
) -> Result<Vec<ContainerSummary>, Error> {
    let options = ListContainersOptionsBuilder::new().all(true).filters(filter).build();
    for _ in 1..LOOKS {
        match docker.list_containers(Some(options.clone())).await {
            Err(error) if is_tidying_up(&error) => sleep(LOOK_AGAIN).await,
            other => return other,
        }
    }
    docker.list_containers(Some(options)).await
}

/// Podman 4 has a state of its own between a program's end and its container's, which no Docker client knows.
fn is_tidying_up(error: &Error) -> bool {
    matches!(error, Error::JsonDataError { message, .. } if message.contains("`stopped`"))
}
