//! Click to first frame: a terminal through the whole server, and the same X server and terminal started bare.

mod screen;

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    client::Client,
    events::Events,
    server::Server,
    table::{Table, percentile},
};
pub(crate) use screen::Screen;

const ROUNDS: usize = 20;
const DEADLINE: Duration = Duration::from_secs(20);

/// Measures and prints.
pub(crate) async fn measure(bin: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(bin, &folder, None).await?;
    let (mut admin, token) = Client::sign_in(&server.address).await?;
    let app = json!({"id": "terminal", "name": "Terminal", "launch_type": "container", "command": ["xterm"]});
    let (status, ..) = admin.send("POST", "/api/apps", Some(&app), None).await?;
    ensure!(status == StatusCode::CREATED, "creating the app answered {status}");
    let (mut through, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(tokio::time::timeout(DEADLINE, start_bare()).await.context("the bare program takes too long")??);
        let launched = tokio::time::timeout(DEADLINE, launch(&mut admin, &server.address, &token));
        through.push(launched.await.context("the launch takes too long")??);
    }
    let mut table = Table::default();
    for percent in [50, 95] {
        let (reference, candidate) = (percentile(&mut bare, percent), percentile(&mut through, percent));
        table.compare("launch", &format!("click to first pixels, p{percent}"), "ms", reference, candidate);
        table.tell(
            "launch",
            &format!("more than the bare program, p{percent}"),
            format!("{:.1} ms", candidate - reference),
        );
    }
    server.stop().await?;
    Ok(table.print()?)
}

/// One launch through the server, from the request to pixels of the program; ends the session afterwards.
async fn launch(admin: &mut Client, address: &str, token: &str) -> anyhow::Result<Duration> {
    let mut events = Events::listen(address, token).await?;
    let begun = Instant::now();
    let (_, _, body) = admin.send("POST", "/api/sessions", Some(&json!({"app_id": "terminal"})), None).await?;
    let session: Value = serde_json::from_slice(&body)?;
    let id = session["id"].as_str().with_context(|| format!("no session: {session}"))?.to_owned();
    let path = format!("/api/sessions/{id}");
    events.until_running(&id).await?;
    Screen::through_server(address, token, &id).await?.first_pixels().await?;
    let elapsed = begun.elapsed();
    admin.send("DELETE", &path, None, None).await?;
    Ok(elapsed)
}

/// The X server and the program alone, from their start to pixels.
async fn start_bare() -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("rfb");
    let begun = Instant::now();
    let mut display = spawn(
        Command::new("Xvnc")
            .args([
                "-displayfd",
                "1",
                "-rfbport",
                "-1",
                "-SecurityTypes",
                "None",
                "-geometry",
                "1280x800",
                "-depth",
                "24",
            ])
            .arg("-rfbunixpath")
            .arg(&socket)
            .stdout(Stdio::piped()),
    )?;
    let mut lines = BufReader::new(display.stdout.take().context("no output")?).lines();
    let number = lines.next_line().await?.context("Xvnc did not start")?;
    let mut program = spawn(Command::new("xterm").env("DISPLAY", format!(":{}", number.trim())).stdout(Stdio::null()))?;
    Screen::bare(&socket).await?.first_pixels().await?;
    let elapsed = begun.elapsed();
    program.kill().await?;
    display.kill().await?;
    Ok(elapsed)
}

fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().context("Xvnc and xterm are needed")
}
