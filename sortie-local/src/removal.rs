//! Removing a workload: its processes first, then what lies beside its folder, the folder last.
//!
//! The order is written into the folder before anything happens, and the folder is there until everything else is gone. So an
//! interrupted removal is found again, by whoever lists next.

use std::{fs, path::Path, time::Duration};

use rustix::fs::FlockOperation;
use tokio::time::{Instant, sleep};

use crate::{
    blocking,
    create::DRAFT,
    error::{FileContext, LocalError, Outcome},
    folder::Folder,
    home, limits, names, place, processes,
    record::Record,
    uid,
};

/// How long processes may take to die of SIGKILL.
const DEATH_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait before looking again for what SIGKILL has left.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Ends all processes of a workload and removes everything of it. Absent is success.
pub(crate) async fn remove(folder: Folder) -> Outcome<()> {
    let Some(record) = Record::read(folder.path())? else {
        return blocking::run(move || clear_remains(&folder)).await;
    };
    folder.mark_ending()?;
    let until = Instant::now() + DEATH_LIMIT;
    loop {
        let mark = record.mark.clone();
        let hit = blocking::run(move || Ok(processes::kill_marked(&mark))).await?;
        let nothing_was_hit = hit.is_empty();
        processes::wait_for_death(hit, DEATH_LIMIT).await;
        // Nothing with the mark was left and nothing holds the lock: nothing can start anything any more.
        if nothing_was_hit && let Some(lock) = folder.try_lock(FlockOperation::NonBlockingLockExclusive)? {
            let (folder, record) = (folder.clone(), record.clone());
            let cleared = blocking::run(move || {
                let cleared = clear(&folder, &record);
                drop(lock);
                cleared
            });
            match cleared.await {
                Err(_) if Instant::now() < until => {}
                other => return other,
            }
        }
        if Instant::now() >= until {
            return Err(LocalError::Slow("ending the processes"));
        }
        if nothing_was_hit {
            sleep(LOOK_AGAIN).await;
        }
    }
}

/// Removes what a maker left that died before it started anything, and what a removal left that was interrupted at its very
/// end. Does nothing to a workload.
pub(crate) fn clear_remains(folder: &Folder) -> Outcome<()> {
    if !folder.path().exists() {
        return Ok(());
    }
    let Some(_lock) = folder.try_lock(FlockOperation::NonBlockingLockExclusive)? else { return Ok(()) };
    match Record::read(folder.path())? {
        None => home::remove(folder.path()),
        Some(record) if !folder.has("started") => clear(folder, &record),
        Some(_) => Ok(()),
    }
}

/// Removes drafts that nobody works on.
pub(crate) fn clear_leftovers(workloads: &Path) -> Outcome<()> {
    let _making = place::lock(&workloads.join(".making"), FlockOperation::LockExclusive)?;
    for entry in fs::read_dir(workloads).on("read", workloads)?.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(DRAFT) && !Folder::new(path.clone()).lives()? {
            home::remove(&path)?;
        }
    }
    Ok(())
}

/// Takes a folder whose record cannot be read out of the way, unless something in it lives.
pub(crate) fn set_aside(folder: &Folder) -> Outcome<bool> {
    if folder.lives()? {
        return Ok(false);
    }
    let name = folder.path().file_name().unwrap_or_default().to_string_lossy();
    let aside = folder.path().with_file_name(format!(".unreadable-{name}-{}", names::random_text(6)));
    fs::rename(folder.path(), &aside).on("set aside", aside)?;
    Ok(true)
}

fn clear(folder: &Folder, record: &Record) -> Outcome<()> {
    home::remove(&record.sockets)?;
    limits::remove(&record.cgroups)?;
    home::remove_draft(&record.home)?;
    if !record.home_is_kept {
        home::remove(&record.home)?;
    }
    if let Some(uid) = record.uid {
        uid::release(uid, folder.path());
    }
    // Without its record a folder is no workload, only something to remove.
    let path = folder.file("spec.json");
    fs::remove_file(&path).on("remove", path)?;
    home::remove(folder.path())
}
