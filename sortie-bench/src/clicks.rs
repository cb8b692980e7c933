//! Click to first pixels on a server that runs already, wherever it runs: what is compared with it is somebody else's clock, so
//! this prints times of day.

use std::{
    io::Write,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use serde_json::{Value, json};

use crate::{client::Client, events::Events, launch::Screen};

const DEADLINE: Duration = Duration::from_mins(2);

/// Launches an app again and again, and prints for each round when it was asked for and when its pixels were there.
pub(crate) async fn measure(server: &str, token: &Path, app: &str, rounds: usize) -> anyhow::Result<()> {
    let token = std::fs::read_to_string(token).with_context(|| format!("cannot read {}", token.display()))?;
    let token = token.trim();
    for _ in 0..rounds {
        let round = tokio::time::timeout(DEADLINE, one(server, token, app));
        let told = round.await.context("the launch takes too long")??;
        writeln!(std::io::stdout(), "{told}")?;
    }
    Ok(())
}

async fn one(server: &str, token: &str, app: &str) -> anyhow::Result<Value> {
    let mut events = Events::listen(server, token).await?;
    let mut client = Client::with_token(server, token).await?;
    let clicked = now()?;
    let (_, _, body) = client.send("POST", "/api/sessions", Some(&json!({"app_id": app})), None).await?;
    let session: Value = serde_json::from_slice(&body)?;
    let id = session["id"].as_str().with_context(|| format!("no session: {session}"))?.to_owned();
    events.until_running(&id).await?;
    let told = now()?;
    Screen::through_server(server, token, &id).await?.first_pixels().await?;
    let painted = now()?;
    // A server closes a connection that says nothing as long as a pod may take.
    Client::with_token(server, token).await?.send("DELETE", &format!("/api/sessions/{id}"), None, None).await?;
    Ok(json!({"session": id, "clicked": clicked, "running": told, "painted": painted}))
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "what is compared is the wall clock of other programs")]
fn now() -> anyhow::Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64())
}
