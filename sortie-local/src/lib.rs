//! Workloads of Sortie on one machine: sandboxed processes with their own X display, or containers.
//!
//! **Owns** the folders of workloads and what lies beside them, the two sandboxes of each (the X server's and the app's), their
//! limits, their homes and sockets, the probe that says what the machine lacks, and the place's id; and the containers of
//! sessions on Docker or Podman. Both implement [`sortie_core::port::Runtime`]. And the engine that runs services
//! ([`sortie_core::port::Engine`]), over the Docker API or simulated.
//!
//! **May not know** the database, users, routes, or why a session exists.
//!
//! A workload is a folder first and processes second, and it needs no server: its processes have neither a parent nor a pipe
//! here, and all that is known about it is read from its folder. Any server can find, watch and remove the workloads that
//! another one started.

mod blocking;
mod containers;
mod create;
mod disk;
mod engine;
mod error;
mod folder;
mod home;
mod limits;
mod list;
mod names;
mod observe;
mod place;
mod probe;
mod processes;
mod readiness;
mod record;
mod refusal;
mod removal;
mod runtime;
mod sandbox;
mod secrets;
mod settings;
mod uid;
mod watch;

pub use containers::{ContainerRuntime, ContainerSettings};
pub use engine::{DockerEngine, EngineAddress, SimulatedEngine, identify_engine};
pub use error::LocalError;
pub use runtime::LocalRuntime;
pub use settings::Settings;
