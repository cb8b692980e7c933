//! The whole reconciler: row and world in, the next step out. Pure and total.

use std::time::Duration;

use super::{Reason, Session, SessionEvent, Status};
use crate::workload::{Breakage, Held, Observed, Refusal};

/// How long a running session's workload may look as if it were starting again.
pub const RUNNING_BUT_STARTING: Duration = Duration::from_mins(2);

/// What the loop knows beside row and world. Only time during which somebody watched counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// How long the session has been watched while `creating` and free to start.
    pub creating_for: Duration,
    /// How long a `running` session's workload has looked as if it were starting.
    pub starting_for: Duration,
    /// What the runtime answered when it refused for good.
    pub refused: Option<Refusal>,
    /// What kept the runtime from making the workload when it was last asked.
    pub held: Option<Held>,
    /// Another session still holds the persistent workspace.
    pub workspace_taken: bool,
    /// How long `creating` may take.
    pub ready_timeout: Duration,
}

/// What to do next. Every step is idempotent; after a crash the same question is asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the workload.
    Create,
    /// Write an event into the row.
    Record(SessionEvent),
    /// Remove the workload.
    Delete,
    /// Write down that everything is gone: gives back quota and workspace.
    RecordReleased,
    /// Ask whose this workload without a row is ([`super::orphan::verdict`]).
    SettleOrphan,
    /// Something is going on; look again when woken or at the next pass.
    Wait(Waiting),
    /// Nothing to do.
    Rest,
}

/// What a waiting session waits for, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The predecessor to give back the workspace.
    Workspace,
    /// The workload to get ready.
    Start {
        /// What it is doing.
        detail: String,
    },
    /// The workload to be gone.
    Removal,
}

/// Decides what happens next: the table of the design, row by row.
pub fn next_step(row: Option<&Session>, observed: &Observed, watch: &Watch) -> Step {
    let Some(session) = row else {
        return match observed {
            Observed::Absent => Step::Rest,
            Observed::Ending => Step::Wait(Waiting::Removal),
            Observed::Partial | Observed::Starting { .. } | Observed::Ready { .. } | Observed::Broken(_) => {
                Step::SettleOrphan
            }
        };
    };
    match session.status {
        Status::Creating => creating(observed, watch),
        Status::Running => running(observed, watch),
        Status::Stopped | Status::Expired | Status::Failed => ended(session, observed),
    }
}

/// Decides for a session whose workload could not be looked at. Nothing is concluded from that, but that nobody waits for ever:
/// a session that is over in its row is removed when the runtime answers again.
pub fn unseen(session: &Session, watch: &Watch) -> Step {
    const DETAIL: &str = "what runs the apps does not answer";
    match session.status {
        Status::Creating if watch.creating_for >= watch.ready_timeout => {
            too_late(watch, DETAIL, Some(Reason::RuntimeUnavailable))
        }
        Status::Creating => Step::Wait(Waiting::Start { detail: DETAIL.to_owned() }),
        Status::Running | Status::Stopped | Status::Expired | Status::Failed => Step::Rest,
    }
}

fn creating(observed: &Observed, watch: &Watch) -> Step {
    match observed {
        // Making a workload is idempotent: it completes what an interrupted attempt left.
        Observed::Absent | Observed::Partial => {
            if let Some(refusal) = &watch.refused {
                return fail(Reason::StartRefused, refusal.message.clone());
            }
            if watch.workspace_taken {
                return Step::Wait(Waiting::Workspace);
            }
            if watch.creating_for < watch.ready_timeout {
                return Step::Create;
            }
            let (detail, cause) = watch.held.as_ref().map_or(("", None), |it| (it.detail.as_str(), Some(it.reason)));
            too_late(watch, detail, cause)
        }
        Observed::Starting { detail, cause } => {
            if watch.creating_for >= watch.ready_timeout {
                too_late(watch, detail, *cause)
            } else {
                Step::Wait(Waiting::Start { detail: detail.clone() })
            }
        }
        Observed::Ready { name, address } => {
            Step::Record(SessionEvent::BecameReady { name: name.clone(), address: address.clone() })
        }
        Observed::Broken(breakage) => broken(breakage),
        Observed::Ending => Step::Wait(Waiting::Removal),
    }
}

fn running(observed: &Observed, watch: &Watch) -> Step {
    match observed {
        Observed::Absent | Observed::Partial | Observed::Ending => fail(Reason::WorkloadLost, String::new()),
        Observed::Starting { detail, cause } => {
            if watch.starting_for >= RUNNING_BUT_STARTING {
                fail(cause.unwrap_or(Reason::WorkloadLost), detail.clone())
            } else {
                Step::Rest
            }
        }
        Observed::Ready { .. } => Step::Rest,
        Observed::Broken(breakage) => broken(breakage),
    }
}

fn ended(session: &Session, observed: &Observed) -> Step {
    match observed {
        Observed::Absent if session.released_at.is_some() => Step::Rest,
        Observed::Absent => Step::RecordReleased,
        Observed::Partial | Observed::Starting { .. } | Observed::Ready { .. } | Observed::Broken(_) => Step::Delete,
        Observed::Ending => Step::Wait(Waiting::Removal),
    }
}

fn too_late(watch: &Watch, detail: &str, cause: Option<Reason>) -> Step {
    let seconds = watch.ready_timeout.as_secs();
    let mut text = format!("The app was not ready after {seconds} seconds.");
    if !detail.is_empty() {
        text.push_str(" It was waiting: ");
        text.push_str(detail);
    }
    fail(cause.unwrap_or(Reason::StartTimeout), text)
}

fn broken(breakage: &Breakage) -> Step {
    Step::Record(SessionEvent::Fail {
        reason: breakage.reason,
        detail: breakage.detail.clone(),
        output: breakage.output.clone(),
    })
}

fn fail(reason: Reason, detail: String) -> Step {
    Step::Record(SessionEvent::Fail { reason, detail, output: Vec::new() })
}

#[cfg(test)]
mod tests;
