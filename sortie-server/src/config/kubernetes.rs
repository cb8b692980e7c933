//! Where and how pods of sessions run.

use std::{collections::BTreeMap, net::IpAddr, path::Path, time::Duration};

use ipnet::IpNet;
use sortie_core::app::quantity;
use sortie_k8s::settings::{Gateway, Reach, Settings, Toleration};

use super::settings::Reader;

/// The namespace of the pod that we are in, as Kubernetes tells it.
const OWN_NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// Which runtime runs apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeKind {
    /// Sandboxed processes on this machine.
    Local,
    /// Pods.
    Kubernetes,
    /// Containers of this machine's engine.
    Docker,
}

/// What is named, or else the cluster where there is one.
pub(super) fn kind(read: &mut Reader<'_>, in_cluster: bool, kubeconfig: bool) -> RuntimeKind {
    let found = if in_cluster || kubeconfig { RuntimeKind::Kubernetes } else { RuntimeKind::Local };
    read.parse("SORTIE_RUNTIME", "must be local, kubernetes or docker", found, |text| match text {
        "local" => Some(RuntimeKind::Local),
        "docker" => Some(RuntimeKind::Docker),
        "kubernetes" => Some(RuntimeKind::Kubernetes),
        _ => None,
    })
}

/// The settings of pods. `run_dir` is where screens show themselves when Sortie is outside the cluster.
pub(super) fn parse(read: &mut Reader<'_>, run_dir: &Path, in_cluster: bool, lifetime: Option<Duration>) -> Settings {
    let defaults = Settings::default();
    let own = std::fs::read_to_string(OWN_NAMESPACE).ok().map(|it| it.trim().to_owned());
    Settings {
        namespace: read.text("SORTIE_NAMESPACE").unwrap_or(defaults.namespace),
        gateway: Gateway {
            namespace: read.text("SORTIE_K8S_SERVER_NAMESPACE").or(own).unwrap_or(defaults.gateway.namespace),
            labels: Some(pairs(read, "SORTIE_K8S_SERVER_LABELS"))
                .filter(|it| !it.is_empty())
                .unwrap_or(defaults.gateway.labels),
        },
        reach: if in_cluster { Reach::PodAddress } else { Reach::PortForward(run_dir.to_owned()) },
        display_image: read.text("SORTIE_VNC_SIDECAR_IMAGE").unwrap_or(defaults.display_image),
        browser_image: read.text("SORTIE_BROWSER_SIDECAR_IMAGE").unwrap_or(defaults.browser_image),
        pull_secrets: read.list("SORTIE_K8S_PULL_SECRETS"),
        node_selector: pairs(read, "SORTIE_K8S_NODE_SELECTOR"),
        tolerations: tolerations(read),
        runtime_class: read.text("SORTIE_K8S_RUNTIME_CLASS"),
        extra_resources: pairs(read, "SORTIE_K8S_EXTRA_RESOURCES"),
        host_aliases: read.parse(
            "SORTIE_K8S_HOST_ALIASES",
            "must be address=name pairs, separated by commas",
            Vec::new(),
            |text| text.split(',').map(host_alias).collect(),
        ),
        user_namespaces: read.flag("SORTIE_K8S_USER_NAMESPACES"),
        workspace_size: read.parse(
            "SORTIE_K8S_WORKSPACE_SIZE",
            "must be a quantity such as 5Gi",
            defaults.workspace_size,
            |text| quantity::bytes(text).map(|_| text.to_owned()),
        ),
        storage_class: read.text("SORTIE_K8S_STORAGE_CLASS"),
        active_deadline: lifetime,
        protected: networks(read, "SORTIE_K8S_PROTECTED_NETWORKS"),
        name_servers: networks(read, "SORTIE_K8S_NAME_SERVERS"),
    }
}

fn pairs(read: &mut Reader<'_>, name: &str) -> BTreeMap<String, String> {
    read.parse(name, "must be key=value pairs, separated by commas", BTreeMap::new(), |text| {
        let pair = |it: &str| it.trim().split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        text.split(',').map(pair).collect()
    })
}

/// `key=value:effect`; value and effect may be missing.
fn tolerations(read: &mut Reader<'_>) -> Vec<Toleration> {
    let given = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
    let one = |text: &str| {
        let (taint, effect) = text.split_once(':').unwrap_or((text, ""));
        let (key, value) = taint.split_once('=').unwrap_or((taint, ""));
        Toleration { key: key.to_owned(), value: given(value), effect: given(effect) }
    };
    read.list("SORTIE_K8S_TOLERATIONS").iter().map(|it| one(it)).collect()
}

/// `address=name`.
fn host_alias(text: &str) -> Option<(IpAddr, String)> {
    let (address, name) = text.trim().split_once('=')?;
    Some((address.parse().ok()?, name.to_owned())).filter(|(_, name)| !name.is_empty())
}

fn networks(read: &mut Reader<'_>, name: &str) -> Vec<IpNet> {
    read.parse(name, "must be networks such as 10.96.0.0/12, separated by commas", Vec::new(), |text| {
        text.split(',').map(|it| it.trim().parse().ok()).collect()
    })
}
