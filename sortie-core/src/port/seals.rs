//! Seals over the audit: what is sealed cannot be changed unseen.

use std::sync::Arc;

use super::PortResult;
use crate::{audit::Change, time::Timestamp};

/// The end of the chain of seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealHead {
    /// The number of the last batch; batches are numbered from 1.
    pub batch: i64,
    /// How many entries were ever sealed.
    pub position: i64,
    /// The chain's hash after the last of them, in hexadecimal.
    pub hash: String,
}

/// Signs with a key that lies outside of the database, and remembers there how far the chain was: so whoever can write the
/// database can neither seal nor cut the end off unseen.
pub trait Notary: Send + Sync {
    /// The public key that the signatures are checked with, as text.
    fn public_key(&self) -> &str;

    /// The signature of a message, as text.
    fn sign(&self, message: &[u8]) -> String;

    /// Whether the signature is one of the message by the key.
    fn is_signed(&self, public_key: &str, message: &[u8], signature: &str) -> bool;

    /// Remembers the chain's end. Called after the commit.
    fn remember(&self, head: &SealHead);
}

/// Where the chain's beginning was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCut {
    /// The last batch that is gone.
    pub batch: i64,
    /// How many entries are gone, over all cuts.
    pub position: i64,
    /// How many of them went with this cut.
    pub entries: i64,
}

/// Which entries have been kept long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutRule {
    /// Those from before this time.
    pub before: Timestamp,
    /// Only those that a collector took.
    pub is_forwarded: bool,
}

/// Seals committed audit entries in batches, each signed.
pub trait AuditSeals: Send + Sync {
    /// Seals committed entries that have no seal yet, as one batch, in the order of their numbers; `None` when there are
    /// none. Callers at once wait for each other.
    fn seal_audit<'a>(&'a self, at: Timestamp, notary: &'a Arc<dyn Notary>) -> PortResult<'a, Option<SealHead>>;

    /// The public key that the newest batch is signed with; `None` where none is.
    fn last_audit_key(&self) -> PortResult<'_, Option<String>>;

    /// Removes the oldest batches, whole ones, of which every entry falls under the rule; signs where the chain begins from
    /// now on. At most some tens of thousands of entries at once; `None`, and no audit entry, when there is nothing to remove.
    /// What is not sealed and the newest batch stay.
    fn cut_audit<'a>(
        &'a self,
        rule: CutRule,
        notary: &'a Arc<dyn Notary>,
        change: Change,
    ) -> PortResult<'a, Option<AuditCut>>;
}
