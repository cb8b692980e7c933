//! From a pod's status to what the reconciler knows. Pure: nothing here asks the cluster.

use k8s_openapi::api::core::v1::{ContainerStatus, Event, Pod};
use sortie_core::{
    session::Reason,
    workload::{Breakage, Observed},
};

use crate::manifest::{BROWSER, DISPLAY};

/// Exit status of a process that was killed by SIGKILL.
const KILLED: i32 = 137;

/// What a pod looks like. `events` explain what its status leaves open; they may be missing.
pub(crate) fn pod(pod: &Pod, events: &[Event]) -> Observed {
    if pod.metadata.deletion_timestamp.is_some() {
        return disrupted(pod).map_or(Observed::Ending, Observed::Broken);
    }
    let status = pod.status.as_ref();
    match status.and_then(|it| it.phase.as_deref()) {
        Some("Failed" | "Succeeded") => return Observed::Broken(ended(pod)),
        Some("Running") if is_true(pod, "Ready") => {
            return Observed::Ready {
                name: pod.metadata.name.clone().unwrap_or_default(),
                address: status.and_then(|it| it.pod_ip.clone()),
            };
        }
        _ => {}
    }
    containers(pod)
        .find_map(|it| terminated(it).or_else(|| hopeless(it, events)))
        .map_or_else(|| starting(pod, events), Observed::Broken)
}

/// Every container: the display first, which is a sidecar and stands among those that come before.
fn containers(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.status
        .iter()
        .flat_map(|it| it.init_container_statuses.iter().flatten().chain(it.container_statuses.iter().flatten()))
}

fn is_true(pod: &Pod, condition: &str) -> bool {
    let conditions = pod.status.iter().flat_map(|it| it.conditions.iter().flatten());
    conditions.filter(|it| it.type_ == condition).any(|it| it.status == "True")
}

/// Whether the cluster takes the pod away by itself, and why (the condition `DisruptionTarget`).
fn disrupted(pod: &Pod) -> Option<Breakage> {
    let mut conditions = pod.status.as_ref()?.conditions.iter().flatten();
    let target = conditions.find(|it| it.type_ == "DisruptionTarget" && it.status == "True")?;
    let message = target.message.clone().unwrap_or_default();
    match target.reason.as_deref()? {
        "DeletionByTaintManager" | "DeletionByPodGC" => Some(broken(Reason::NodeLost, message)),
        "EvictionByEvictionAPI" | "PreemptionByScheduler" | "TerminationByKubelet" => {
            Some(broken(Reason::Evicted, message))
        }
        _ => None,
    }
}

/// The newest message among events with one of these reasons.
fn newest(events: &[Event], reasons: &[&str]) -> Option<String> {
    let of = |it: &&Event| it.reason.as_deref().is_some_and(|it| reasons.contains(&it));
    events.iter().rfind(of).and_then(|it| it.message.clone())
}

/// An image that is not to be had, or whose registry's credentials are not there.
fn no_image(message: String, events: &[Event]) -> Breakage {
    match newest(events, &["FailedToRetrieveImagePullSecret"]) {
        Some(missing) => broken(Reason::PullSecretMissing, missing),
        None => broken(Reason::ImagePullFailed, message),
    }
}

fn is_screen(container: &ContainerStatus) -> bool {
    container.name == DISPLAY || container.name == BROWSER
}

fn broken(reason: Reason, detail: impl Into<String>) -> Breakage {
    Breakage { reason, detail: detail.into(), output: Vec::new() }
}

/// A pod whose containers are all over, or that the node or the cluster ended as a whole.
fn ended(pod: &Pod) -> Breakage {
    let status = pod.status.as_ref();
    let message = status.and_then(|it| it.message.clone()).unwrap_or_default();
    match status.and_then(|it| it.reason.as_deref()) {
        Some("Evicted") => return broken(Reason::Evicted, message),
        Some("DeadlineExceeded") => return broken(Reason::LifetimeExceeded, message),
        Some("NodeLost" | "NodeShutdown" | "Terminated" | "NodeAffinity") => return broken(Reason::NodeLost, message),
        Some("UnexpectedAdmissionError" | "OutOfcpu" | "OutOfmemory" | "OutOfpods") => {
            return broken(Reason::Unschedulable, message);
        }
        _ => {}
    }
    containers(pod).find_map(terminated).unwrap_or_else(|| broken(Reason::WorkloadLost, message))
}

/// A container that is over takes its session along. A display that was started again lost every window.
fn terminated(container: &ContainerStatus) -> Option<Breakage> {
    if is_screen(container) && container.restart_count > 0 {
        return Some(broken(Reason::DisplayFailed, "The display ended."));
    }
    let end = container.state.as_ref()?.terminated.as_ref()?;
    if end.reason.as_deref() == Some("OOMKilled") {
        return Some(broken(
            Reason::OutOfMemory,
            format!("The container \"{}\" used all the memory it may.", container.name),
        ));
    }
    let how = match end.exit_code {
        KILLED => "was killed".to_owned(),
        code => format!("ended with exit code {code}"),
    };
    Some(if is_screen(container) {
        broken(Reason::DisplayFailed, format!("The display {how}."))
    } else {
        broken(Reason::AppExited, format!("The app {how}."))
    })
}

/// A container that waits for what will not come.
fn hopeless(container: &ContainerStatus, events: &[Event]) -> Option<Breakage> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let message = waiting.message.clone().unwrap_or_default();
    match waiting.reason.as_deref()? {
        "InvalidImageName" | "ErrImageNeverPull" => Some(no_image(message, events)),
        // The second attempt is over, too: what is missing in the registry stays missing.
        "ImagePullBackOff" if is_final(&message) => Some(no_image(message, events)),
        "CreateContainerConfigError" if message.contains("runAsNonRoot") || message.contains("non-root") => {
            Some(broken(Reason::ImageNeedsRoot, message))
        }
        "CreateContainerError" | "RunContainerError" | "StartError" => Some(broken(Reason::StartRefused, message)),
        _ => None,
    }
}

/// Whether a registry said no, and not just nothing.
fn is_final(message: &str) -> bool {
    ["not found", "unauthorized", "denied", "forbidden", "manifest unknown", "invalid reference"]
        .iter()
        .any(|it| message.to_lowercase().contains(it))
}

/// What a pod that is not there yet waits for: the words for people, and the cause should it never come.
fn starting(pod: &Pod, events: &[Event]) -> Observed {
    let waiting = |detail: String, cause: Option<Reason>| Observed::Starting { detail, cause };
    let mut conditions = pod.status.iter().flat_map(|it| it.conditions.iter().flatten());
    if let Some(condition) = conditions.find(|it| it.type_ == "PodScheduled" && it.status == "False") {
        let message = condition.message.clone().unwrap_or_default();
        let cause =
            if message.contains("PersistentVolumeClaim") { Reason::VolumePending } else { Reason::Unschedulable };
        return waiting(format!("waiting for a node: {message}"), Some(cause));
    }
    let newest = |reasons: &[&str]| newest(events, reasons);
    for container in containers(pod) {
        let Some(state) = container.state.as_ref().and_then(|it| it.waiting.as_ref()) else { continue };
        let message = state.message.clone().unwrap_or_default();
        match state.reason.as_deref() {
            Some("ErrImagePull" | "ImagePullBackOff") => {
                let why = no_image(message, events);
                return waiting(format!("the image cannot be fetched: {}", why.detail), Some(why.reason));
            }
            Some("CreateContainerConfigError") => return waiting(message, Some(Reason::StartRefused)),
            Some("ContainerCreating" | "PodInitializing") => {
                if let Some(problem) = newest(&["FailedMount", "FailedAttachVolume"]) {
                    return waiting(format!("waiting for its files: {problem}"), Some(Reason::VolumePending));
                }
                if let Some(problem) = newest(&["FailedCreatePodSandBox"]) {
                    return waiting(format!("the node cannot make the pod: {problem}"), None);
                }
                if newest(&["Pulling"]).is_some() && newest(&["Pulled"]).is_none() {
                    return waiting("fetching the image".to_owned(), Some(Reason::ImagePullFailed));
                }
                return waiting("starting its containers".to_owned(), None);
            }
            _ => {}
        }
    }
    // A kubelet changes both together. Only the cluster itself takes "Ready" alone: from the pods of a node that is silent.
    if is_true(pod, "ContainersReady") && !is_true(pod, "Ready") {
        return waiting("its node does not answer".to_owned(), Some(Reason::NodeLost));
    }
    if let Some(late) = containers(pod).find(|it| !it.ready) {
        let cause = if late.name == DISPLAY { Reason::DisplayFailed } else { Reason::ScreenSilent };
        return waiting("waiting for its screen".to_owned(), Some(cause));
    }
    waiting("waiting for a node".to_owned(), None)
}

#[cfg(test)]
mod tests;
