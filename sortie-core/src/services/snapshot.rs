//! States and settings that were kept.

use super::{document::Node, target::Key};
use crate::time::Timestamp;

/// Of what a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotKind {
    /// What ran.
    Current,
    /// What was wanted.
    Target,
    /// The settings that services were looked after with.
    Settings,
}

impl SnapshotKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Current, Self::Target, Self::Settings];

    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Target => "target",
            Self::Settings => "settings",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// A state, or settings, that were kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Its row's number.
    pub id: i64,
    /// Of what it is.
    pub kind: SnapshotKind,
    /// When.
    pub at: Timestamp,
    /// The document itself.
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
