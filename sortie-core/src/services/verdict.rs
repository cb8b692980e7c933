//! Whether a service is as wanted; if not, why, and what happens next.

use super::{failure::Failure, target::Key};
use crate::time::Timestamp;

/// One service, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which service.
    pub key: Key,
    /// Its app's name.
    pub app_name: String,
    /// Its name.
    pub service_name: String,
    /// The image that is wanted, or that runs where nothing is wanted.
    pub image: String,
    /// The engine's id of the container that counts, if there is one.
    pub container: Option<String>,
    /// What that container does: `stopped`, `starting`, `running`, `stopping`.
    pub status: &'static str,
    /// How it stands.
    pub standing: Standing,
}

/// How a service stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As wanted: the engine shows it.
    Applied,
    /// It has done its work and ended with this code.
    Finished(i64),
    /// The plan holds steps for it.
    Pending,
    /// It was started and must show that it is well.
    Starting,
    /// It waits for others of its app.
    Waiting(Vec<String>),
    /// It failed, and is tried again.
    BackingOff {
        /// Why.
        failure: Failure,
        /// How often in a row.
        failures: u32,
        /// When it is tried again.
        until: Timestamp,
    },
    /// It failed, and is not tried any more.
    GaveUp {
        /// Why.
        failure: Failure,
        /// How often in a row.
        failures: u32,
    },
    /// The new version did not get well; the old one runs on.
    RolledBack(Failure),
    /// It cannot be started before somebody does something; what runs of it runs on.
    Blocked(Failure),
    /// A new version waits until the app's update lock is taken away.
    Locked,
    /// It is not wanted and goes.
    Leaving,
}

impl Standing {
    /// The name, for programs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Finished(_) => "finished",
            Self::Pending => "pending",
            Self::Starting => "starting",
            Self::Waiting(_) => "waiting",
            Self::BackingOff { .. } => "backing_off",
            Self::GaveUp { .. } => "gave_up",
            Self::RolledBack(_) => "rolled_back",
            Self::Blocked(_) => "blocked",
            Self::Locked => "locked",
            Self::Leaving => "leaving",
        }
    }

    /// Whether the service is as wanted.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied | Self::Finished(_))
    }

    /// What failed, if something did.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::BackingOff { failure, .. }
            | Self::GaveUp { failure, .. }
            | Self::RolledBack(failure)
            | Self::Blocked(failure) => Some(failure),
            Self::Applied
            | Self::Finished(_)
            | Self::Pending
            | Self::Starting
            | Self::Waiting(_)
            | Self::Locked
            | Self::Leaving => None,
        }
    }

    /// Why it is not as wanted, in a sentence.
    pub fn why(&self) -> String {
        match self {
            Self::Applied => "the engine shows it running as wanted".to_owned(),
            Self::Finished(code) => format!("it has done its work and ended with code {code}"),
            Self::Pending => "steps that lead there are planned".to_owned(),
            Self::Starting => "it was started and has not shown yet that it is well".to_owned(),
            Self::Waiting(names) => format!("it depends on {}, which must be well first", names.join(", ")),
            Self::BackingOff { failure, failures, .. } => format!("{failure} (attempt {failures})"),
            Self::GaveUp { failure, failures } => format!("{failure} (given up after {failures} attempts)"),
            Self::Blocked(failure) => failure.to_string(),
            Self::RolledBack(failure) => format!("{failure}; the version before it runs on"),
            Self::Locked => "the app's update lock keeps what runs from being replaced".to_owned(),
            Self::Leaving => "it is not in the target any more".to_owned(),
        }
    }

    /// What happens next, in a sentence.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Applied | Self::Finished(_) => "nothing",
            Self::Pending | Self::Leaving => "the planned steps",
            Self::Starting => "it is looked at again",
            Self::Waiting(_) => "it is started when they are well",
            Self::BackingOff { .. } => "another attempt after the pause",
            Self::Blocked(_) => "it is started as soon as that is there",
            Self::GaveUp { .. } | Self::RolledBack(_) => "nothing until the target changes or a pass is asked for",
            Self::Locked => "nothing until the lock is taken away",
        }
    }
}
