//! The app as it was resolved at launch. Creating a workload reads this and nothing else.

use std::time::Duration;

use crate::{
    app::{Clipboard, Display, EgressPolicy, Network, RecordingPolicy, WorkspaceKind},
    id::AppId,
};

/// Everything about an app that its workload depends on, with typed quantities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The app's id at launch.
    pub app: AppId,
    /// The app's name at launch.
    pub app_name: String,
    /// The image, for runtimes that have images.
    pub image: Option<String>,
    /// The program and its arguments, for runtimes without images; may be empty where there is an image.
    pub command: Vec<String>,
    /// Arguments that are added to the command or to the image's own entry point.
    pub args: Vec<String>,
    /// Environment variables, in order.
    pub env: Vec<(String, String)>,
    /// Whether the app gets a network of its own kind.
    pub network: Network,
    /// Which addresses it may reach, where that is restricted.
    pub egress: Option<EgressPolicy>,
    /// The limits.
    pub resources: Resources,
    /// Whether a window manager runs beside the app.
    pub window_manager: bool,
    /// How the image shows its screen, when it brings a display of its own.
    pub display: Option<Display>,
    /// Which files it gets.
    pub workspace: WorkspaceKind,
    /// Size and class of the volume that holds them, where the runtime has volumes.
    pub volume: Volume,
    /// The port on which the app is a web page: a browser beside it shows it.
    pub web_port: Option<u16>,
    /// Which way the clipboard may go.
    pub clipboard: Clipboard,
    /// Whether it is recorded.
    pub recording: RecordingPolicy,
    /// The app's own limit on time without input.
    pub idle_timeout: Option<Duration>,
    /// An administrator allowed the image to run as root.
    pub run_as_root: bool,
}

impl Spec {
    /// Whether a workload of this spec is one of the other, too. What the gateway sees to (clipboard, recording, the time without
    /// input) and the app's shown name are no part of a workload.
    pub fn runs_like(&self, other: &Self) -> bool {
        Self {
            app_name: other.app_name.clone(),
            clipboard: other.clipboard,
            recording: other.recording,
            idle_timeout: other.idle_timeout,
            ..self.clone()
        } == *other
    }
}

/// What an app says about the volume of its files; `None` where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// The size as it was written, such as `5Gi`.
    pub size: Option<String>,
    /// The storage class.
    pub class: Option<String>,
}

/// Typed requests and limits; `None` where nothing was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Thousandths of a CPU that are reserved.
    pub cpu_request_millis: Option<u64>,
    /// Thousandths of a CPU at most.
    pub cpu_limit_millis: Option<u64>,
    /// Bytes that are reserved.
    pub memory_request_bytes: Option<u64>,
    /// Bytes at most.
    pub memory_limit_bytes: Option<u64>,
}

impl Resources {
    /// What is set here, else what `defaults` say. A default never contradicts what is set: no request exceeds its limit.
    #[must_use]
    pub fn or(self, defaults: Self) -> Self {
        let (cpu_request_millis, cpu_limit_millis) = pair(
            (self.cpu_request_millis, self.cpu_limit_millis),
            (defaults.cpu_request_millis, defaults.cpu_limit_millis),
        );
        let (memory_request_bytes, memory_limit_bytes) = pair(
            (self.memory_request_bytes, self.memory_limit_bytes),
            (defaults.memory_request_bytes, defaults.memory_limit_bytes),
        );
        Self { cpu_request_millis, cpu_limit_millis, memory_request_bytes, memory_limit_bytes }
    }
}

/// Request and limit of one resource.
type Pair = (Option<u64>, Option<u64>);

fn pair(set: Pair, defaults: Pair) -> Pair {
    match set {
        (Some(request), limit) => (Some(request), limit.or(defaults.1.map(|it| it.max(request)))),
        (None, Some(limit)) => (defaults.0.map(|it| it.min(limit)), Some(limit)),
        (None, None) => defaults,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(request: Option<u64>, limit: Option<u64>) -> Resources {
        Resources { memory_request_bytes: request, memory_limit_bytes: limit, ..Resources::default() }
    }

    #[test]
    fn a_default_gives_way_to_what_the_app_says() {
        let defaults = memory(Some(512), Some(2048));
        assert_eq!(memory(None, None).or(defaults), defaults);
        assert_eq!(memory(None, Some(32)).or(defaults), memory(Some(32), Some(32)));
        assert_eq!(memory(Some(4096), None).or(defaults), memory(Some(4096), Some(4096)));
        assert_eq!(memory(Some(1), Some(2)).or(defaults), memory(Some(1), Some(2)));
    }
}
