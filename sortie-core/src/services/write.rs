//! States as documents: the other way of [`super::read`].

use std::time::Duration;

use super::{
    config::{EnvValue, Probe, Question, ServiceConfig},
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
    let environment = &service.config.environment;
    if !environment.is_empty() {
        let entries = environment.iter().map(|(name, value)| (name.clone(), variable(value, true)));
        fields.push(("environment", Node::Map(entries.collect())));
    }
    fields.push(("serviceName", Node::text(service.name.as_str())));
    Node::map(fields)
}

pub(super) fn config(config: &ServiceConfig) -> Node {
    let mut fields = container(config);
    if !config.environment.is_empty() {
        let entries = config.environment.iter().map(|(name, value)| (name.clone(), variable(value, false)));
        fields.push(("environment", Node::Map(entries.collect())));
    }
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
    if !config.labels.is_empty() {
        let entries = config.labels.iter().map(|(name, text)| (name.clone(), Node::text(text.as_str())));
        fields.push(("labels", Node::Map(entries.collect())));
    }
    let limits = config.resources;
    let mut resources = Vec::new();
    resources.extend(limits.cpu_millis.map(|it| ("cpu", Node::text(format!("{it}m")))));
    resources.extend(limits.memory_bytes.map(|it| ("memory", Node::text(it.to_string()))));
    if !resources.is_empty() {
        fields.push(("resources", Node::map(resources)));
    }
    fields
}

/// A variable's value; a secret by its name, and for what runs with its revision.
fn variable(value: &EnvValue, with_revision: bool) -> Node {
    match value {
        EnvValue::Text(text) => Node::text(text.as_str()),
        EnvValue::Secret { name, revision } => {
            let revision = with_revision.then(|| ("revision", Node::number(*revision)));
            Node::map([("secret", Node::text(name.as_str()))].into_iter().chain(revision))
        }
    }
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
