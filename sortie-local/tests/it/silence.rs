//! Engines that accept a connection and never answer, or stop in the middle: whoever asks is told after a while.
//!
//! The clock is the test's: it jumps to the next deadline as soon as nothing else is to be done.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    id::InstallationId,
    port::{Engine, engine::StepError},
    services::{Node, Step},
};
use sortie_local::{DockerEngine, EngineAddress};
use sortie_testkit::{contract::engine as contract, engine::IMAGE};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    time::Instant,
};

const VERSION: &str = r#"{"Version":"1","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux"}"#;
const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n[";

/// How far such an engine gets.
#[derive(Clone, Copy)]
struct Silence {
    /// Says which version it is.
    greets: bool,
    /// Begins an answer to everything else.
    begins: bool,
}

/// Lets such an engine listen; answers where.
fn listen(folder: &Path, silence: Silence) -> Result<PathBuf> {
    let path = folder.join("engine.sock");
    let listener = UnixListener::bind(&path)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, silence));
        }
    });
    Ok(path)
}

async fn serve(mut stream: UnixStream, silence: Silence) -> Result<()> {
    let mut request = vec![0; 64 * 1024];
    loop {
        let length = stream.read(&mut request).await?;
        ensure!(length > 0);
        let asks_version = request[..length].windows(8).any(|it| it == b"/version");
        if asks_version && silence.greets {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length";
            stream.write_all(format!("{head}: {}\r\n\r\n{VERSION}", VERSION.len()).as_bytes()).await?;
        } else if silence.begins {
            stream.write_all(HALF.as_bytes()).await?;
        }
    }
}

fn every_step() -> Result<Vec<Step>> {
    let target = contract::target(IMAGE, vec![("networks", Node::List(vec![Node::text("back")]))])?;
    let key = contract::order(&target)?.key;
    let (app, name, container) = (key.app, "a".to_owned(), "a".to_owned());
    let mut steps = contract::leading_up(&target)?;
    let second = Duration::from_secs(1);
    steps.extend([
        Step::StopContainer { key, container: container.clone(), timeout: second },
        Step::RemoveContainer { key, container },
        Step::RemoveNetwork { app, name: name.clone() },
        Step::RemoveVolume { app, name: name.clone() },
        Step::RemoveImage { image: name },
    ]);
    Ok(steps)
}

async fn everything_ends(silence: Silence) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let address = EngineAddress::Unix(listen(folder.path(), silence)?);
    let engine = DockerEngine::new(address, InstallationId::new("mine")?);
    let begun = Instant::now();
    let said = [
        engine.identify().await.map(drop).err(),
        engine.observe(&[]).await.map(drop).err(),
        engine.logs("a", 1).await.map(drop).err(),
    ];
    for error in said {
        let told = format!("{:?}", error.context("an engine that says nothing was understood")?);
        ensure!(told.contains("did not answer"), "{told}");
    }
    ensure!(begun.elapsed() <= Duration::from_secs(3 * 30), "{:?}", begun.elapsed());
    for step in every_step()? {
        let begun = Instant::now();
        let error = engine.perform(&step).await.map(drop).err().with_context(|| step.name().to_owned())?;
        let told = match error {
            StepError::Failed(failure) => failure.to_string(),
            StepError::Unreachable(error) => error.to_string(),
        };
        let is_clear = told.contains("did not answer") || told.contains("nothing came");
        ensure!(is_clear, "{}: {told}", step.name());
        let most = Duration::from_mins(if matches!(step, Step::DownloadImage { .. }) { 11 } else { 4 });
        ensure!(begun.elapsed() <= most, "{}: {:?}", step.name(), begun.elapsed());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_never_says_a_word_is_given_up() -> Result<()> {
    everything_ends(Silence { greets: false, begins: false }).await
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_falls_silent_is_given_up() -> Result<()> {
    everything_ends(Silence { greets: true, begins: false }).await
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_stops_in_the_middle_of_an_answer_is_given_up() -> Result<()> {
    everything_ends(Silence { greets: true, begins: true }).await
}
