//! Which addresses a workload may reach.

/// How the rules are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EgressMode {
    /// Only what the rules name.
    Allowlist,
    /// All but what the rules name.
    Denylist,
}

impl EgressMode {
    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowlist => "allowlist",
            Self::Denylist => "denylist",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Allowlist, Self::Denylist].into_iter().find(|it| it.name() == name)
    }
}

/// One rule, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressRule {
    /// A network such as `10.0.0.0/8` or `2001:db8::/32`.
    pub cidr: String,
    /// A port; 0 for every port.
    pub port: i64,
    /// `TCP` or `UDP`; empty for both.
    pub protocol: String,
}

/// A mode and its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressPolicy {
    /// How the rules are meant.
    pub mode: EgressMode,
    /// The rules.
    pub rules: Vec<EgressRule>,
}
