//! What goes wrong between us and a provider.

use sortie_core::port::PortError;
use sortie_http::ExchangeError;

/// A failure, by what follows from it. The texts are for the log: they name what was wrong, never a token or a code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider cannot be reached or does not answer properly: later it may.
    #[error("the identity provider does not answer: {0}")]
    Away(String),
    /// The provider answered what must not be believed.
    #[error("{0}")]
    Refused(String),
}

impl OidcError {
    #[expect(clippy::needless_pass_by_value, reason = "it is handed errors by `map_err`")]
    pub(crate) fn away(why: impl ToString) -> Self {
        Self::Away(why.to_string())
    }

    pub(crate) fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

impl From<ExchangeError> for OidcError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Away(why) => Self::Away(why),
            ExchangeError::Unfit(what) => Self::refused(what),
        }
    }
}

impl From<OidcError> for PortError {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::Away(_) => Self::unavailable(error),
            OidcError::Refused(why) => Self::Rejected(why),
        }
    }
}
