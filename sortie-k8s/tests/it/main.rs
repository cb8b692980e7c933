//! The runtime against a real API server, kubelet and container engine. `KUBECONFIG` names the cluster; without one these
//! tests say that they were skipped (`make test-cluster` starts a cluster and sets it).

#![expect(clippy::print_stderr, reason = "what was skipped must be said")]

mod cluster;
mod stage;
