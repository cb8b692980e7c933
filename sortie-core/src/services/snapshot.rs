//! States that were kept.

use super::{document::Node, target::Key};
use crate::time::Timestamp;

/// Of what a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotKind {
    /// What ran.
    Current,
    /// What was wanted.
    Target,
}

impl SnapshotKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Current, Self::Target];

    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Target => "target",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A state that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its row's number.
    pub id: i64,
    /// Of what it is.
    pub kind: SnapshotKind,
    /// When.
    pub at: Timestamp,
    /// The state.
    pub state: Node,
}

/// What the engine shows of one service, for its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceStatus {
    /// Which service.
    pub key: Key,
    /// `stopped`, `starting`, `running` or `stopping`.
    pub status: &'static str,
    /// The engine's id of its container.
    pub container: Option<String>,
}

/// An image that was downloaded for a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRecord {
    /// Its name, as it was asked for.
    pub name: String,
    /// For which service it was fetched first.
    pub key: Option<Key>,
    /// The engine's id of it.
    pub engine_id: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was fetched.
    pub pulled_at: Timestamp,
}
