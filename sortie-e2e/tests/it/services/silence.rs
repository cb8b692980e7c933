//! An engine that accepts connections and never answers stops neither the server nor its end.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::Signal;
use serde_json::{Value, json};
use sortie_testkit::engine::RealEngine;
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
};

use super::{PATIENCE, applied, explained, on, running, service, set};
use crate::harness::wait_for;

on_both! {
    an_engine_that_falls_silent_is_told_and_work_goes_on_when_it_speaks_again
}

/// How long it may take until the silence is told: one look's deadline, and some.
const TOLD: Duration = Duration::from_mins(1);
/// A graceful end, streams and requests included.
const END: Duration = Duration::from_secs(25);

/// A socket before the engine's that can fall silent: what runs through it stops where it is, and who comes is accepted and not heard.
struct Door {
    path: PathBuf,
    silent: watch::Sender<bool>,
}

impl Door {
    fn before(engine: &RealEngine, folder: &Path) -> Self {
        let path = folder.join("door.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let (silent, state) = watch::channel(false);
        let engine = engine.socket();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, engine.clone(), state.clone()));
            }
        });
        Self { path, silent }
    }
}

async fn pass(mut stream: UnixStream, engine: PathBuf, mut state: watch::Receiver<bool>) {
    if !*state.borrow_and_update()
        && let Ok(mut engine) = UnixStream::connect(engine).await
    {
        tokio::select! {
            _ = copy_bidirectional(&mut stream, &mut engine) => return,
            _ = state.wait_for(|it| *it) => {}
        }
    }
    // Held open until the silence ends.
    let _ = state.wait_for(|it| !*it).await;
}

fn target(version: u8) -> Value {
    let more = json!({"environment": {"VERSION": version.to_string()}});
    json!({"apps": {"1": {"services": [service(1, "web", &more)]}}})
}

async fn an_engine_that_falls_silent_is_told_and_work_goes_on_when_it_speaks_again(engine: RealEngine) {
    let mut world = on(&engine);
    let door = Door::before(&engine, world.folder());
    world.set("SORTIE_ENGINE", &format!("unix://{}", door.path.display()));
    let server = world.start().await;
    let client = server.anybody();
    set(&client, &target(1)).await;
    applied(&client).await;
    let before = running(&engine);

    door.silent.send_replace(true);
    // What is wanted can be written down meanwhile.
    set(&client, &target(2)).await;
    wait_for(TOLD, "word of the engine's silence", || async {
        let told = explained(&client).await;
        assert_eq!(told["applied"], false, "{told}");
        told["lastError"].as_str().is_some_and(|it| it.contains("did not answer")).then_some(())
    })
    .await;
    assert_eq!(running(&engine), before);
    door.silent.send_replace(false);
    applied(&client).await;
    wait_for(PATIENCE, "another container to run", || async { (running(&engine) != before).then_some(()) }).await;

    // In the middle of its work.
    set(&client, &target(3)).await;
    door.silent.send_replace(true);
    server.signal(Signal::TERM);
    assert!(server.ended(END).await.success());
    let server = world.start().await;
    let client = server.anybody();
    assert_eq!(client.get("/api/v1/state/target").await.status, 200, "it starts all the same");
    server.signal(Signal::TERM);
    assert!(server.ended(END).await.success());
    door.silent.send_replace(false);
    let server = world.start().await;
    applied(&server.anybody()).await;
    assert_eq!(running(&engine).len(), 1);
}
