//! The folder of one workload: its files, its lock, and what they say about its state.
//!
//! | file | written by | says |
//! |---|---|---|
//! | `spec.json` | the server, first | whose it is, its mark, its secrets |
//! | `lock` | held by every process that keeps it alive | something lives |
//! | `started` | the keeper, first of all | processes were started |
//! | `shown` | the keeper | the display accepts programs |
//! | `display.status`, `app.status` | bubblewrap | pid of the sandbox's init, exit code |
//! | `log/output.0` … `.2`, `log/display.0` … | the keeper | the newest output, oldest part first |
//! | `ended` | the keeper | the app is over and its output is complete |
//! | `home-at-first`, `full` | the server | how much the home held at the first look; that it holds too much |
//! | `ending` | the server | the workload is to be removed |

pub(crate) mod output;
pub(crate) mod status;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::{fs::FlockOperation, io::Errno};

use crate::{
    error::{FileContext, Outcome},
    place, processes,
    record::Record,
};

/// A workload's folder. Nothing is remembered: every question reads the disk.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// How far a workload has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// There is none, or its maker died before it started anything.
    Absent,
    /// The display is not up yet.
    Starting,
    /// The display is up and the app is running or about to.
    Shown,
    /// The app is over.
    Ended,
    /// The app runs without a display.
    Blind,
    /// It was started, and nothing of it lives, and nobody wrote down why.
    Lost,
    /// It is being removed.
    Ending,
}

impl Folder {
    /// The folder at this path, whether it exists or not.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// One of its files.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Reads how far the workload has come.
    pub(crate) fn phase(&self) -> Outcome<Phase> {
        let is_recorded = self.has("spec.json");
        if !is_recorded && !self.path.exists() {
            return Ok(Phase::Absent);
        }
        // The record is the last thing but one to go, and a folder never appears without it.
        if !is_recorded || self.has("ending") {
            return Ok(Phase::Ending);
        }
        // The lock is asked before the files: what ends afterwards has written its files before.
        let lives = self.lives()?;
        let is_over = |sandbox: &str| status::read(&self.file(&format!("{sandbox}.status"))).exit_code.is_some();
        Ok(if self.has("ended") {
            Phase::Ended
        } else if !lives {
            if self.has("started") { Phase::Lost } else { Phase::Absent }
        } else if !self.has("shown") {
            Phase::Starting
        } else if is_over("app") && !self.keeper_lives()? {
            Phase::Ended
        } else if is_over("display") {
            Phase::Blind
        } else {
            Phase::Shown
        })
    }

    /// Whether somebody will still write that the app is over.
    fn keeper_lives(&self) -> Outcome<bool> {
        Ok(Record::read(&self.path)?.is_some_and(|record| processes::keeper_lives(&record.mark)))
    }

    /// Whether any process of the workload lives, or a server is about to start it.
    pub(crate) fn lives(&self) -> Outcome<bool> {
        Ok(self.try_lock(FlockOperation::NonBlockingLockShared)?.is_none())
    }

    /// Takes the lock if nothing holds it.
    pub(crate) fn try_lock(&self, operation: FlockOperation) -> Outcome<Option<fs::File>> {
        let path = self.file("lock");
        let file = match fs::OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return place::lock_file(&path).map(Some),
            Err(error) => return Err(error).on("open", path),
        };
        match rustix::fs::flock(&file, operation) {
            Ok(()) => Ok(Some(file)),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error).on("lock", path),
        }
    }

    /// Whether the folder has such a file.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.file(name).exists()
    }

    /// Writes down that the workload is to be removed.
    pub(crate) fn mark_ending(&self) -> Outcome<()> {
        let path = self.file("ending");
        fs::write(&path, b"").on("write", path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        for name in files {
            fs::write(dir.path().join(name), b"").unwrap();
        }
        let folder = Folder::new(dir.path().to_owned());
        (dir, folder)
    }

    fn phase_while_locked(files: &[&str]) -> Phase {
        let (_dir, folder) = folder(files);
        let _lock = place::lock(&folder.file("lock"), FlockOperation::LockExclusive).unwrap();
        folder.phase().unwrap()
    }

    fn phase_of_the_dead(files: &[&str]) -> Phase {
        folder(files).1.phase().unwrap()
    }

    #[test]
    fn a_folder_whose_maker_died_first_is_no_workload() {
        assert_eq!(phase_of_the_dead(&["spec.json", "lock"]), Phase::Absent);
        assert_eq!(Folder::new("/nowhere".into()).phase().unwrap(), Phase::Absent);
    }

    #[test]
    fn the_lock_tells_a_starting_workload_from_a_lost_one() {
        assert_eq!(phase_while_locked(&["spec.json"]), Phase::Starting);
        assert_eq!(phase_while_locked(&["spec.json", "started", "shown"]), Phase::Shown);
        assert_eq!(phase_of_the_dead(&["spec.json", "lock", "started", "shown"]), Phase::Lost);
    }

    #[test]
    fn an_ended_app_is_ended_while_its_display_still_lives() {
        assert_eq!(phase_while_locked(&["spec.json", "started", "shown", "ended"]), Phase::Ended);
        assert_eq!(phase_of_the_dead(&["spec.json", "lock", "started", "shown", "ended"]), Phase::Ended);
    }

    #[test]
    fn an_ordered_removal_outweighs_everything() {
        assert_eq!(phase_while_locked(&["spec.json", "started", "ended", "ending"]), Phase::Ending);
        assert_eq!(phase_of_the_dead(&["lock"]), Phase::Ending);
    }
}
