//! The five statuses, and the only legal moves between them.

use std::fmt;

use super::Reason;

/// What is stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The workload is wanted and not ready.
    Creating,
    /// The workload answered.
    Running,
    /// A person ended it. Final.
    Stopped,
    /// We ended it: no input, or its time was up. Final.
    Expired,
    /// It broke, or was cancelled before it was ready. Final.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Creating, Self::Running, Self::Stopped, Self::Expired, Self::Failed];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether nothing follows any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Creating | Self::Running => false,
            Self::Stopped | Self::Expired | Self::Failed => true,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What may happen to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The workload answers.
    BecameReady {
        /// Its name in its place.
        name: String,
        /// Its address, where it has one.
        address: Option<String>,
    },
    /// A person ends it.
    Stop(Reason),
    /// Its time without input, or its whole time, is up.
    Expire(Reason),
    /// It broke.
    Fail {
        /// Why.
        reason: Reason,
        /// A sentence for people; may be empty.
        detail: String,
        /// The last lines of the app's output.
        output: Vec<String>,
    },
}

/// A legal move, to be written with compare-and-set on `from` and the version that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// `creating → running`.
    Ready {
        /// The workload's name in its place.
        name: String,
        /// Its address, where it has one.
        address: Option<String>,
    },
    /// To a final status.
    End {
        /// The status that the row must have.
        from: Status,
        /// The final status.
        to: Status,
        /// Why.
        reason: Reason,
        /// A sentence for people; may be empty.
        detail: String,
        /// The last lines of the app's output.
        output: Vec<String>,
    },
}

impl Transition {
    /// The status that the row must have.
    pub fn from(&self) -> Status {
        match self {
            Self::Ready { .. } => Status::Creating,
            Self::End { from, .. } => *from,
        }
    }

    /// The status that the row gets.
    pub fn to(&self) -> Status {
        match self {
            Self::Ready { .. } => Status::Running,
            Self::End { to, .. } => *to,
        }
    }
}

/// An event that a status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegal {
    /// The status that forbids it.
    pub status: Status,
}

impl fmt::Display for Illegal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Status::Creating => f.write_str("the session has not started yet"),
            Status::Running => f.write_str("the session is running"),
            Status::Stopped => f.write_str("the session was stopped"),
            Status::Expired => f.write_str("the session has expired"),
            Status::Failed => f.write_str("the session has failed"),
        }
    }
}

impl std::error::Error for Illegal {}

/// The only place that knows which moves are legal (the database repeats it in a trigger).
///
/// Stopping a session that is still `creating` is a cancellation: `failed` with the reason `cancelled`.
pub fn apply(status: Status, event: SessionEvent) -> Result<Transition, Illegal> {
    let end = |to, reason, detail, output| Ok(Transition::End { from: status, to, reason, detail, output });
    match (status, event) {
        (Status::Creating, SessionEvent::BecameReady { name, address }) => Ok(Transition::Ready { name, address }),
        (Status::Creating, SessionEvent::Stop(_)) => end(Status::Failed, Reason::Cancelled, String::new(), Vec::new()),
        (Status::Running, SessionEvent::Stop(reason)) => end(Status::Stopped, reason, String::new(), Vec::new()),
        (Status::Running, SessionEvent::Expire(reason)) => end(Status::Expired, reason, String::new(), Vec::new()),
        (Status::Creating | Status::Running, SessionEvent::Fail { reason, detail, output }) => {
            end(Status::Failed, reason, detail, output)
        }
        (Status::Creating, SessionEvent::Expire(_))
        | (Status::Running, SessionEvent::BecameReady { .. })
        | (Status::Stopped | Status::Expired | Status::Failed, _) => Err(Illegal { status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Vec<SessionEvent> {
        vec![
            SessionEvent::BecameReady { name: "w".to_owned(), address: None },
            SessionEvent::Stop(Reason::StoppedByUser),
            SessionEvent::Expire(Reason::IdleTimeout),
            SessionEvent::Fail { reason: Reason::AppExited, detail: String::new(), output: Vec::new() },
        ]
    }

    #[test]
    fn the_table_of_moves_is_the_documented_one() {
        let mut table = Vec::new();
        for status in Status::ALL {
            for event in events() {
                let to = apply(status, event).map_or("-", |it| it.to().name());
                table.push(format!("{status}:{to}"));
            }
        }
        assert_eq!(
            table.join(" "),
            "creating:running creating:failed creating:- creating:failed \
             running:- running:stopped running:expired running:failed \
             stopped:- stopped:- stopped:- stopped:- expired:- expired:- expired:- expired:- \
             failed:- failed:- failed:- failed:-"
        );
    }

    #[test]
    fn a_session_that_is_still_creating_can_be_cancelled() {
        let transition = apply(Status::Creating, SessionEvent::Stop(Reason::StoppedByUser)).unwrap();
        assert!(matches!(transition, Transition::End { to: Status::Failed, reason: Reason::Cancelled, .. }));
    }

    #[test]
    fn every_status_reads_back_from_its_name() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.name()), Some(status));
        }
        assert_eq!(Status::parse("terminated"), None);
    }
}
