//! The hardening of every pod: Pod Security `restricted`, and a root file system that cannot be written.

use k8s_openapi::api::core::v1::{Capabilities, PodSecurityContext, SeccompProfile, SecurityContext};

/// The unprivileged user and group of sessions, as in the images that Sortie ships.
const SESSION_ID: i64 = 1000;

/// Whose processes a pod's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunAs {
    /// The user of sessions: programs that only draw on our display do not care.
    Session,
    /// The image's own user, which must not be root: images with a display of their own are built around one.
    Image,
    /// Root, inside a user namespace.
    Root,
}

/// For the whole pod.
pub(super) fn of_pod(run_as: RunAs) -> PodSecurityContext {
    let id = match run_as {
        RunAs::Session => Some(SESSION_ID),
        RunAs::Image => None,
        RunAs::Root => Some(0),
    };
    PodSecurityContext {
        run_as_non_root: Some(run_as != RunAs::Root),
        run_as_user: id,
        run_as_group: id,
        fs_group: Some(SESSION_ID),
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

/// For each container.
pub(super) fn of_container() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        privileged: Some(false),
        read_only_root_filesystem: Some(true),
        capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
        ..SecurityContext::default()
    }
}

/// For the display beside an app that runs as root: it needs no root itself.
pub(super) fn of_display() -> SecurityContext {
    SecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(SESSION_ID),
        run_as_group: Some(SESSION_ID),
        ..of_container()
    }
}
