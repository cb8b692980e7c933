//! Workloads of Sortie on Kubernetes: pods with their own X display.
//!
//! This room knows pods, Secrets, network policies and claims. It knows no database, user, route or policy of access: an
//! order comes in, a pod stands in the cluster, and its status goes out as what the reconciler understands.
//!
//! Three rules hold everywhere in here. What stands beside a pod is made before it (its network policy above all) and
//! removed after it. Whatever is deleted is deleted by its unique id, after its annotations have said whose it is. And a
//! watch only wakes: what is so is read from the API server, in full, or not concluded at all.

mod client;
mod create;
mod egress;
mod error;
mod forward;
mod guard;
mod identity;
mod list;
mod manifest;
mod names;
mod observe;
mod open;
mod refusal;
mod relabel;
mod remove;
mod runtime;
pub mod settings;
mod unentitled;
mod watch;

pub use error::ConnectError;
pub use runtime::KubernetesRuntime;
pub use settings::Settings;
pub use unentitled::Unentitled;
