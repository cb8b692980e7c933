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
    /// No input for too long.
    IdleTimeout, "idle_timeout", "The session had no input for too long.", Some("Start it again.");
    /// Its whole time is up.
    LifetimeExceeded, "lifetime_exceeded", "The session reached its longest permitted time.", Some("Start it again.");
    /// Its place is gone.
    PlaceLost, "place_lost", "The place where the session ran is gone.", Some("Start it again.");
    /// A restart took its place.
    Replaced, "replaced", "The session was started again.", None;
    /// The runtime said never.
    StartRefused, "start_refused", "The app cannot be started here.", Some("Ask the administrator to mend the app's definition or the server.");
    /// It did not get ready in time.
    StartTimeout, "start_timeout", "The app did not become ready in time.", Some("Try again; if it happens again, tell the administrator.");
    /// An administrator ended it.
    StoppedByAdmin, "stopped_by_admin", "An administrator stopped the session.", None;
    /// Its owner ended it.
    StoppedByUser, "stopped_by_user", "The session was stopped.", None;
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
