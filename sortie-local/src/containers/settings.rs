//! What the operator decides about sessions in containers.

use std::path::PathBuf;

use sortie_core::spec::Resources;

/// The settings of a [`ContainerRuntime`](crate::ContainerRuntime).
#[derive(Clone, Debug)]
pub struct ContainerSettings {
    /// The server's data directory. The engine must see it under the same path.
    pub data_dir: PathBuf,
    /// The engine's Unix socket.
    pub engine: PathBuf,
    /// The image with the X display for apps that bring none.
    pub display_image: String,
    /// The image with the X display and the browser, beside apps that are web pages.
    pub browser_image: String,
    /// Whether apps may ask for the host's own network.
    pub allow_host_network: bool,
    /// Limits for apps that name none.
    pub default_limits: Resources,
    /// Processes and threads that one container may have.
    pub max_pids: i64,
}

impl ContainerSettings {
    /// The usual images on the engine at `engine`; no host network, no limits but 1024 processes for each container.
    pub fn new(data_dir: impl Into<PathBuf>, engine: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            engine: engine.into(),
            display_image: "sortie-vnc-sidecar:latest".to_owned(),
            browser_image: "sortie-browser-sidecar:latest".to_owned(),
            allow_host_network: false,
            default_limits: Resources::default(),
            max_pids: 1024,
        }
    }
}
