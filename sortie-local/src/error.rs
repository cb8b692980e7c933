//! What can go wrong in this room, and what the port makes of it.

use std::{io, path::PathBuf};

use sortie_core::port::PortError;
use thiserror::Error;

/// A failure of the local runtime.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The file system said no.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried, e.g. `create`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A tool of the host could not be run or reported a failure.
    #[error("run {tool}: {detail}")]
    Tool {
        /// The program's name.
        tool: &'static str,
        /// What it said.
        detail: String,
    },
    /// A workload's record cannot be read: damaged, or written by a newer version.
    #[error("read the record {}: {detail}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A workload with this session's id is being removed.
    #[error("the session's earlier workload is still being removed")]
    Ending,
    /// The workload with this session's id carries other labels than the caller's.
    #[error("the workload belongs to somebody else")]
    Foreign,
    /// The spec can never run here.
    #[error("{0}")]
    Refused(String),
    /// Something did not happen in its time.
    #[error("{0} took too long")]
    Slow(&'static str),
    /// All uids of the configured range are in use.
    #[error("no free uid is left for the session")]
    NoUid,
    /// There is no such workload, or its screen does not answer yet.
    #[error("the workload is not ready")]
    NotReady,
}

/// What this room's functions answer with.
pub(crate) type Outcome<T> = Result<T, LocalError>;

impl From<LocalError> for PortError {
    fn from(error: LocalError) -> Self {
        match error {
            LocalError::Foreign => Self::Conflict,
            LocalError::Refused(why) => Self::Rejected(why),
            LocalError::Record { .. } => Self::broken(error),
            LocalError::File { .. }
            | LocalError::Tool { .. }
            | LocalError::Ending
            | LocalError::Slow(_)
            | LocalError::NoUid
            | LocalError::NotReady => Self::unavailable(error),
        }
    }
}

/// Names the file and the action of an I/O error.
pub(crate) trait FileContext<T> {
    /// Says what was tried on which path.
    fn on(self, action: &'static str, path: impl Into<PathBuf>) -> Outcome<T>;
}

impl<T, E: Into<io::Error>> FileContext<T> for Result<T, E> {
    fn on(self, action: &'static str, path: impl Into<PathBuf>) -> Outcome<T> {
        self.map_err(|source| LocalError::File { action, path: path.into(), source: source.into() })
    }
}
