//! The closed sets that an app's fields choose from.

macro_rules! choice {
    ($($(#[$doc:meta])* $type:ident, default $default:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$vdoc])* $variant),+
        }

        impl $type {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, as stored and sent.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Reads a name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self::$default
            }
        }
    )+};
}

choice! {
    /// Who sees an app.
    Visibility, default Public {
        /// Everybody who is signed in; strangers see its display fields.
        Public = "public",
        /// The category's administrators and approved users.
        Approved = "approved",
        /// The category's administrators.
        AdminOnly = "admin_only",
    }

    /// What a click does.
    LaunchType, default Url {
        /// Opens a link.
        Url = "url",
        /// Starts a workload with a screen.
        Container = "container",
        /// Starts a web app and a browser beside it, shown as a screen.
        WebProxy = "web_proxy",
    }

    /// What runs inside.
    OsType, default Linux {
        /// A Linux program.
        Linux = "linux",
        /// A Windows desktop.
        Windows = "windows",
    }

    /// Whether a workload gets a network.
    Network, default None {
        /// None at all; in a cluster, what the egress policy names.
        None = "none",
        /// The host's own network: not contained, and only where the operator allows it.
        Host = "host",
    }

    /// Which files a workload gets.
    WorkspaceKind, default Ephemeral {
        /// Made and removed with it.
        Ephemeral = "ephemeral",
        /// Made and removed with it, on a volume of their own where the runtime has volumes.
        Volume = "volume",
        /// The person's own for this app, kept; one session holds it at a time.
        Persistent = "persistent",
    }

    /// Whether sessions are recorded.
    RecordingPolicy, default Never {
        /// Not at all.
        Never = "never",
        /// When somebody asks for it.
        OnRequest = "on_request",
        /// From the first frame to the last.
        Always = "always",
    }

    /// What a display of an image's own speaks.
    DisplayProtocol, default Vnc {
        /// RFB over TCP.
        Vnc = "vnc",
        /// RFB inside a WebSocket.
        WebSocket = "websocket",
    }
}

/// How an image with a display of its own shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// What it speaks.
    pub protocol: DisplayProtocol,
    /// On which port.
    pub port: u16,
    /// The WebSocket's path; empty for RFB over TCP.
    pub path: String,
}
