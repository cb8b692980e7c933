//! Why a service is not as wanted, in words and for programs.

use std::fmt;

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $remedy:literal;)*) => {
        /// What stands in the way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Cause { $($(#[$doc])* $name,)* }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What an operator can do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

causes! {
    /// The registry does not have the image.
    ImageNotFound = "image_not_found",
        "correct the image's name, push it, or import it into the engine";
    /// The registry cannot be asked.
    ImageUnreachable = "image_unreachable",
        "check the network and the registry; it is tried again by itself";
    /// Something else listens at a port of the machine.
    PortInUse = "port_in_use",
        "stop what listens at the port, or choose another port in the target";
    /// Something that is not ours has the name.
    NameTaken = "name_taken",
        "rename or remove what has the name; Sortie does not touch what it did not make";
    /// It ends as soon as it is started.
    Exits = "container_exits",
        "read the service's logs, then correct its command, environment or image";
    /// Its probe never answers well.
    Unhealthy = "unhealthy",
        "read the service's logs, and check the probe's command, port and start period";
    /// A variable needs a secret that nobody set.
    SecretMissing = "secret_missing",
        "set the secret, or correct its name in the target";
    /// A secret was sealed with a key that this server does not have.
    SecretUnreadable = "secret_unreadable",
        "put the key file back that it was sealed with, or set the secret again";
    /// The engine does not take the configuration.
    Refused = "engine_refused",
        "correct the configuration in the target as the engine's words say";
    /// The engine failed.
    EngineFailed = "engine_failed",
        "look into the engine's own log; it is tried again by itself";
}

impl Cause {
    /// Whether trying for ever is no use: after some attempts nothing is tried until the target changes or somebody asks.
    pub fn is_given_up(self) -> bool {
        match self {
            Self::ImageNotFound
            | Self::NameTaken
            | Self::Exits
            | Self::Unhealthy
            | Self::Refused
            | Self::PortInUse
            | Self::SecretMissing
            | Self::SecretUnreadable => true,
            Self::ImageUnreachable | Self::EngineFailed => false,
        }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What stands in the way.
    pub cause: Cause,
    /// In words, with what the engine said.
    pub message: String,
}

impl Failure {
    /// A cause with its words.
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self { cause, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
