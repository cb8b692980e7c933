//! States as documents: the other way of [`super::read`].

use std::{collections::BTreeMap, time::Duration};

use super::{
    config::{Probe, Question, ServiceConfig},
    document::Node,
    target::{AppTarget, ServiceTarget, Target},
};

pub(super) fn target(target: &Target) -> Node {
    let apps = target.apps.iter().map(|(number, it)| (number.to_string(), app(it))).collect();
    let mut fields = vec![("apps", Node::Map(apps))];
    if !target.purge_volumes.is_empty() {
        let numbers = target.purge_volumes.iter().map(|it| Node::number(it.get())).collect();
        fields.push(("purgeVolumes", Node::List(numbers)));
    }
    Node::map(fields)
}

pub(super) fn app(app: &AppTarget) -> Node {
    let mut fields = vec![
        ("appId", Node::number(app.number.get())),
        ("appName", Node::text(app.name.as_str())),
        ("services", Node::List(app.services.iter().map(|it| service(app, it)).collect())),
    ];
    fields.extend(app.commit.iter().map(|it| ("commit", Node::text(it.as_str()))));
    fields.extend(app.release.iter().map(|it| ("releaseId", Node::number(*it))));
    if app.update_lock {
        fields.push(("updateLock", Node::Bool(true)));
    }
    Node::map(fields)
}

fn service(app: &AppTarget, service: &ServiceTarget) -> Node {
    Node::map([
        ("serviceId", Node::number(service.number.get())),
        ("serviceName", Node::text(service.name.as_str())),
        ("imageName", Node::text(service.config.image.as_str())),
        ("appId", Node::number(app.number.get())),
        ("appName", Node::text(app.name.as_str())),
        ("config", config(&service.config)),
    ])
}

/// What a container is made of; how it is watched and replaced is not in it.
pub(super) fn what_runs(service: &ServiceTarget) -> Node {
    let mut fields = container(&service.config);
    fields.push(("serviceName", Node::text(service.name.as_str())));
    Node::map(fields)
}

pub(super) fn config(config: &ServiceConfig) -> Node {
    let mut fields = container(config);
    fields.extend(config.probe.iter().map(|it| ("probes", probe(it))));
    if !config.depends_on.is_empty() {
        fields.push(("dependsOn", Node::texts(&config.depends_on)));
    }
    fields.push(("update", Node::text(config.update.name())));
    fields.push(("stopTimeout", duration(config.stop_timeout)));
    Node::map(fields)
}

fn container(config: &ServiceConfig) -> Vec<(&'static str, Node)> {
    let mut fields = vec![
        ("image", Node::text(config.image.as_str())),
        ("networks", Node::texts(&config.networks)),
        ("restart", Node::text(config.restart.name())),
    ];
    let mut list = |name: &'static str, items: Vec<String>| {
        if !items.is_empty() {
            fields.push((name, Node::texts(&items)));
        }
    };
    list("command", config.command.clone());
    list("entrypoint", config.entrypoint.clone());
    list("ports", config.ports.iter().map(ToString::to_string).collect());
    list("volumes", config.volumes.iter().map(ToString::to_string).collect());
    let mut map = |name: &'static str, entries: &BTreeMap<String, String>| {
        if !entries.is_empty() {
            fields.push((name, Node::Map(entries.iter().map(|(k, v)| (k.clone(), Node::text(v.as_str()))).collect())));
        }
    };
    map("environment", &config.environment);
    map("labels", &config.labels);
    let limits = config.resources;
    let mut resources = Vec::new();
    resources.extend(limits.cpu_millis.map(|it| ("cpu", Node::text(format!("{it}m")))));
    resources.extend(limits.memory_bytes.map(|it| ("memory", Node::text(it.to_string()))));
    if !resources.is_empty() {
        fields.push(("resources", Node::map(resources)));
    }
    fields
}

fn probe(probe: &Probe) -> Node {
    let question = match &probe.question {
        Question::Command(argv) => ("command", Node::texts(argv)),
        Question::Tcp(port) => ("tcp", Node::number(u64::from(*port))),
        Question::Http { port, path } => {
            ("http", Node::map([("port", Node::number(u64::from(*port))), ("path", Node::text(path.as_str()))]))
        }
    };
    Node::map([
        question,
        ("interval", duration(probe.interval)),
        ("timeout", duration(probe.timeout)),
        ("retries", Node::number(u64::from(probe.retries))),
        ("startPeriod", duration(probe.start_period)),
    ])
}

fn duration(duration: Duration) -> Node {
    Node::text(match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", duration.as_millis()),
    })
}
