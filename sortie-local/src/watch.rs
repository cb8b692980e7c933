//! Notices that a workload may have changed: by inotify on the folders, and by looking at the locks now and then, because a
//! process that is killed writes nothing.

use std::{collections::HashMap, mem::MaybeUninit, os::fd::OwnedFd, path::PathBuf, time::Duration};

use rustix::{
    fs::inotify::{self, CreateFlags, WatchFlags},
    io::Errno,
};
use sortie_core::{id::SessionId, port::runtime::Wake};
use tokio::{
    io::unix::AsyncFd,
    time::{sleep, timeout},
};
use tracing::warn;

use crate::{
    blocking,
    error::{FileContext, Outcome},
    folder::Phase,
    list, readiness,
};

/// How often locks are looked at.
const LOCKS_AGAIN: Duration = Duration::from_secs(2);

/// Events that come together are answered together.
const GATHER: Duration = Duration::from_millis(5);

/// How long to wait before a watch that failed is begun again.
const BEGIN_AGAIN: Duration = Duration::from_secs(1);

/// Calls `wake` for every workload that appears, changes its phase or disappears. Never ends.
pub(crate) async fn run(workloads: PathBuf, wake: Wake) {
    let mut known = HashMap::new();
    loop {
        if let Err(error) = watch(&workloads, &wake, &mut known).await {
            warn!(error = %error, "Watch of workloads failed and begins again");
            sleep(BEGIN_AGAIN).await;
        }
    }
}

async fn watch(workloads: &PathBuf, wake: &Wake, known: &mut HashMap<SessionId, Phase>) -> Outcome<()> {
    let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).on("watch", workloads)?;
    let changes = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE;
    inotify::add_watch(&events, workloads, changes | WatchFlags::ONLYDIR).on("watch", workloads)?;
    let events = readiness::of(events).on("watch", workloads)?;
    loop {
        let path = workloads.clone();
        let found = blocking::run(move || list::read(&path)).await?;
        for workload in &found {
            // Watching a folder again changes nothing; one that has just gone is seen below.
            let _ = inotify::add_watch(&events, workload.folder.path(), WatchFlags::CREATE | WatchFlags::CLOSE_WRITE);
        }
        let now: HashMap<SessionId, Phase> = found.into_iter().map(|it| (it.labels.session, it.phase)).collect();
        for session in now.keys().chain(known.keys().filter(|it| !now.contains_key(*it))) {
            if now.get(session) != known.get(session) {
                wake(session.clone());
            }
        }
        *known = now;
        wait(&events, workloads).await?;
    }
}

/// Waits for events or for the time to look at the locks, and takes all events that are there.
async fn wait(events: &AsyncFd<OwnedFd>, workloads: &PathBuf) -> Outcome<()> {
    let Ok(ready) = timeout(LOCKS_AGAIN, events.readable()).await else { return Ok(()) };
    let mut ready = ready.on("watch", workloads)?;
    sleep(GATHER).await;
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(events.get_ref(), &mut buffer);
    loop {
        match reader.next() {
            Ok(_) => {}
            Err(Errno::AGAIN) => break,
            Err(error) => return Err(error).on("watch", workloads),
        }
    }
    ready.clear_ready();
    Ok(())
}
