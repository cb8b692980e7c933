//! What the engine's errors mean. It tells most of them apart by text alone, so this is the one place that reads such texts.

use std::time::Duration;

use bollard::errors::Error;
use sortie_core::{
    port::{BoxError, PortError, engine::StepError},
    services::{Cause, Failure},
};

/// What the engine said, if it answered at all.
fn answer(error: &Error) -> Option<(u16, &str)> {
    if let Error::DockerResponseServerError { status_code, message } = error {
        Some((*status_code, message))
    } else if let Error::DockerStreamError { error } = error {
        Some((500, error))
    } else {
        None
    }
}

pub(crate) fn status(error: &Error) -> Option<u16> {
    answer(error).map(|(status, _)| status)
}

/// Why there was no answer.
fn unreachable(error: Error) -> BoxError {
    if matches!(error, Error::RequestTimeoutError) {
        return "the engine took the request and did not answer in time".into();
    }
    error.into()
}

/// A reading that failed.
pub(crate) fn port(error: Error) -> PortError {
    match status(&error) {
        Some(404) => PortError::Rejected("there is no such container of ours".to_owned()),
        _ => PortError::unavailable(unreachable(error)),
    }
}

/// A step that failed, with the cause that its text speaks for.
pub(crate) fn step(error: Error) -> StepError {
    match answer(&error) {
        Some((status, message)) => StepError::Failed(Failure::new(cause(status, message), said(message))),
        None => StepError::Unreachable(unreachable(error)),
    }
}

/// A download that failed.
pub(crate) fn download(error: Error, image: &str) -> StepError {
    match answer(&error) {
        Some((status, message)) => {
            let cause = if is_missing(status, message) { Cause::ImageNotFound } else { Cause::ImageUnreachable };
            StepError::Failed(Failure::new(cause, format!("{image} cannot be fetched: {}", said(message))))
        }
        None => StepError::Unreachable(unreachable(error)),
    }
}

/// A download from which nothing comes any more.
pub(super) fn stalled(image: &str, silence: Duration) -> StepError {
    let message = format!("{image} cannot be fetched: nothing came for {} s", silence.as_secs());
    StepError::Failed(Failure::new(Cause::ImageUnreachable, message))
}

fn is_missing(status: u16, message: &str) -> bool {
    let known = ["manifest unknown", "not found", "does not exist", "access denied", "repository name not known"];
    let message = message.to_lowercase();
    // "No such host" is about the way there, whatever the status.
    let on_the_way = ["no such host", "dial tcp", "connection refused", "timeout", "i/o"];
    !on_the_way.iter().any(|it| message.contains(it)) && (status == 404 || known.iter().any(|it| message.contains(it)))
}

fn cause(status: u16, message: &str) -> Cause {
    let message = message.to_lowercase();
    let taken = ["address already in use", "port is already allocated", "cannot listen on"];
    if taken.iter().any(|it| message.contains(it)) {
        Cause::PortInUse
    } else if message.contains("no such image") {
        Cause::ImageNotFound
    } else if (400..500).contains(&status) || message.contains("runtime create failed") || message.contains("oci") {
        Cause::Refused
    } else {
        Cause::EngineFailed
    }
}

/// The engine's words, cut to a length that people read.
fn said(message: &str) -> String {
    let line = message.trim().replace(['\n', '\r'], " ");
    line.chars().take(500).collect()
}

/// A secret that nobody put into the order.
pub(super) fn secret_missing(name: &str) -> StepError {
    StepError::Failed(Failure::new(Cause::SecretMissing, format!("there is no secret {name:?}")))
}

/// Something with our name that is not ours.
pub(super) fn name_taken(kind: &str, name: &str) -> StepError {
    let message = format!("there is a {kind} {name:?} that Sortie did not make");
    StepError::Failed(Failure::new(Cause::NameTaken, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_cannot_be_asked_is_no_missing_image() {
        assert!(is_missing(404, "manifest for x:1 not found: manifest unknown: no such"));
        assert!(is_missing(500, "reading manifest 1 in localhost:5000/none: manifest unknown"));
        assert!(!is_missing(
            500,
            "Get \"https://missing.invalid/v2/\": dial tcp: lookup missing.invalid: no such host"
        ));
        assert!(!is_missing(404, "dial tcp 127.0.0.1:1: connect: connection refused"));
    }

    #[test]
    fn a_taken_port_is_told_from_other_failures() {
        let docker = "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated";
        assert_eq!(cause(500, docker), Cause::PortInUse);
        assert_eq!(cause(500, "rootlessport listen tcp 0.0.0.0:80: bind: address already in use"), Cause::PortInUse);
        assert_eq!(cause(400, "exec: \"/none\": no such file or directory"), Cause::Refused);
        assert_eq!(cause(500, "disk full"), Cause::EngineFailed);
    }
}
