//! Why an app can never be started here.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use sortie_core::{app::Network, spec::Spec, workload::Refusal};

use crate::settings::Settings;

/// Where programs are looked for: the same folders as inside the sandbox.
const PROGRAM_FOLDERS: [&str; 5] = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/games", "/usr/games"];

/// What of the host an app can see programs in.
const VISIBLE: [&str; 7] = ["/usr", "/opt", "/bin", "/sbin", "/lib", "/lib64", "/home/user"];

/// What speaks against a spec on this machine, beside the state of the place itself.
pub(crate) fn of(spec: &Spec, settings: &Settings) -> Option<Refusal> {
    if spec.egress.is_some() {
        return Some(refusal(
            "egress_unsupported",
            "This app restricts which addresses it may reach. On this machine an app has no network at all, or the host's: \
             remove its egress policy, or run it on Kubernetes.",
        ));
    }
    if spec.network == Network::Host && !settings.allow_host_network {
        return Some(refusal(
            "host_network_forbidden",
            "This app wants the host's network, which is not contained. The operator can allow it with \
             SORTIE_LOCAL_HOST_NETWORK=true.",
        ));
    }
    if spec.display.is_some() {
        return Some(refusal(
            "display_unsupported",
            "This app brings a display of its own. On this machine every app gets an X display from Sortie: remove `display`.",
        ));
    }
    if spec.web_port.is_some() {
        return Some(refusal(
            "web_app_unsupported",
            "This app is a web page with a browser beside it, which needs images: run it on Kubernetes.",
        ));
    }
    let Some(program) = spec.command.first() else {
        return Some(refusal(
            "command_missing",
            "This app has an image and no `command`. On this machine apps are programs of the host: give it a `command`.",
        ));
    };
    if !is_installed(program) {
        return Some(refusal(
            "command_missing",
            &format!("The program \"{program}\" is not installed on this machine: install the package that has it."),
        ));
    }
    if spec.window_manager && find("openbox").is_none() {
        return Some(refusal(
            "window_manager_missing",
            "This app wants a window manager, and openbox is not installed: install the package openbox.",
        ));
    }
    None
}

/// Where a program of that name is, if it is there and may be run.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    PROGRAM_FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| is_program(path))
}

fn is_installed(program: &str) -> bool {
    if !program.contains('/') {
        return find(program).is_some();
    }
    let path = Path::new(program);
    // A path below the home names a file that only its owner can know about.
    if !path.is_absolute() || path.starts_with("/home/user") || path.starts_with("/workspace") {
        return true;
    }
    VISIBLE.iter().any(|it| path.starts_with(it)) && is_program(path)
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

fn refusal(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_where_the_sandbox_will_find_them() {
        assert!(
            is_installed("sh") && is_installed("/bin/sh") && is_installed("./mine") && is_installed("/workspace/mine")
        );
        assert!(!is_installed("no-such-program") && !is_installed("/usr/bin/no-such-program"));
        // It exists on the host and not inside.
        assert!(!is_installed("/etc/init.d/procps"));
    }
}
