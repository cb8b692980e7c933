//! Why an app can never be started on this engine.

use sortie_core::{app::Network, spec::Spec, workload::Refusal};

use super::settings::ContainerSettings;

/// What speaks against a spec, whatever the engine's state.
pub(super) fn of(spec: &Spec, settings: &ContainerSettings, has_user_namespaces: bool) -> Option<Refusal> {
    if spec.image.is_none() {
        return Some(refusal(
            "image_missing",
            "This app names no image: on a container engine apps are images. Give it a `container_image`.",
        ));
    }
    if spec.egress.is_some() {
        return Some(refusal(
            "egress_unsupported",
            "This app restricts which addresses it may reach. On a container engine an app has no network at all, or the \
             host's: remove its egress policy, or run it on Kubernetes.",
        ));
    }
    if spec.network == Network::Host && !settings.allow_host_network {
        return Some(refusal(
            "host_network_forbidden",
            "This app wants the host's network, which is not contained. The operator can allow it with \
             SORTIE_LOCAL_HOST_NETWORK=true.",
        ));
    }
    if spec.run_as_root && !has_user_namespaces {
        return Some(refusal(
            "image_needs_root",
            "This app runs as root, which needs user namespaces: run the engine without root, or Docker with `userns-remap`.",
        ));
    }
    if spec.display.is_some() && !(spec.clipboard.out_of_app && spec.clipboard.into_app) {
        return Some(refusal(
            "clipboard_unenforceable",
            "This app brings its own display, which cannot be made to keep the clipboard in: allow the clipboard, or let \
             Sortie bring the display.",
        ));
    }
    None
}

fn refusal(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}
