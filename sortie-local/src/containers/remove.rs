//! Removing a session: the app first, so that it can end by itself, then its screen, then everything on the disk.

use bollard::{
    Docker,
    errors::Error,
    query_parameters::{RemoveContainerOptionsBuilder, StopContainerOptionsBuilder},
};
use sortie_core::id::SessionId;

use super::labels;
use crate::engine::perform::gone_is_fine;

/// How long a program that is told to end gets.
const GRACE_SECONDS: i32 = 5;

/// Ends and removes both containers. Absent is success.
pub(super) async fn containers(docker: &Docker, session: &SessionId) -> Result<(), Error> {
    let (app, screen) = (labels::app(session), labels::screen(session));
    let options = StopContainerOptionsBuilder::new().t(GRACE_SECONDS).build();
    // One that does not end so ends below.
    let _ = docker.stop_container(&app, Some(options)).await;
    for name in [app, screen] {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        docker.remove_container(&name, Some(options)).await.or_else(gone_is_fine)?;
    }
    Ok(())
}
