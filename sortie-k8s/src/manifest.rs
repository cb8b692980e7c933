//! From an order to the objects that fulfil it. Pure: the same order makes the same objects, whoever asks and how often.

mod files;
mod pod;
mod screen;
mod security;

use std::collections::BTreeMap;

use k8s_openapi::{
    ByteString,
    api::{
        core::v1::Secret,
        networking::v1::{
            IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
            NetworkPolicySpec,
        },
    },
    apimachinery::pkg::apis::meta::v1::LabelSelector,
};
use sortie_core::{
    app::DisplayProtocol,
    spec::Spec,
    workload::{
        WorkloadOrder,
        screen::{COOKIE, PASSWORD, VIEW_ONLY_PASSWORD},
    },
};

use crate::{egress, identity, names, settings::Settings};

pub(crate) use files::{Files, claim, session_claim};
pub(crate) use pod::{APP, pod};
pub(crate) use screen::{BROWSER, DISPLAY};

/// Where the display's image serves RFB.
const RFB_PORT: u16 = 5900;
const DNS_PORT: u16 = 53;

/// The port on which a workload of this spec shows its screen.
pub(crate) fn screen_port(spec: &Spec) -> u16 {
    spec.display.as_ref().map_or(RFB_PORT, |it| it.port)
}

/// The same as the pod says it, for who has no spec at hand.
pub(crate) const SCREEN_PORT: &str = "sortie.io/websocket-port";
/// What the screen speaks: `vnc` or `websocket`.
pub(crate) const SCREEN_PROTOCOL: &str = "sortie.io/protocol";
/// The path of a screen that speaks WebSocket.
pub(crate) const SCREEN_PATH: &str = "sortie.io/websocket-path";

/// How the screen is described on the pod.
fn screen_annotations(spec: &Spec) -> BTreeMap<String, String> {
    let protocol = spec.display.as_ref().map_or(DisplayProtocol::Vnc, |it| it.protocol);
    let mut about = BTreeMap::from([
        (SCREEN_PORT.to_owned(), screen_port(spec).to_string()),
        (SCREEN_PROTOCOL.to_owned(), protocol.name().to_owned()),
    ]);
    if let Some(display) = spec.display.as_ref().filter(|it| !it.path.is_empty()) {
        about.insert(SCREEN_PATH.to_owned(), display.path.clone());
    }
    about
}

/// The passwords of the display. They live here and beside the display, and nowhere else.
pub(crate) fn secret(order: &WorkloadOrder, password: &str, view_only: &str, cookie: &str) -> Secret {
    let bytes = |text: &str| ByteString(text.as_bytes().to_vec());
    Secret {
        metadata: identity::metadata(names::secret(&order.labels.session), order),
        type_: Some("Opaque".to_owned()),
        immutable: Some(true),
        data: Some(BTreeMap::from([
            (PASSWORD.to_owned(), bytes(password)),
            (VIEW_ONLY_PASSWORD.to_owned(), bytes(view_only)),
            (COOKIE.to_owned(), bytes(cookie)),
        ])),
        ..Secret::default()
    }
}

/// Who may talk to the pod and to whom it may talk. It exists before the pod does.
pub(crate) fn policy(order: &WorkloadOrder, settings: &Settings) -> Result<NetworkPolicy, egress::Unreadable> {
    let mut egress = egress::rules(order.spec.egress.as_ref(), &settings.protected)?;
    if !egress.is_empty() {
        egress.push(names_are_resolved(settings));
    }
    Ok(NetworkPolicy {
        metadata: identity::metadata(names::policy(&order.labels.session), order),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector {
                match_labels: Some(BTreeMap::from([(
                    names::SESSION.to_owned(),
                    names::label(order.labels.session.as_str()),
                )])),
                ..LabelSelector::default()
            }),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: Some(vec![from_the_gateway(&order.spec, settings)]),
            egress: Some(egress),
        }),
    })
}

fn from_the_gateway(spec: &Spec, settings: &Settings) -> NetworkPolicyIngressRule {
    let port = screen_port(spec);
    NetworkPolicyIngressRule {
        from: Some(vec![NetworkPolicyPeer {
            namespace_selector: Some(of_namespace(&settings.gateway.namespace)),
            pod_selector: Some(LabelSelector {
                match_labels: Some(settings.gateway.labels.clone()),
                ..LabelSelector::default()
            }),
            ..NetworkPolicyPeer::default()
        }]),
        ports: Some(vec![egress::range("TCP", port..=port)]),
    }
}

/// An app that reaches anything may ask the cluster's own name servers, and no others.
fn names_are_resolved(settings: &Settings) -> NetworkPolicyEgressRule {
    let pods = NetworkPolicyPeer {
        namespace_selector: Some(of_namespace("kube-system")),
        pod_selector: Some(LabelSelector {
            match_labels: Some(BTreeMap::from([("k8s-app".to_owned(), "kube-dns".to_owned())])),
            ..LabelSelector::default()
        }),
        ..NetworkPolicyPeer::default()
    };
    let others = settings.name_servers.iter().map(|it| NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: it.to_string(), except: None }),
        ..NetworkPolicyPeer::default()
    });
    NetworkPolicyEgressRule {
        to: Some(std::iter::once(pods).chain(others).collect()),
        ports: Some(["UDP", "TCP"].into_iter().map(|it| egress::range(it, DNS_PORT..=DNS_PORT)).collect()),
    }
}

fn of_namespace(name: &str) -> LabelSelector {
    LabelSelector {
        match_labels: Some(BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), name.to_owned())])),
        ..LabelSelector::default()
    }
}

#[cfg(test)]
mod tests;
