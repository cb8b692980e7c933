//! The parts of a service's configuration, each with its rules.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use super::fields::{Door, Fields};
use crate::{
    app::quantity,
    services::{
        config::{EnvValue, Mount, Port, Probe, Question, Restart, ServiceResources, Source, UpdateStrategy},
        document::Node,
        secret::SecretName,
    },
};

/// How long a service may take to stop where nothing is said.
pub(super) const STOP_TIMEOUT: Duration = Duration::from_secs(10);
/// Labels that begin so are ours.
const OUR_LABELS: &str = "io.sortie.";
/// The least memory that engines accept as a limit.
const LEAST_MEMORY: u64 = 6 << 20;

/// Letters, digits and `_ . -`, beginning with a letter or digit: what every engine takes as a part of a name.
fn is_name(text: &str) -> bool {
    let is_plain = |it: char| it.is_ascii_alphanumeric();
    !text.is_empty()
        && text.len() <= 63
        && text.starts_with(is_plain)
        && text.chars().all(|it| is_plain(it) || matches!(it, '_' | '.' | '-'))
}

pub(super) fn service_name(door: &mut Door, fields: &Fields<'_>) -> Option<String> {
    let name = fields.text(door, "serviceName");
    if !name.as_deref().is_some_and(is_name) {
        let rule =
            "must be a name of letters, digits, '_', '.' and '-', at most 63 of them, beginning with a letter or digit";
        door.refuse(fields.path("serviceName"), rule);
        return None;
    }
    name
}

pub(super) fn image(door: &mut Door, fields: &Fields<'_>, image_name: Option<String>) -> Option<String> {
    let own = fields.text(door, "image");
    if let (Some(one), Some(other)) = (&own, &image_name)
        && one != other
    {
        door.refuse(fields.path("image"), format!("must be the service's imageName, {other:?}"));
    }
    let image = own.or(image_name);
    let is_fine = |it: &str| {
        !it.is_empty()
            && it.len() <= 512
            && !it.starts_with('-')
            && it.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '%' | '\\' | '"' | '\''))
    };
    if !image.as_deref().is_some_and(is_fine) {
        door.refuse(fields.path("image"), "must name an image, such as registry.example.org/team/app:1.2");
        return None;
    }
    image
}

pub(super) fn argv(door: &mut Door, fields: &Fields<'_>, name: &str) -> Vec<String> {
    match fields.raw(name) {
        // One text is a command line for the shell, as the engines' own tools take it.
        Some(Node::Text(line)) if !line.is_empty() && !line.contains('\0') => {
            vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()]
        }
        _ => fields.texts(door, name),
    }
}

pub(super) fn ports(door: &mut Door, fields: &Fields<'_>) -> Vec<Port> {
    let mut ports = Vec::new();
    for (index, text) in fields.texts(door, "ports").iter().enumerate() {
        match port(text) {
            Some(port) => ports.push(port),
            None => door.refuse(
                fields.item("ports", index),
                "must be host:container, such as \"8080:80\", \"127.0.0.1:8080:80\" or \"53:53/udp\"",
            ),
        }
    }
    ports
}

fn port(text: &str) -> Option<Port> {
    let (text, udp) = match text.split_once('/') {
        None => (text, false),
        Some((text, "tcp")) => (text, false),
        Some((text, "udp")) => (text, true),
        Some(_) => return None,
    };
    let (rest, container) = text.rsplit_once(':')?;
    let (address, host) = rest.rsplit_once(':').map_or(("", rest), |(address, host)| (address, host));
    let address = address.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(address);
    if !address.is_empty() && address.parse::<IpAddr>().is_err() {
        return None;
    }
    let number = |it: &str| it.parse::<u16>().ok().filter(|it| *it > 0);
    Some(Port { address: address.to_owned(), host: number(host)?, container: number(container)?, udp })
}

pub(super) fn environment(door: &mut Door, fields: &Fields<'_>) -> BTreeMap<String, EnvValue> {
    let mut texts = BTreeMap::new();
    let mut pairs = BTreeMap::new();
    match fields.raw("environment") {
        Some(Node::Map(map)) => {
            for (variable, node) in map {
                if let Node::Map(_) = node {
                    let path = format!("{}.{variable}", fields.path("environment"));
                    let inner = Fields::of(door, node, &path, &["secret"]);
                    match inner.text(door, "secret").map(SecretName::new) {
                        Some(Ok(name)) => {
                            drop(pairs.insert(variable.clone(), EnvValue::Secret { name: name.into(), revision: 0 }));
                        }
                        Some(Err(broken)) => door.refuse(inner.path("secret"), broken.rule),
                        None => door.refuse(inner.path("secret"), "must be there, the name of a secret"),
                    }
                } else {
                    texts.insert(variable.clone(), node.clone());
                }
            }
        }
        Some(_) => door.refuse(fields.path("environment"), "must be an object of texts and secrets"),
        None => {}
    }
    let texts = Fields::texts_of(door, &texts, &fields.path("environment"));
    pairs.extend(texts.into_iter().map(|(name, text)| (name, EnvValue::Text(text))));
    for name in pairs.keys().filter(|it| it.is_empty() || it.contains(['=', '\0'])) {
        door.refuse(format!("{}.{name}", fields.path("environment")), "must have a name without '='");
    }
    pairs
}

pub(super) fn mounts(door: &mut Door, fields: &Fields<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for (index, text) in fields.texts(door, "volumes").iter().enumerate() {
        let path = fields.item("volumes", index);
        match mount(text) {
            Some(mount) if mounts.iter().any(|it| it.target == mount.target) => {
                door.refuse(path, "must not be mounted where another one is");
            }
            Some(mount) => mounts.push(mount),
            None => door.refuse(
                path,
                "must be name:/path or /path/of/the/machine:/path, with \":ro\" behind it to forbid writing",
            ),
        }
    }
    mounts
}

fn mount(text: &str) -> Option<Mount> {
    let (text, read_only) = match text.strip_suffix(":ro") {
        Some(text) => (text, true),
        None => (text.strip_suffix(":rw").unwrap_or(text), false),
    };
    let (source, target) = text.split_once(':')?;
    if !is_path(target) || target == "/" {
        return None;
    }
    let source = if source.starts_with('/') {
        is_path(source).then(|| Source::Path(source.to_owned()))?
    } else {
        is_name(source).then(|| Source::Volume(source.to_owned()))?
    };
    Some(Mount { source, target: target.to_owned(), read_only })
}

/// Absolute, and the same however it is read.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.contains([':', '\0']) && !text.split('/').any(|it| it == ".." || it == ".")
}

pub(super) fn networks(door: &mut Door, fields: &Fields<'_>) -> Vec<String> {
    let mut networks = fields.texts(door, "networks");
    for (index, _) in networks.iter().enumerate().filter(|(_, it)| !is_name(it)) {
        door.refuse(fields.item("networks", index), "must be a name of letters, digits, '_', '.' and '-'");
    }
    if networks.is_empty() {
        networks.push("default".to_owned());
    }
    networks.sort();
    networks.dedup();
    networks
}

pub(super) fn restart(door: &mut Door, fields: &Fields<'_>) -> Restart {
    let all = Restart::ALL.map(|it| (it.name(), it));
    fields.choice(door, "restart", &all).unwrap_or(Restart::UnlessStopped)
}

pub(super) fn update(door: &mut Door, fields: &Fields<'_>) -> UpdateStrategy {
    let all = UpdateStrategy::ALL.map(|it| (it.name(), it));
    fields.choice(door, "update", &all).unwrap_or(UpdateStrategy::StopFirst)
}

pub(super) fn labels(door: &mut Door, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let pairs = fields.pairs(door, "labels");
    for name in pairs.keys().filter(|it| it.is_empty() || it.starts_with(OUR_LABELS)) {
        let rule = format!("must not be empty or begin with {OUR_LABELS}, which is how Sortie knows its own");
        door.refuse(format!("{}.{name}", fields.path("labels")), rule);
    }
    pairs
}

pub(super) fn resources(door: &mut Door, fields: &Fields<'_>) -> ServiceResources {
    let Some(node) = fields.raw("resources") else { return ServiceResources::default() };
    let inner = Fields::of(door, node, &fields.path("resources"), &["cpu", "memory"]);
    let mut amount = |name: &str, parse: fn(&str) -> Option<u64>, least: u64, rule: &str| {
        let text =
            if let Node::Whole(number) = inner.raw(name)? { number.to_string() } else { inner.text(door, name)? };
        let read = parse(&text).filter(|it| *it >= least);
        if read.is_none() {
            door.refuse(inner.path(name), rule);
        }
        read
    };
    ServiceResources {
        cpu_millis: amount("cpu", quantity::cpu_millis, 1, "must be CPUs, such as \"500m\" or \"2\""),
        memory_bytes: amount("memory", quantity::bytes, LEAST_MEMORY, "must be bytes, such as \"256Mi\", at least 6Mi"),
    }
}

pub(super) fn probe(door: &mut Door, fields: &Fields<'_>) -> Option<Probe> {
    let node = fields.raw("probes")?;
    let known = ["command", "tcp", "http", "interval", "timeout", "retries", "startPeriod"];
    let inner = Fields::of(door, node, &fields.path("probes"), &known);
    let mut questions = Vec::new();
    if inner.raw("command").is_some() {
        let command = argv(door, &inner, "command");
        if command.is_empty() {
            door.refuse(inner.path("command"), "must not be empty");
        }
        questions.push(Question::Command(command));
    }
    questions.extend(port_field(door, &inner, "tcp").map(Question::Tcp));
    if let Some(node) = inner.raw("http") {
        let http = Fields::of(door, node, &inner.path("http"), &["port", "path"]);
        let path = http.text(door, "path").unwrap_or_else(|| "/".to_owned());
        if !path.starts_with('/') || path.chars().any(|it| !it.is_ascii_graphic()) {
            door.refuse(http.path("path"), "must begin with '/' and hold no spaces");
        }
        let port = port_field(door, &http, "port");
        if port.is_none() && http.raw("port").is_none() {
            door.refuse(http.path("port"), "must be there");
        }
        questions.extend(port.map(|port| Question::Http { port, path }));
    }
    let [question] = <[Question; 1]>::try_from(questions)
        .map_err(|_| door.refuse(fields.path("probes"), "must ask exactly one of command, tcp and http"))
        .ok()?;
    let interval = inner.duration(door, "interval").unwrap_or(Duration::from_secs(10));
    if interval < Duration::from_millis(100) {
        door.refuse(inner.path("interval"), "must be at least 100ms");
    }
    let retries = inner.whole(door, "retries", 1, 1_000).unwrap_or(3);
    Some(Probe {
        question,
        interval,
        timeout: inner.duration(door, "timeout").unwrap_or(Duration::from_secs(5)).max(Duration::from_millis(100)),
        retries: u32::try_from(retries).unwrap_or(u32::MAX),
        start_period: inner.duration(door, "startPeriod").unwrap_or_default(),
    })
}

fn port_field(door: &mut Door, fields: &Fields<'_>, name: &str) -> Option<u16> {
    fields.whole(door, name, 1, 65_535).and_then(|it| u16::try_from(it).ok())
}
