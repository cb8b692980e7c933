//! From the API server's answers to what the caller must do.

use std::{future::Future, time::Duration};

use kube::Error;
use sortie_core::{port::PortError, session::Reason, workload::Held};
use tokio::time::timeout;

/// Why there is no cluster to work in.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither a service account nor a kubeconfig that can be read.
    #[error("no usable cluster configuration: {0}")]
    Configuration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The API server does not answer, or refuses us.
    #[error("the cluster's API cannot be used: {0}")]
    Api(#[source] Box<Error>),
    /// The namespace for sessions does not exist.
    #[error("the namespace \"{0}\" does not exist: create it, or name another in SORTIE_NAMESPACE")]
    NoNamespace(String),
    /// We may not even read the namespace.
    #[error("the namespace \"{0}\" may not be read: {1}")]
    Forbidden(String, String),
    /// The namespace says what no place's id can be.
    #[error("the namespace \"{0}\" has no usable uid")]
    NoPlace(String),
}

/// HTTP status of a failed API call.
fn code(error: &Error) -> Option<u16> {
    if let Error::Api(status) = error { Some(status.code) } else { None }
}

/// Whether the object is not there.
pub(crate) fn is_absent(error: &Error) -> bool {
    code(error) == Some(404)
}

/// Whether an object of that name, or another version of it, is there already.
pub(crate) fn is_conflict(error: &Error) -> bool {
    code(error) == Some(409)
}

/// Which right our account lacks; `None` for everything else, such as an object that is not admitted.
pub(crate) fn forbidden(error: &Error) -> Option<&str> {
    let Error::Api(status) = error else { return None };
    (status.code == 403 && status.message.contains(" cannot ")).then_some(status.message.as_str())
}

/// What may pass, with the reason should it not.
pub(crate) fn held(reason: Reason, detail: impl Into<String>) -> PortError {
    PortError::unavailable(Held { reason, detail: detail.into() })
}

/// Gives up on an API server that says nothing.
pub(crate) async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, PortError>>,
) -> Result<T, PortError> {
    let silent = || held(Reason::RuntimeUnavailable, format!("The cluster did not answer for {} s.", limit.as_secs()));
    timeout(limit, work).await.unwrap_or_else(|_| Err(silent()))
}

/// What the caller must do: the API server's refusal of the object itself is final, everything else may pass.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
pub(crate) fn port(error: Error) -> PortError {
    let Error::Api(status) = &error else {
        return held(Reason::RuntimeUnavailable, format!("The cluster does not answer: {}.", root_cause(&error)));
    };
    let refused = || PortError::Rejected(format!("The cluster refuses the workload: {}", status.message));
    match status.code {
        409 => PortError::Conflict,
        400 | 422 => refused(),
        403 if status.message.contains("exceeded quota") => {
            held(Reason::QuotaExceeded, format!("The cluster's quota for sessions is used up: {}", status.message))
        }
        403 if forbidden(&error).is_some() => {
            held(Reason::RightMissing, format!("Sortie lacks a right: {}", status.message))
        }
        403 => refused(),
        _ => held(Reason::RuntimeUnavailable, format!("The cluster cannot serve this now: {}", status.message)),
    }
}

/// The innermost error: those around it only say that something failed.
fn root_cause(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
