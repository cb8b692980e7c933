//! From the API server's answers to what the caller must do.

use kube::Error;
use sortie_core::port::PortError;

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

/// Whether the namespace's quota is used up.
pub(crate) fn is_quota(error: &Error) -> bool {
    matches!(error, Error::Api(status) if status.code == 403 && status.message.contains("exceeded quota"))
}

/// What the caller must do: the API server's refusal of the object itself is final, everything else may pass.
pub(crate) fn port(error: Error) -> PortError {
    let Error::Api(status) = &error else { return PortError::unavailable(error) };
    let refused = || PortError::Rejected(format!("The cluster refuses the workload: {}", status.message));
    match status.code {
        409 => PortError::Conflict,
        400 | 422 => refused(),
        403 if status.message.contains("violates PodSecurity") => refused(),
        _ => PortError::unavailable(error),
    }
}
