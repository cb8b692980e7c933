//! Why a session ended: stable codes for machines, sentences for people.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $sentence:literal, $remedy:expr;)*) => {
        /// Why a session has its final status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What happened, for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),* }
            }

            /// What the person can do about it, where there is something.
            pub fn remedy(self) -> Option<&'static str> {
                match self { $(Self::$name => $remedy),* }
            }
        }
    };
}

reasons! {
    /// Taken over from an older system, where it had no end.
    Adopted, "adopted", "The session came from an older installation and was closed.", None;
    /// The app ended by itself.
    AppExited, "app_exited", "The app ended.", Some("Start it again; its last output tells why it ended.");
    /// A person gave up before it was ready.
    Cancelled, "cancelled", "The launch was cancelled.", None;
    /// The X server or another part of the display broke.
    DisplayFailed, "display_failed", "The screen of the app could not be kept up.", Some("Start it again; if it happens again, tell the administrator.");
    /// The node ended it to save itself.
    Evicted, "evicted", "The machine ran out of room and ended the session.", Some("Start it again.");
    /// No input for too long.
    IdleTimeout, "idle_timeout", "The session had no input for too long.", Some("Start it again.");
    /// The image insists on root, which nobody allowed.
    ImageNeedsRoot, "image_needs_root", "The app's image runs as root only, which is not allowed.", Some("Ask the administrator for an image that runs without root.");
    /// The image is not to be had.
    ImagePullFailed, "image_pull_failed", "The app's image could not be fetched.", Some("Ask the administrator to check the image's name and the registry's credentials.");
    /// Its whole time is up.
    LifetimeExceeded, "lifetime_exceeded", "The session reached its longest permitted time.", Some("Start it again.");
    /// The machine under it is gone.
    NodeLost, "node_lost", "The machine on which the session ran is gone.", Some("Start it again.");
    /// It used more memory than it may.
    OutOfMemory, "out_of_memory", "The app used all the memory that it may.", Some("Ask the administrator for a higher memory limit.");
    /// The network's rules for it could not be set up.
    PolicyFailed, "policy_failed", "The app's network rules could not be set up, and without them it is not started.", Some("Ask the administrator whether the cluster lets Sortie make network policies.");
    /// Its place is gone.
    PlaceLost, "place_lost", "The place where the session ran is gone.", Some("Start it again.");
    /// The Secret with the registry's credentials is not there.
    PullSecretMissing, "pull_secret_missing", "The app's image could not be fetched: the registry's credentials are missing.", Some("Ask the administrator to make the Secret that SORTIE_K8S_PULL_SECRETS names.");
    /// The place has no room left for this tenant or owner.
    QuotaExceeded, "quota_exceeded", "The cluster's quota for sessions is used up.", Some("End another session, or ask the administrator for a larger quota.");
    /// A restart took its place.
    Replaced, "replaced", "The session was started again.", None;
    /// Sortie may not do in the cluster what a session needs.
    RightMissing, "right_missing", "Sortie lacks a right in the cluster.", Some("Ask the administrator to apply deploy/kubernetes/rbac.yaml.");
    /// What runs apps does not answer.
    RuntimeUnavailable, "runtime_unavailable", "What runs the apps did not answer.", Some("Try again later; if it happens again, tell the administrator.");
    /// It runs, and its screen answers nobody.
    ScreenSilent, "screen_silent", "The app runs, and its screen does not answer.", Some("Ask the administrator to check the port of the app's display.");
    /// The runtime said never.
    StartRefused, "start_refused", "The app cannot be started here.", Some("Ask the administrator to mend the app's definition or the server.");
    /// It did not get ready in time.
    StartTimeout, "start_timeout", "The app did not become ready in time.", Some("Try again; if it happens again, tell the administrator.");
    /// An administrator ended it.
    StoppedByAdmin, "stopped_by_admin", "An administrator stopped the session.", None;
    /// Its owner ended it.
    StoppedByUser, "stopped_by_user", "The session was stopped.", None;
    /// No machine can take it.
    Unschedulable, "unschedulable", "No machine has room for the app.", Some("Try again later, or ask the administrator for more room.");
    /// Its files are not there.
    VolumePending, "volume_pending", "The app's files could not be attached.", Some("Try again; if it happens again, tell the administrator.");
    /// Its files use more of the disk than they may.
    WorkspaceFull, "workspace_full", "The app's files became larger than they may be.", Some("Start it again; files that are kept must be tidied up first.");
    /// The workload vanished.
    WorkloadLost, "workload_lost", "The app's processes are gone.", Some("Start it again.");
}

impl Reason {
    /// Reads a stored code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        let codes: HashSet<_> = Reason::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        assert!(Reason::ALL.iter().all(|it| Reason::parse(it.code()) == Some(*it)));
    }
}
