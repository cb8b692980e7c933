//! The rules that an app must keep when it is made or changed, and remarks that forbid nothing.

use ipnet::IpNet;
use url::Url;

use super::{AppFields, Clipboard, DisplayProtocol, EgressPolicy, LaunchType, MAX_WARM_POOL, WorkspaceKind, quantity};
use crate::invalid::Invalid;

const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 4_000;
const MAX_URL: usize = 2_048;
const MAX_ITEMS: usize = 100;
const MAX_ARGUMENT_BYTES: usize = 32 * 1024;
/// A week: longer silences are a hard limit's business.
const MAX_IDLE_SECS: i64 = 7 * 24 * 3600;

/// Collects what is wrong.
struct Rules(Vec<Invalid>);

impl Rules {
    fn require(&mut self, holds: bool, field: impl Into<String>, rule: impl Into<String>) {
        if !holds {
            self.0.push(Invalid::new(field, rule));
        }
    }
}

/// Every rule that these fields break.
pub(super) fn broken(fields: &AppFields) -> Vec<Invalid> {
    let mut rules = Rules(Vec::new());
    texts(fields, &mut rules);
    what_it_starts(fields, &mut rules);
    arguments(fields, &mut rules);
    quantities(fields, &mut rules);
    if let Some(policy) = &fields.egress {
        egress(policy, &mut rules);
    }
    if let Some(display) = &fields.display {
        rules.require(display.port > 0, "display.port", "must be between 1 and 65535");
        let path = &display.path;
        rules.require(
            match display.protocol {
                DisplayProtocol::Vnc => path.is_empty(),
                DisplayProtocol::WebSocket => path.is_empty() || is_path(path),
            },
            "display.path",
            "must be empty for vnc, and an absolute path such as /websockify for websocket",
        );
    }
    rules.require(
        (0..=MAX_WARM_POOL).contains(&fields.warm_pool),
        "warm_pool",
        format!("must be between 0 (none) and {MAX_WARM_POOL}"),
    );
    rules.require(
        fields.warm_pool <= 0 || fields.workspace != WorkspaceKind::Persistent,
        "warm_pool",
        "must be 0 where files are kept for each person: nobody's files are known before somebody asks",
    );
    rules.require(
        (0..=MAX_IDLE_SECS).contains(&fields.idle_timeout_secs),
        "idle_timeout",
        format!("must be between 0 (the default) and {MAX_IDLE_SECS} seconds"),
    );
    rules.require(
        (0..=i64::from(Clipboard::MAX_IN_BYTES)).contains(&fields.clipboard.max_in_bytes),
        "clipboard.max_in_bytes",
        format!("must be between 0 (the most there is) and {} bytes", Clipboard::MAX_IN_BYTES),
    );
    rules.0
}

fn texts(fields: &AppFields, rules: &mut Rules) {
    let name = fields.name.trim();
    rules.require(!name.is_empty(), "name", "must not be empty");
    for (field, text, longest) in [
        ("name", &fields.name, MAX_NAME),
        ("category", &fields.category, MAX_NAME),
        ("description", &fields.description, MAX_TEXT),
        ("url", &fields.url, MAX_URL),
        ("icon", &fields.icon, MAX_URL),
    ] {
        rules.require(text.len() <= longest, field, format!("must be at most {longest} bytes long"));
        let legal = |c: char| !c.is_control() || (field == "description" && matches!(c, '\n' | '\t' | '\r'));
        rules.require(text.chars().all(legal), field, "must not contain control characters");
    }
    rules.require(
        fields.icon.is_empty() || is_icon(&fields.icon),
        "icon",
        "must be an https or http address, a path on this server, or a data:image/… address",
    );
}

fn what_it_starts(fields: &AppFields, rules: &mut Rules) {
    match fields.launch_type {
        LaunchType::Url => {
            rules.require(!fields.url.is_empty(), "url", "is required for launch_type url");
        }
        LaunchType::Container | LaunchType::WebProxy => rules.require(
            !fields.container_image.is_empty() || !fields.command.is_empty(),
            "container_image",
            "or command is required: an image for runtimes with images, a command for the local runtime",
        ),
    }
    rules.require(
        fields.url.is_empty() || is_web_address(&fields.url),
        "url",
        "must be an absolute http or https address",
    );
    rules.require(
        fields.container_image.is_empty() || is_image(&fields.container_image),
        "container_image",
        "must be an image reference such as ghcr.io/example/app:1.2 or …@sha256:…",
    );
    rules.require(
        (0..=65_535).contains(&fields.container_port),
        "container_port",
        "must be between 0 (none) and 65535",
    );
}

fn arguments(fields: &AppFields, rules: &mut Rules) {
    for (field, list) in [("container_args", &fields.container_args), ("command", &fields.command)] {
        rules.require(list.len() <= MAX_ITEMS, field, format!("must hold at most {MAX_ITEMS} items"));
        let bytes: usize = list.iter().map(String::len).sum();
        rules.require(bytes <= MAX_ARGUMENT_BYTES, field, format!("must hold at most {MAX_ARGUMENT_BYTES} bytes"));
        rules.require(list.iter().all(|it| !it.contains('\0')), field, "must not contain a NUL character");
    }
    rules.require(
        fields.command.first().is_none_or(|it| !it.is_empty() && !it.starts_with('-')),
        "command",
        "must begin with the program's name or path",
    );
    rules.require(fields.env.len() <= MAX_ITEMS, "env", format!("must hold at most {MAX_ITEMS} variables"));
    for (index, (name, value)) in fields.env.iter().enumerate() {
        let mut chars = name.chars();
        let legal = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
        rules.require(
            legal && name.len() <= 128,
            format!("env[{index}].name"),
            "must be letters, digits and underscores, not beginning with a digit",
        );
        rules.require(
            !value.contains('\0') && value.len() <= MAX_ARGUMENT_BYTES,
            format!("env[{index}].value"),
            format!("must be at most {MAX_ARGUMENT_BYTES} bytes without a NUL character"),
        );
        let repeated = fields.env.iter().take(index).any(|(earlier, _)| earlier == name);
        rules.require(!repeated, format!("env[{index}].name"), "must not appear twice");
    }
}

fn quantities(fields: &AppFields, rules: &mut Rules) {
    let text = &fields.resources;
    for (field, value) in [("cpu_request", &text.cpu_request), ("cpu_limit", &text.cpu_limit)] {
        rules.require(
            value.is_empty() || quantity::cpu_millis(value).is_some_and(|it| it > 0),
            format!("resource_limits.{field}"),
            "must be CPUs such as 500m or 2",
        );
    }
    for (field, value) in [("memory_request", &text.memory_request), ("memory_limit", &text.memory_limit)] {
        rules.require(
            value.is_empty() || quantity::bytes(value).is_some_and(|it| it >= 4 << 20),
            format!("resource_limits.{field}"),
            "must be bytes such as 512Mi or 2Gi, at least 4Mi",
        );
    }
    let over = |request: Option<u64>, limit: Option<u64>| matches!((request, limit), (Some(r), Some(l)) if r > l);
    rules.require(
        !over(quantity::cpu_millis(&text.cpu_request), quantity::cpu_millis(&text.cpu_limit)),
        "resource_limits.cpu_request",
        "must not be more than cpu_limit",
    );
    rules.require(
        !over(quantity::bytes(&text.memory_request), quantity::bytes(&text.memory_limit)),
        "resource_limits.memory_request",
        "must not be more than memory_limit",
    );
    rules.require(
        fields.workspace_size.is_empty() || quantity::bytes(&fields.workspace_size).is_some_and(|it| it > 0),
        "workspace.size",
        "must be bytes such as 5Gi",
    );
    rules.require(
        fields.workspace_storage_class.is_empty() || is_class(&fields.workspace_storage_class),
        "workspace.storage_class",
        "must be the name of a storage class: lower-case letters, digits, hyphens and dots",
    );
}

fn egress(policy: &EgressPolicy, rules: &mut Rules) {
    rules.require(
        policy.rules.len() <= MAX_ITEMS,
        "egress_policy.rules",
        format!("must hold at most {MAX_ITEMS} rules"),
    );
    for (index, rule) in policy.rules.iter().enumerate() {
        let field = |name: &str| format!("egress_policy.rules[{index}].{name}");
        let network = rule.cidr.parse::<IpNet>();
        rules.require(network.is_ok(), field("cidr"), "must be a network such as 10.0.0.0/8 or 2001:db8::/32");
        rules.require(
            network.map_or(true, |it| it.trunc() == it),
            field("cidr"),
            "must have no bits set behind the prefix",
        );
        rules.require((0..=65_535).contains(&rule.port), field("port"), "must be between 0 (every port) and 65535");
        rules.require(
            matches!(rule.protocol.as_str(), "" | "TCP" | "UDP" | "tcp" | "udp"),
            field("protocol"),
            "must be TCP, UDP or empty",
        );
    }
}

/// A name as clusters have them: labels joined by dots.
fn is_class(text: &str) -> bool {
    let is_label = |it: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !it.is_empty() && it.chars().all(inner) && !it.starts_with('-') && !it.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && text.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

fn is_icon(text: &str) -> bool {
    is_web_address(text) || is_path(text) || text.starts_with("data:image/")
}

/// The reference grammar of container images, as far as it protects us: registry, path, tag, digest.
fn is_image(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let digest_holds = digest.is_none_or(|it| {
        it.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()))
    });
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let ends = name.chars().last().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.');
    text.len() <= 512 && text.chars().all(legal) && begins && ends && digest_holds && !name.contains("//")
}

/// Remarks for the author.
pub(super) fn hints(fields: &AppFields) -> Vec<String> {
    let mut hints = Vec::new();
    let image = &fields.container_image;
    if !image.is_empty() && !image.contains('@') {
        let tag = image.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
        if matches!(tag, None | Some("latest")) {
            hints.push(
                "The image has no fixed version: it may change between two launches. Name a tag or a digest."
                    .to_owned(),
            );
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{EgressMode, EgressRule};

    fn link() -> AppFields {
        AppFields { name: "Wiki".to_owned(), url: "https://wiki.example.com".to_owned(), ..AppFields::default() }
    }

    fn broken_fields(change: impl FnOnce(&mut AppFields)) -> Vec<String> {
        let mut fields = link();
        change(&mut fields);
        broken(&fields).into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn a_plain_link_breaks_no_rule() {
        assert_eq!(broken(&link()), []);
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let found = broken_fields(|it| {
            it.name = " ".to_owned();
            it.url = "javascript:alert(1)".to_owned();
            it.resources.cpu_limit = "fast".to_owned();
            it.egress = Some(EgressPolicy {
                mode: EgressMode::Allowlist,
                rules: vec![EgressRule { cidr: "10.0.0.1/8".to_owned(), port: 70_000, protocol: "ICMP".to_owned() }],
            });
        });
        assert_eq!(
            found,
            [
                "name",
                "url",
                "resource_limits.cpu_limit",
                "egress_policy.rules[0].cidr",
                "egress_policy.rules[0].port",
                "egress_policy.rules[0].protocol"
            ]
        );
    }

    #[test]
    fn a_container_app_needs_an_image_or_a_command() {
        let container = |it: &mut AppFields| it.launch_type = LaunchType::Container;
        assert_eq!(broken_fields(container), ["container_image"]);
        assert!(
            broken_fields(|it| {
                container(it);
                it.command = vec!["xterm".to_owned()];
            })
            .is_empty()
        );
        assert!(
            broken_fields(|it| {
                container(it);
                it.container_image = "ghcr.io/example/chromium:latest".to_owned();
            })
            .is_empty()
        );
    }

    #[test]
    fn an_image_that_could_be_an_option_or_a_shell_word_is_refused() {
        for bad in ["-v", "a b", "a;b", "a@sha256:12", "a//b", "a:"] {
            assert!(!is_image(bad), "{bad}");
        }
    }

    #[test]
    fn a_request_over_its_limit_is_refused() {
        let found = broken_fields(|it| {
            it.resources.memory_request = "2Gi".to_owned();
            it.resources.memory_limit = "1Gi".to_owned();
        });
        assert_eq!(found, ["resource_limits.memory_request"]);
    }

    #[test]
    fn a_moving_image_tag_is_accepted_with_a_hint() {
        let mut fields = link();
        fields.container_image = "ghcr.io/example/chromium:latest".to_owned();
        assert_eq!((broken(&fields).len(), hints(&fields).len()), (0, 1));
    }

    #[test]
    fn a_clipboard_takes_at_most_what_there_is_and_what_was_said() {
        let of = |max_in_bytes| Clipboard { max_in_bytes, ..Clipboard::default() };
        for wrong in [-1, 1_048_577, i64::MAX] {
            assert_eq!(broken_fields(|it| it.clipboard = of(wrong)), ["clipboard.max_in_bytes"]);
            assert_eq!(of(wrong).limit_in(), 1_048_576);
        }
        for (said, counts) in [(0, 1_048_576), (1, 1), (1_048_576, 1_048_576)] {
            assert!(broken_fields(|it| it.clipboard = of(said)).is_empty());
            assert_eq!(of(said).limit_in(), counts);
        }
    }

    #[test]
    fn a_storage_class_has_a_name_that_clusters_know() {
        let of = |class: &str| broken_fields(|it| it.workspace_storage_class = class.to_owned());
        for right in ["", "fast", "fast-ssd.example.org", "7"] {
            assert!(of(right).is_empty(), "{right}");
        }
        for wrong in ["Fast", "-fast", "fast-", "fast..org", "fast ssd", &"a".repeat(254)] {
            assert_eq!(of(wrong), ["workspace.storage_class"], "{wrong}");
        }
    }

    #[test]
    fn an_environment_name_appears_once() {
        let found = broken_fields(|it| it.env = vec![("A".to_owned(), String::new()), ("A".to_owned(), String::new())]);
        assert_eq!(found, ["env[1].name"]);
    }
}
