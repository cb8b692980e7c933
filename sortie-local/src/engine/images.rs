//! Images.

use std::{pin::pin, time::Duration};

use bollard::{
    Docker,
    errors::Error,
    models::ImageInspect,
    query_parameters::{CreateImageOptionsBuilder, RemoveImageOptionsBuilder},
};
use futures_util::TryStreamExt;
use sortie_core::port::engine::{Done, DownloadedImage, StepError};
use tokio::time::timeout;

use super::{DockerEngine, client::Client, deadline::LOOK, failure, perform::gone_is_fine};

/// How long a registry may be silent.
const SILENCE: Duration = Duration::from_mins(10);

pub(crate) async fn download(client: &Client, image: &str) -> Result<Done, StepError> {
    let docker = client.patient(SILENCE).await.map_err(failure::step)?;
    if look(&docker, image).await.is_ok() {
        // It was brought here by somebody: there is nothing to note down, and so nothing to clear away later.
        return Ok(Done::default());
    }
    let options = CreateImageOptionsBuilder::new().from_image(&with_tag(image)).build();
    let mut progress = pin!(docker.create_image(Some(options), None, None));
    loop {
        let heard = timeout(SILENCE, progress.try_next()).await.map_err(|_| failure::stalled(image, SILENCE))?;
        if heard.map_err(|error| failure::download(error, image))?.is_none() {
            break;
        }
    }
    let found = look(&docker, image).await.map_err(|error| failure::download(error, image))?;
    Ok(Done { image: Some(described(found)) })
}

async fn look(docker: &Docker, image: &str) -> Result<ImageInspect, Error> {
    timeout(LOOK, docker.inspect_image(image)).await.unwrap_or(Err(Error::RequestTimeoutError))
}

/// Only what nothing uses: the engine refuses otherwise, and then it stays.
pub(super) async fn remove(engine: &DockerEngine, image: &str) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    let options = RemoveImageOptionsBuilder::new().force(false).build();
    let removed = docker.remove_image(image, Some(options), None).await.map(drop);
    let in_use_is_fine = |error| if failure::status(&error) == Some(409) { Ok(()) } else { Err(error) };
    removed.or_else(gone_is_fine).or_else(in_use_is_fine).map_err(failure::step)
}

fn described(found: ImageInspect) -> DownloadedImage {
    let size = found.size.and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
    DownloadedImage { id: found.id.unwrap_or_default(), size }
}

/// Without a tag engines fetch every tag there is.
fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_without_a_tag_means_the_latest_one() {
        assert_eq!(with_tag("web"), "web:latest");
        assert_eq!(with_tag("localhost:5000/team/web"), "localhost:5000/team/web:latest");
        assert_eq!(with_tag("web:1"), "web:1");
        assert_eq!(with_tag("web@sha256:00"), "web@sha256:00");
    }
}
