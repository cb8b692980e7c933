//! Copies of the database that can be restored.

use super::PortResult;
use crate::{retention::Retention, time::Timestamp};

/// A backup that was made and proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBackup {
    /// Its name.
    pub name: String,
    /// All its bytes together.
    pub bytes: u64,
    /// All its rows together.
    pub rows: u64,
}

/// Makes backups of the database in the place that an operator chose for them.
pub trait Backups: Send + Sync {
    /// Makes one and proves it: it was read back and its content checked. What fails leaves nothing behind.
    fn make(&self, at: Timestamp) -> PortResult<'_, MadeBackup>;

    /// When the newest one was begun; `None` where there is none.
    fn newest(&self) -> PortResult<'_, Option<Timestamp>>;

    /// Removes those that no rule keeps; answers their names.
    fn prune(&self, rule: Retention) -> PortResult<'_, Vec<String>>;
}
