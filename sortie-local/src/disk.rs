//! How much of the disk a person's files use, measured now and then.
//!
//! A file system holds a limit back only with quotas, which need root and a file system that has them. So homes are measured:
//! one that is too large is written down as full, and then the workload is observed broken. Between two looks an app can write
//! as fast as the disk is, and folders that a server without root may not read are not counted.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tokio::time::sleep;
use tracing::{debug, warn};

use crate::{
    blocking,
    error::{FileContext, LocalError, Outcome},
    folder::{Folder, Phase},
    list,
    record::Record,
};

/// In the folder of a workload whose home is too large: how many bytes it had.
pub(crate) const FULL: &str = "full";
/// In the folder of a workload: how many bytes its home had at the first look.
const AT_FIRST: &str = "home-at-first";
/// A home that takes longer than this to be measured, in seconds, is left for the next time.
const PATIENCE: &str = "20";

/// Measures the homes of all workloads again and again. Never ends.
pub(crate) async fn watch(workloads: PathBuf, limit: u64, every: Duration) {
    loop {
        let here = workloads.clone();
        if let Err(error) = blocking::run(move || measure_all(&here, limit)).await {
            warn!(error = %error, "Homes could not be measured; the next round tries again");
        }
        sleep(every).await;
    }
}

fn measure_all(workloads: &Path, limit: u64) -> Outcome<()> {
    for folder in list::folders(workloads)? {
        // One that is on its way in or out, or cannot be measured, does not stop the others.
        if let Err(error) = measure(&folder, limit) {
            debug!(folder = %folder.path().display(), error = %error, "Home could not be measured");
        }
    }
    Ok(())
}

fn measure(folder: &Folder, limit: u64) -> Outcome<()> {
    match folder.phase()? {
        Phase::Starting | Phase::Shown => {}
        Phase::Absent | Phase::Ended | Phase::Blind | Phase::Lost | Phase::Ending => return Ok(()),
    }
    let Some(record) = Record::read(folder.path())? else { return Ok(()) };
    let used = used(&record.home)?;
    let at_first = if record.home_is_kept { at_first(folder, used)? } else { 0 };
    if is_full(used, limit, at_first) && !folder.has(FULL) {
        let path = folder.file(FULL);
        fs::write(&path, used.to_string()).on("write", path)?;
    }
    Ok(())
}

/// A kept home that was too large before may be opened, so that somebody can tidy it up, and may not grow.
fn is_full(used: u64, limit: u64, at_first: u64) -> bool {
    used > limit.max(at_first)
}

fn at_first(folder: &Folder, used: u64) -> Outcome<u64> {
    let path = folder.file(AT_FIRST);
    if let Some(known) = fs::read_to_string(&path).ok().and_then(|it| it.parse().ok()) {
        return Ok(known);
    }
    fs::write(&path, used.to_string()).on("write", path)?;
    Ok(used)
}

/// The blocks of everything below a folder, in bytes. The host's tool follows no link and survives any depth.
fn used(home: &Path) -> Outcome<u64> {
    let failed = |detail: String| LocalError::Tool { tool: "du", detail };
    let output = Command::new("nice")
        .args(["-n", "19", "timeout", PATIENCE, "du", "--summarize", "--one-file-system", "--block-size=1", "--"])
        .arg(home)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    // What it may not read it says on its standard error, and counts the rest.
    let text = String::from_utf8_lossy(&output.stdout);
    let count = text.split_ascii_whitespace().next().and_then(|it| it.parse().ok());
    count.ok_or_else(|| failed(output.status.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_blocks_and_not_what_a_file_says() {
        let home = tempfile::tempdir().unwrap();
        let empty = used(home.path()).unwrap();
        fs::File::create(home.path().join("sparse")).unwrap().set_len(1 << 40).unwrap();
        assert!(used(home.path()).unwrap() < empty + 65_536);
        fs::write(home.path().join("real"), vec![7; 300_000]).unwrap();
        assert!(used(home.path()).unwrap() >= empty + 300_000);
    }

    #[test]
    fn a_home_that_was_too_large_before_may_shrink_and_not_grow() {
        assert!(!is_full(100, 100, 0) && is_full(101, 100, 0));
        assert!(!is_full(150, 100, 150) && !is_full(120, 100, 150) && is_full(151, 100, 150));
    }
}
