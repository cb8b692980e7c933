//! What the operator decides.

use std::{path::PathBuf, time::Duration};

use sortie_core::spec::Resources;

/// The settings of a [`LocalRuntime`](crate::LocalRuntime).
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server's data directory. Workloads, homes and sockets are made in private folders below it.
    pub data_dir: PathBuf,
    /// A server that runs as root gives each live session one uid of `uid_base..uid_base + UID_COUNT`. Never used otherwise.
    pub uid_base: u32,
    /// Whether apps may ask for the host's own network.
    pub allow_host_network: bool,
    /// Limits for apps that name none.
    pub default_limits: Resources,
    /// Processes and threads that one workload may have.
    pub max_pids: u64,
    /// The cgroup (version 2) below which workloads get theirs, as `/proc/self/cgroup` writes it: one that was delegated to the
    /// server and that outlives it. `None`, and one that cannot be used, stand for the server's own.
    pub cgroup: Option<String>,
    /// How many bytes of the disk a home may use; `None` for no limit. It is measured, so it can be passed for a while.
    pub home_limit: Option<u64>,
    /// How long after measuring all homes they are measured again.
    pub home_look: Duration,
}

impl Settings {
    /// How many uids a server that runs as root has for sessions: more than one machine can run.
    pub const UID_COUNT: u32 = 10_000;

    /// The default of `uid_base`: above the accounts of the host and below its usual ranges of subordinate uids.
    pub const UID_BASE: u32 = 70_000;

    /// The settings of a small machine: no host network, no limits but 1024 processes for each workload.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            uid_base: Self::UID_BASE,
            allow_host_network: false,
            default_limits: Resources::default(),
            max_pids: 1024,
            cgroup: None,
            home_limit: None,
            home_look: Duration::from_secs(30),
        }
    }
}
