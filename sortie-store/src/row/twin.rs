//! The serde twins of small domain values: the domain itself knows no serialisation. Their names are part of the schema.

use serde::{Deserialize, Serialize};
use sortie_core::app::{Clipboard, Display, DisplayProtocol, EgressMode, EgressPolicy, EgressRule};

/// One environment variable.
#[derive(Serialize, Deserialize)]
pub(crate) struct EnvTwin {
    name: String,
    value: String,
}

/// Environment variables, in order.
pub(crate) fn env_twins(env: &[(String, String)]) -> Vec<EnvTwin> {
    env.iter().map(|(name, value)| EnvTwin { name: name.clone(), value: value.clone() }).collect()
}

/// The other way.
pub(crate) fn env_pairs(twins: Vec<EnvTwin>) -> Vec<(String, String)> {
    twins.into_iter().map(|it| (it.name, it.value)).collect()
}

/// An egress policy.
#[derive(Serialize, Deserialize)]
pub(crate) struct EgressTwin {
    mode: String,
    #[serde(default)]
    rules: Vec<EgressRuleTwin>,
}

#[derive(Serialize, Deserialize)]
struct EgressRuleTwin {
    cidr: String,
    #[serde(default)]
    port: i64,
    #[serde(default)]
    protocol: String,
}

impl From<&EgressPolicy> for EgressTwin {
    fn from(policy: &EgressPolicy) -> Self {
        let rule =
            |it: &EgressRule| EgressRuleTwin { cidr: it.cidr.clone(), port: it.port, protocol: it.protocol.clone() };
        Self { mode: policy.mode.name().to_owned(), rules: policy.rules.iter().map(rule).collect() }
    }
}

impl EgressTwin {
    /// The policy; `None` for an unknown mode.
    pub(crate) fn into_policy(self) -> Option<EgressPolicy> {
        let rule = |it: EgressRuleTwin| EgressRule { cidr: it.cidr, port: it.port, protocol: it.protocol };
        Some(EgressPolicy { mode: EgressMode::parse(&self.mode)?, rules: self.rules.into_iter().map(rule).collect() })
    }
}

/// How an image shows its screen.
#[derive(Serialize, Deserialize)]
pub(crate) struct DisplayTwin {
    protocol: String,
    port: u16,
    #[serde(default)]
    path: String,
}

impl From<&Display> for DisplayTwin {
    fn from(display: &Display) -> Self {
        Self { protocol: display.protocol.name().to_owned(), port: display.port, path: display.path.clone() }
    }
}

impl DisplayTwin {
    /// The display; `None` for an unknown protocol.
    pub(crate) fn into_display(self) -> Option<Display> {
        Some(Display { protocol: DisplayProtocol::parse(&self.protocol)?, port: self.port, path: self.path })
    }
}

/// Which way the clipboard may go.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClipboardTwin {
    #[serde(rename = "in")]
    into_app: bool,
    #[serde(rename = "out")]
    out_of_app: bool,
    #[serde(default)]
    max_in_bytes: i64,
}

impl From<Clipboard> for ClipboardTwin {
    fn from(clipboard: Clipboard) -> Self {
        Self { into_app: clipboard.into_app, out_of_app: clipboard.out_of_app, max_in_bytes: clipboard.max_in_bytes }
    }
}

impl From<ClipboardTwin> for Clipboard {
    fn from(twin: ClipboardTwin) -> Self {
        Self { into_app: twin.into_app, out_of_app: twin.out_of_app, max_in_bytes: twin.max_in_bytes }
    }
}

/// Which files an app gets.
#[derive(Serialize, Deserialize)]
pub(crate) struct WorkspaceTwin {
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) size: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) storage_class: String,
}
