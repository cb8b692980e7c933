//! Making a session: images, then the screen, then the app. Each step finds what an interrupted attempt left.

use std::time::Duration;

use bollard::{
    Docker,
    errors::Error,
    models::ContainerCreateBody,
    query_parameters::{CreateContainerOptionsBuilder, StartContainerOptions},
};
use sortie_core::{port::engine::StepError, services::Cause, session::Reason, workload::Held};
use tokio::time::sleep;

use super::{
    labels,
    manifest::{self, Stage},
    observe::{self, Stand},
};
use crate::{
    blocking,
    engine::{client::Client, failure, images, inspect::inspect},
    error::LocalError,
};

/// How often a screen that is starting is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// After so many looks the engine is asked whether the screen still runs.
const LOOKS: usize = 40;

/// Why a session was not made.
pub(super) enum Trouble {
    /// It never will be.
    Final(Reason, String),
    /// It may be, later.
    Passing(Held),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match failure::step(error) {
            StepError::Failed(it) if it.cause == Cause::EngineFailed => {
                Self::Passing(Held { reason: Reason::RuntimeUnavailable, detail: it.message })
            }
            StepError::Failed(it) => Self::Final(Reason::StartRefused, it.message),
            StepError::Unreachable(error) => {
                Self::Passing(Held { reason: Reason::RuntimeUnavailable, detail: format!("the engine: {error}") })
            }
        }
    }
}

impl From<LocalError> for Trouble {
    fn from(error: LocalError) -> Self {
        Self::Passing(Held { reason: Reason::RuntimeUnavailable, detail: error.to_string() })
    }
}

/// Fetches what is missing of an order's images.
pub(super) async fn fetch_images(client: &Client, stage: &Stage<'_>) -> Result<(), Trouble> {
    let spec = &stage.order.spec;
    fetch(client, manifest::screen_image(spec, stage.settings)).await?;
    if let Some(image) = &spec.image {
        fetch(client, image).await?;
    }
    Ok(())
}

async fn fetch(client: &Client, image: &str) -> Result<(), Trouble> {
    match images::download(client, image).await {
        Ok(_) => Ok(()),
        Err(StepError::Failed(it)) if it.cause == Cause::ImageNotFound => {
            Err(Trouble::Final(Reason::ImagePullFailed, it.message))
        }
        Err(StepError::Failed(it)) => {
            Err(Trouble::Passing(Held { reason: Reason::ImagePullFailed, detail: it.message }))
        }
        Err(StepError::Unreachable(error)) => {
            Err(Trouble::Passing(Held { reason: Reason::RuntimeUnavailable, detail: format!("the engine: {error}") }))
        }
    }
}

/// Starts both containers, the app when there is something to draw on, and answers when the app is shown or is over.
pub(super) async fn start(docker: &Docker, stage: &Stage<'_>) -> Result<(), Trouble> {
    let (session, spec) = (&stage.order.labels.session, &stage.order.spec);
    if manifest::runs_as_its_user(spec) && !spec.run_as_root {
        refuse_root(docker, spec.image.as_deref().unwrap_or_default()).await?;
    }
    let (screen, app) = (labels::screen(session), labels::app(session));
    if inspect(docker, &screen).await?.is_none() {
        let (folder, record, user) = (stage.folder.clone(), stage.record.clone(), stage.user);
        blocking::run(move || folder.renew_screen(&record, user)).await?;
    }
    ensure(docker, stage, &screen, manifest::screen(stage)).await?;
    // An app with a display of its own is what the screen waits for; every other one waits for the screen.
    if spec.display.is_none() && !until(docker, &screen, || stage.record.has_screen()).await? {
        return Ok(());
    }
    ensure(docker, stage, &app, manifest::app(stage)).await?;
    until(docker, &app, || stage.record.is_shown()).await?;
    Ok(())
}

async fn refuse_root(docker: &Docker, image: &str) -> Result<(), Trouble> {
    let user = docker.inspect_image(image).await?.config.and_then(|it| it.user).unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default();
    if matches!(name, "" | "0" | "root") {
        let detail = format!("The image {image} names no user other than root.");
        return Err(Trouble::Final(Reason::ImageNeedsRoot, detail));
    }
    Ok(())
}

/// Makes a container and starts it, or finds that it is there and ours. One that is over stays over.
async fn ensure(docker: &Docker, stage: &Stage<'_>, name: &str, body: ContainerCreateBody) -> Result<(), Trouble> {
    let options = CreateContainerOptionsBuilder::new().name(name).build();
    let created = docker.create_container(Some(options), body).await;
    let found = inspect(docker, name).await?;
    let Some(found) = found else {
        return match created {
            Ok(_) => Ok(()), // Removed again already: what observes will see it.
            Err(error) => Err(error.into()),
        };
    };
    let said = found.config.as_ref().and_then(|it| it.labels.as_ref()).and_then(labels::read);
    if said.is_none_or(|it| it.session != stage.order.labels.session) {
        let detail = format!("There is a container {name:?} that Sortie did not make.");
        return Err(Trouble::Final(Reason::StartRefused, detail));
    }
    if observe::stand(Some(&found)) == Stand::Made {
        docker.start_container(name, None::<StartContainerOptions>).await?;
    }
    Ok(())
}

/// Waits until it is so; answers `false` where the container was over first.
async fn until(docker: &Docker, name: &str, is_so: impl Fn() -> bool) -> Result<bool, Error> {
    for look in 1_usize.. {
        if is_so() {
            return Ok(true);
        }
        if look.is_multiple_of(LOOKS) {
            match observe::stand(inspect(docker, name).await?.as_ref()) {
                Stand::Running => {}
                Stand::Absent | Stand::Made | Stand::Over { .. } => break,
            }
        }
        sleep(LOOK_AGAIN).await;
    }
    Ok(false)
}
