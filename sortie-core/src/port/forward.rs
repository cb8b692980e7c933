//! Handing the audit on to a collector outside: every sealed entry, in the chain's order, at least once.

use std::{error::Error, fmt, time::Duration};

use super::{BoxFuture, PortResult};
use crate::time::Timestamp;

/// Entries on their way, in the chain's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consignment {
    /// The position in the chain before the first of them.
    pub after: i64,
    /// The position of the last of them.
    pub through: i64,
    /// Each entry as an export has it, on one line. The same entry has the same line whenever it is sent.
    pub lines: Vec<String>,
}

/// What was not handed on yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many sealed entries.
    pub entries: i64,
    /// When the oldest entry happened that is still to be handed on, sealed or not.
    pub oldest: Option<Timestamp>,
}

/// What of the audit is still to be handed on, and how far it was.
pub trait AuditOutbox: Send + Sync {
    /// The next sealed entries, at most `limit`; `None` when all were handed on.
    fn next_audit(&self, limit: u32) -> PortResult<'_, Option<Consignment>>;

    /// Remembers that a consignment was taken. `Conflict` when it was not the next one any more.
    fn mark_audit<'a>(&'a self, taken: &'a Consignment, at: Timestamp) -> PortResult<'a, ()>;

    /// What is left.
    fn audit_backlog(&self, now: Timestamp) -> PortResult<'_, Backlog>;
}

/// Somebody who collects the audit.
pub trait Collector: Send + Sync {
    /// Hands entries over; once this succeeded they are the collector's.
    fn take<'a>(&'a self, consignment: &'a Consignment) -> BoxFuture<'a, Result<(), NotTaken>>;
}

/// Why a collector did not take entries. The text is for the log, and holds no credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It does not answer, or refuses: later it may.
    Away {
        /// What happened.
        why: String,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// It takes fewer at once.
    TooMuch(String),
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Away { why, .. } | Self::TooMuch(why)) = self;
        f.write_str(why)
    }
}

impl Error for NotTaken {}
