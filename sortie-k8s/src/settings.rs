//! What the operator decides about pods.

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;

/// How the screens of pods are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By the pod's own address: Sortie runs in the cluster.
    PodAddress,
    /// Through the API server: Sortie runs outside. Each screen shows itself as a socket in this private folder.
    PortForward(PathBuf),
}

/// A node taint that pods of sessions bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// The taint's key.
    pub key: String,
    /// The taint's value; `None` for every value.
    pub value: Option<String>,
    /// The taint's effect; `None` for every effect.
    pub effect: Option<String>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the pods of sessions live.
    pub namespace: String,
    /// The namespace and the labels of Sortie's own pods: the only ones that reach a screen.
    pub gateway: Gateway,
    /// How screens are reached.
    pub reach: Reach,
    /// The image with the X display for apps that bring none.
    pub display_image: String,
    /// The image with the X display and the browser, beside apps that are web pages.
    pub browser_image: String,
    /// Names of Secrets with registry credentials.
    pub pull_secrets: Vec<String>,
    /// Which nodes may run pods of sessions.
    pub node_selector: BTreeMap<String, String>,
    /// Which taints they bear.
    pub tolerations: Vec<Toleration>,
    /// A runtime class, such as gVisor's.
    pub runtime_class: Option<String>,
    /// What else the app's container is given on its node, such as `nvidia.com/gpu`, and how much of it.
    pub extra_resources: BTreeMap<String, String>,
    /// Names that pods resolve without a name server.
    pub host_aliases: Vec<(IpAddr, String)>,
    /// Give pods a user namespace of their own; needed for images that run as root.
    pub user_namespaces: bool,
    /// The size of a workspace whose app names none, as a Kubernetes quantity.
    pub workspace_size: String,
    /// The storage class of workspaces on volumes whose app names none; `None` for the cluster's default.
    pub storage_class: Option<String>,
    /// The hard limit on a pod's life.
    pub active_deadline: Option<Duration>,
    /// Networks that no app reaches unless its policy names them: the cluster's own ranges. Metadata addresses are always among them.
    pub protected: Vec<IpNet>,
    /// Name servers outside the cluster's DNS pods, such as a node-local cache.
    pub name_servers: Vec<IpNet>,
}

/// Who reaches the screens of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// The namespace of Sortie's pods.
    pub namespace: String,
    /// Their labels.
    pub labels: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            namespace: "sortie-sessions".to_owned(),
            gateway: Gateway {
                namespace: "sortie".to_owned(),
                labels: BTreeMap::from([("app".to_owned(), "sortie".to_owned())]),
            },
            reach: Reach::PodAddress,
            display_image: "sortie-vnc-sidecar:latest".to_owned(),
            browser_image: "sortie-browser-sidecar:latest".to_owned(),
            pull_secrets: Vec::new(),
            node_selector: BTreeMap::new(),
            tolerations: Vec::new(),
            runtime_class: None,
            extra_resources: BTreeMap::new(),
            host_aliases: Vec::new(),
            user_namespaces: false,
            workspace_size: "5Gi".to_owned(),
            storage_class: None,
            active_deadline: None,
            protected: Vec::new(),
            name_servers: Vec::new(),
        }
    }
}
