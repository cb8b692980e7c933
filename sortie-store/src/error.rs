//! What goes wrong in here, and what it means to the callers of the ports.

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use sortie_core::{
    port::{DatabaseAway, PortError, sessions::LaunchError},
    quota::QuotaExceeded,
};

use crate::row::Corrupt;

/// Why a database cannot be opened. Each is one sentence that tells a person what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file, its folder or the file system does not allow it.
    #[error("{0}")]
    File(String),
    /// Another server has the database open.
    #[error("another server is using {0}; stop it first, or choose another database")]
    InUse(String),
    /// The database holds tables that Sortie did not make.
    #[error(
        "{database} holds tables that this version of Sortie did not make (for example `{table}`); nothing was changed; \
         choose an empty or a new database"
    )]
    Foreign {
        /// Which database.
        database: String,
        /// One of the tables.
        table: String,
    },
    /// The database looks like an older system's and is not as any of them wrote it.
    #[error("{database} looks like one of Launchpad or the older Sortie, but {why}; nothing was changed")]
    Odd {
        /// Which database.
        database: String,
        /// What is odd, completing "but …".
        why: String,
    },
    /// An older system's database could not be taken over; it was left as it was.
    #[error("the database of an older system could not be taken over, and was left as it was: {0}")]
    Adoption(String),
    /// An installation could not be copied; neither database was changed.
    #[error("the installation could not be copied, and neither database was changed: {0}")]
    Copy(String),
    /// A newer version changed the schema in a way that this version cannot serve.
    #[error(
        "the database has schema {found}, which servers older than schema {needed} cannot serve; use a newer version"
    )]
    Newer {
        /// The newest migration in the database.
        found: String,
        /// The oldest schema that can serve it.
        needed: String,
    },
    /// The library is too old for safe use.
    #[error("SQLite {found} is too old: at least {needed} is needed")]
    TooOld {
        /// What is linked.
        found: String,
        /// What is needed.
        needed: &'static str,
    },
    /// The database did not answer.
    #[error("the database does not answer: {0}")]
    Unreachable(String),
    /// A migration failed; it was rolled back.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(String),
}

impl From<QueryError> for OpenError {
    fn from(error: QueryError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// Why a query or a change did nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("it was changed by someone else in the meantime")]
    Conflict,
    #[error(transparent)]
    Quota(QuotaExceeded),
    #[error("{0}")]
    Rejected(String),
    #[error("{0}")]
    Unavailable(String),
    #[error("a database job panicked")]
    Panicked,
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl Failure {
    /// A taken key as the conflict that it is; everything else as before. For the inserts whose port promises that.
    pub(crate) fn taken(error: QueryError) -> Self {
        if matches!(error, QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) {
            Self::Conflict
        } else {
            Self::Query(error)
        }
    }
}

impl Failure {
    /// A row that others refer to, as the conflict that it is. For the deletions whose port promises that.
    pub(crate) fn in_use(error: QueryError) -> Self {
        if matches!(error, QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) {
            Self::Conflict
        } else {
            Self::Query(error)
        }
    }

    /// Either: a taken key, or a row that refers to one that is gone.
    pub(crate) fn in_use_or_taken(error: QueryError) -> Self {
        if matches!(error, QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) {
            Self::Conflict
        } else {
            Self::taken(error)
        }
    }
}

impl From<Failure> for PortError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict => Self::Conflict,
            Failure::Rejected(why) => Self::Rejected(why),
            Failure::Unavailable(why) => Self::unavailable(DatabaseAway(why)),
            Failure::Query(ref error) if is_passing(error) => Self::unavailable(DatabaseAway(error.to_string())),
            Failure::Quota(_) | Failure::Panicked | Failure::Corrupt(_) | Failure::Query(_) => Self::broken(failure),
        }
    }
}

impl From<Failure> for LaunchError {
    fn from(failure: Failure) -> Self {
        if let Failure::Quota(exceeded) = failure { Self::Quota(exceeded) } else { Self::Port(failure.into()) }
    }
}

/// Words of messages about what will not get better by waiting. Neither driver tells more than its message here.
const LASTING: [&str; 8] = [
    "illegal change",
    "syntax error",
    "does not exist",
    "no such ",
    "malformed",
    "not a database",
    "permission denied",
    "invalid byte sequence",
];

/// Whether the same call may succeed later: the database is away, busy, full or shutting down.
pub(crate) fn is_passing(error: &QueryError) -> bool {
    if let QueryError::DatabaseError(kind, info) = error {
        let is_unnamed = matches!(kind, DatabaseErrorKind::Unknown);
        return is_unnamed && !LASTING.iter().any(|it| info.message().contains(it))
            || matches!(
                kind,
                DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::SerializationFailure
                    | DatabaseErrorKind::ReadOnlyTransaction
            );
    }
    matches!(error, QueryError::BrokenTransactionManager | QueryError::RollbackErrorOnCommit { .. })
}
