//! Where backups lie.

use std::{error::Error, fmt, io::Read};

use super::BoxError;

/// What becomes of bytes that are there already under the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Already {
    /// They stay, and it is an error.
    Refuse,
    /// They are replaced.
    Replace,
}

/// Files under plain names: a folder, or what lies behind a bucket's prefix.
///
/// Every method blocks. What is put appears whole or not at all.
pub trait Shelf: Send + Sync + fmt::Debug {
    /// Its address, as messages name it. Holds no secret.
    fn address(&self) -> String;

    /// The names of all that is there, in no order. What does not exist yet is empty.
    fn names(&self) -> Result<Vec<String>, ShelfError>;

    /// The length and the bytes behind a name; none is `Missing`.
    fn open(&self, name: &str) -> Result<(u64, Box<dyn Read + Send>), ShelfError>;

    /// Puts bytes of this length; a source that has more or fewer is an error, and nothing appears. What is refused because the
    /// name is taken is `Taken`; of several who put one name at once and refuse, one succeeds.
    fn put(&self, name: &str, bytes: &mut (dyn Read + Send), length: u64, already: Already) -> Result<(), ShelfError>;

    /// Removes what is behind a name; nothing there is fine.
    fn remove(&self, name: &str) -> Result<(), ShelfError>;
}

/// Why a shelf did not do it. Every message names the shelf and what on it, and holds no secret.
#[derive(Debug)]
pub enum ShelfError {
    /// There is nothing of this name.
    Missing(String),
    /// There is something of this name.
    Taken(String),
    /// It cannot be done.
    Failed {
        /// What was tried with which name.
        what: String,
        /// What the other side said.
        source: BoxError,
    },
}

impl ShelfError {
    /// For `map_err` on what the other side answers.
    pub fn failed<E: Into<BoxError>>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        let what = what.into();
        move |source| Self::Failed { what, source: source.into() }
    }
}

impl fmt::Display for ShelfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Taken(what) => write!(f, "{what} is there already"),
            Self::Failed { what, source } => write!(f, "{what}: {source}"),
        }
    }
}

// Its text says the source already.
impl Error for ShelfError {}
