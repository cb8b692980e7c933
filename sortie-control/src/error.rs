//! What a use case may answer instead of success.

use std::time::Duration;

use sortie_core::{
    invalid::{Invalid, Problems},
    policy::{Decision, rule::Rule},
    port::{BoxError, PortError},
    quota::QuotaExceeded,
    secret::Secret,
    session::Illegal,
    time::Timestamp,
    workload::Refusal,
};
use thiserror::Error;

/// A failure, grouped by what the caller must do about it.
#[derive(Debug, Error)]
pub enum ControlError {
    /// It does not exist, or the caller must not learn that it does.
    #[error("no {kind} with the id {id:?}")]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// Under which id.
        id: String,
    },
    /// The caller may know of it and may not do this.
    #[error("you may not {0}")]
    Denied(&'static str),
    /// The token that was used was not made for this.
    #[error("the token that was used was not made to {0}")]
    ScopeMissing(&'static str),
    /// The state of things forbids it now.
    #[error("{0}")]
    Conflict(String),
    /// Other things still need it.
    #[error("{said}")]
    InUse {
        /// For programs.
        code: &'static str,
        /// For people.
        said: &'static str,
    },
    /// It was changed since the version that the caller names.
    #[error("it was changed by someone else in the meantime; read it again")]
    VersionMismatch,
    /// A quota forbids it.
    #[error("{exceeded}")]
    Quota {
        /// Which.
        exceeded: QuotaExceeded,
        /// When to try again.
        retry_after: Duration,
    },
    /// The input breaks rules.
    #[error("{0}")]
    Invalid(#[from] Problems),
    /// The runtime will never run this.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// The app is a link: there is nothing to launch.
    #[error("this app is a link; open it instead of launching it")]
    NotLaunchable,
    /// A link's secret is wrong, ended, used up, or of an ended session: nobody learns which.
    #[error("this link is not good, or not any more")]
    NoSuchLink,
    /// The link is for people with an account.
    #[error("sign in first; this link is for people with an account")]
    SignInNeeded,
    /// Observing needs a reason that is written down.
    #[error("you may not observe a session without stating a reason of 3 to 500 characters")]
    ReasonNeeded,
    /// The user name or the password is wrong, or the account is disabled.
    #[error("the user name or the password is wrong")]
    BadCredentials,
    /// The password was right; a code of the second factor is waited for.
    #[error("a code of the second factor is needed")]
    SecondFactorNeeded {
        /// What to show with the code.
        challenge: Secret,
        /// Until when.
        expires_at: Timestamp,
    },
    /// The code is wrong, or was used, or came too late.
    #[error("the code is wrong or was used already; where it came too late, sign in again")]
    InvalidCode,
    /// The link is wrong, was used or has run out.
    #[error("the link is not good any more; ask for a new one")]
    InvalidToken,
    /// Strangers may not make accounts here.
    #[error("accounts are made by administrators here")]
    RegistrationClosed,
    /// Too many are doing this at once.
    #[error("too many attempts; try again later")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Something that we depend on is away.
    #[error("not available now; try again in a moment")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
        /// What happened, for the log.
        source: BoxError,
    },
    /// A bug or impossible data: someone must look.
    #[error("something unexpected happened")]
    Internal(#[source] BoxError),
}

impl ControlError {
    /// What a permission question answered.
    pub(crate) fn refused(decision: Decision, what: &'static str) -> Self {
        if decision.rule == Rule::ScopeMissing { Self::ScopeMissing(what) } else { Self::Denied(what) }
    }

    /// "No such thing".
    pub(crate) fn not_found(kind: &'static str, id: &impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }
}

impl From<Invalid> for ControlError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(Problems::from(invalid))
    }
}

impl From<Illegal> for ControlError {
    fn from(illegal: Illegal) -> Self {
        Self::Conflict(illegal.to_string())
    }
}

impl From<PortError> for ControlError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Conflict => Self::Conflict("it was changed by someone else in the meantime".to_owned()),
            PortError::Unavailable(source) => Self::Unavailable { retry_after: Duration::from_secs(2), source },
            PortError::Rejected(why) => Self::Conflict(why),
            PortError::Broken(source) => Self::Internal(source),
        }
    }
}
