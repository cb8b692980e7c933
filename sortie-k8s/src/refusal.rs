//! Why an app can never be started in this cluster.

use sortie_core::{app::Network, spec::Spec, workload::Refusal};

use crate::{egress, settings::Settings};

/// What speaks against a spec, whatever the cluster's state.
pub(crate) fn of(spec: &Spec, settings: &Settings) -> Option<Refusal> {
    if spec.image.is_none() {
        return Some(refusal(
            "image_missing",
            "This app names no image: in a cluster apps are images. Give it a `container_image`.",
        ));
    }
    if spec.network == Network::Host {
        return Some(refusal(
            "host_network_forbidden",
            "This app wants the host's network, which no pod of a session gets. Name what it must reach in its egress policy.",
        ));
    }
    if spec.run_as_root && !settings.user_namespaces {
        return Some(refusal(
            "image_needs_root",
            "This app runs as root, which needs user namespaces: the operator can turn them on with SORTIE_K8S_USER_NAMESPACES=true.",
        ));
    }
    if spec.display.is_some() && !(spec.clipboard.out_of_app && spec.clipboard.into_app) {
        return Some(refusal(
            "clipboard_unenforceable",
            "This app brings its own display, which cannot be made to keep the clipboard in: allow the clipboard, or let Sortie bring the display.",
        ));
    }
    if let Err(error) = egress::rules(spec.egress.as_ref(), &settings.protected) {
        return Some(refusal("egress_unreadable", &format!("This app's egress policy cannot be applied: {error}.")));
    }
    None
}

fn refusal(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}
