//! What goes wrong on the way to somebody else. The texts name hosts, never a credential.

/// The certificates of authorities cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificates of authorities cannot be read: {0}")]
pub struct AuthoritiesError(pub(crate) String);

/// An exchange that did not come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// The other side cannot be reached or does not answer properly: later it may.
    #[error("{0}")]
    Away(String),
    /// What should be sent fits into no request.
    #[error("{0}")]
    Unfit(&'static str),
}

impl ExchangeError {
    #[expect(clippy::needless_pass_by_value, reason = "it is handed errors by `map_err`")]
    pub(crate) fn away(why: impl ToString) -> Self {
        Self::Away(why.to_string())
    }
}
