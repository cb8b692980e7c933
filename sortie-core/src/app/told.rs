//! What an app's fields say, in words for the audit: as authors write them, never as the code keeps them.

use super::{
    Clipboard, Display, EgressPolicy, LaunchType, Network, OsType, RecordingPolicy, ResourceText, WorkspaceKind,
};

/// A field by the name that authors know.
pub fn field_name(field: &'static str) -> &'static str {
    match field {
        "resources" => "resource_limits",
        "egress" => "egress_policy",
        "workspace" => "workspace.kind",
        "workspace_size" => "workspace.size",
        "workspace_storage_class" => "workspace.storage_class",
        "recording" => "recording_policy",
        "idle_timeout_secs" => "idle_timeout",
        other => other,
    }
}

/// A value that the audit can tell.
pub(super) trait Told {
    /// The value in words.
    fn told(&self) -> String;
}

macro_rules! told_as {
    ($how:ident: $($type:ty),+) => { $(impl Told for $type { fn told(&self) -> String { told_as!(@$how self) } })+ };
    (@name $it:ident) => { $it.name().to_owned() };
    (@display $it:ident) => { $it.to_string() };
    // Quoted, so that spaces and ends are seen.
    (@quoted $it:ident) => { format!("{:?}", $it) };
}

told_as!(name: LaunchType, OsType, Network, WorkspaceKind, RecordingPolicy);
told_as!(display: bool, i64);
told_as!(quoted: String, Vec<String>);

impl Told for ResourceText {
    fn told(&self) -> String {
        let all = [
            ("cpu_request", &self.cpu_request),
            ("cpu_limit", &self.cpu_limit),
            ("memory_request", &self.memory_request),
            ("memory_limit", &self.memory_limit),
        ];
        listed(all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} {value}")))
    }
}

impl Told for Clipboard {
    fn told(&self) -> String {
        let ways = [(self.into_app, "in"), (self.out_of_app, "out")];
        let most = (self.max_in_bytes != 0).then(|| format!("at most {} bytes in", self.max_in_bytes));
        listed(ways.into_iter().filter(|(is_open, _)| *is_open).map(|(_, way)| way.to_owned()).chain(most))
    }
}

impl Told for Option<EgressPolicy> {
    fn told(&self) -> String {
        let Some(policy) = self else { return "none".to_owned() };
        let rules = policy.rules.iter().map(|rule| {
            let port = if rule.port == 0 { "every port".to_owned() } else { format!("port {}", rule.port) };
            [rule.cidr.as_str(), &port, &rule.protocol].join(" ").trim_end().to_owned()
        });
        format!("{} of {}", policy.mode.name(), listed(rules))
    }
}

impl Told for Option<Display> {
    fn told(&self) -> String {
        let words =
            |it: &Display| format!("{} on port {} {}", it.protocol.name(), it.port, it.path).trim_end().to_owned();
        self.as_ref().map_or_else(|| "none".to_owned(), words)
    }
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{DisplayProtocol, EgressMode, EgressRule},
        *,
    };

    #[test]
    fn limits_and_the_clipboard_are_told_by_what_is_set() {
        let limits =
            ResourceText { cpu_limit: "2".to_owned(), memory_limit: "1Gi".to_owned(), ..ResourceText::default() };
        assert_eq!(limits.told(), "cpu_limit 2, memory_limit 1Gi");
        assert_eq!(ResourceText::default().told(), "none");
        let inwards = Clipboard { into_app: true, out_of_app: false, max_in_bytes: 64 };
        assert_eq!(inwards.told(), "in, at most 64 bytes in");
        assert_eq!(Clipboard { into_app: false, out_of_app: false, max_in_bytes: 0 }.told(), "none");
    }

    #[test]
    fn rules_of_egress_and_displays_are_told_as_they_are_written() {
        let rule = |cidr: &str, port, protocol: &str| EgressRule {
            cidr: cidr.to_owned(),
            port,
            protocol: protocol.to_owned(),
        };
        let policy = EgressPolicy {
            mode: EgressMode::Allowlist,
            rules: vec![rule("10.0.0.0/8", 443, "TCP"), rule("2001:db8::/32", 0, "")],
        };
        assert_eq!(Some(policy).told(), "allowlist of 10.0.0.0/8 port 443 TCP, 2001:db8::/32 every port");
        assert_eq!(None::<EgressPolicy>.told(), "none");
        let display = Display { protocol: DisplayProtocol::Vnc, port: 5900, path: String::new() };
        assert_eq!(Some(display).told(), "vnc on port 5900");
    }
}
