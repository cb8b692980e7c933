//! States from documents: every rule of every field, told with the field's path, all at once.

mod fields;
mod parts;

use std::collections::{BTreeMap, BTreeSet};

use self::fields::{Door, Fields};
use super::{
    config::{ServiceConfig, UpdateStrategy},
    document::Node,
    target::{AppNumber, AppTarget, ServiceNumber, ServiceTarget, Target},
};
use crate::invalid::Problems;

/// More than any machine runs, and little enough to be looked through at once.
const MAX_SERVICES: usize = 1_000;

pub(super) fn target(document: &Node) -> Result<Target, Problems> {
    let mut door = Door::default();
    let root = Fields::of(&mut door, document, "", &["apps", "purgeVolumes"]);
    let mut target = Target::default();
    match root.raw("apps") {
        Some(Node::Map(apps)) => {
            for (name, node) in apps {
                let path = format!("apps.{name}");
                match name.parse::<AppNumber>() {
                    Ok(number) => {
                        if let Some(it) = app(&mut door, number, node, &path) {
                            target.apps.insert(number, it);
                        }
                    }
                    Err(()) => door.refuse(path, "must stand under the app's number, from 1 to 9007199254740991"),
                }
            }
        }
        Some(_) => door.refuse("apps", "must be an object of apps by their numbers"),
        None => door.refuse("apps", "must be there, an object of apps by their numbers"),
    }
    for (index, number) in root.list(&mut door, "purgeVolumes").iter().enumerate() {
        let path = format!("purgeVolumes[{index}]");
        match whole(number).and_then(AppNumber::new) {
            Some(number) if target.apps.contains_key(&number) => {
                door.refuse(path, "must not name an app that shall run");
            }
            Some(number) => target.purge_volumes.push(number),
            None => door.refuse(path, "must be the number of an app"),
        }
    }
    if target.services().count() > MAX_SERVICES {
        door.refuse("apps", format!("must not hold more than {MAX_SERVICES} services"));
    }
    find_port_clashes(&mut door, &target);
    door.finish(target)
}

pub(super) fn app_alone(number: AppNumber, document: &Node) -> Result<AppTarget, Problems> {
    let mut door = Door::default();
    let read = app(&mut door, number, document, "");
    match read {
        Some(app) => door.finish(app),
        None => Err(door.into_problems()),
    }
}

/// Whether no two services want the same port of the machine.
pub(super) fn check_ports(target: &Target) -> Result<(), Problems> {
    let mut door = Door::default();
    find_port_clashes(&mut door, target);
    door.finish(())
}

fn find_port_clashes(door: &mut Door, target: &Target) {
    let mut taken: BTreeMap<(u16, bool), Vec<(&str, String)>> = BTreeMap::new();
    for (app, service) in target.services() {
        for port in &service.config.ports {
            let others = taken.entry((port.host, port.udp)).or_default();
            let clash = |(address, _): &&(&str, String)| {
                *address == port.address || address.is_empty() || port.address.is_empty()
            };
            if let Some((_, other)) = others.iter().find(clash) {
                let rule = format!("must not ask for port {} of the machine, which {other} asks for", port.host);
                door.refuse(format!("apps.{}.services.{}.config.ports", app.number, service.name), rule);
            }
            others.push((&port.address, format!("{} of app {}", service.name, app.number)));
        }
    }
}

fn app(door: &mut Door, number: AppNumber, node: &Node, path: &str) -> Option<AppTarget> {
    let known = ["appId", "appName", "commit", "releaseId", "updateLock", "services"];
    let fields = Fields::of(door, node, path, &known);
    same_number(door, &fields, "appId", number.get(), "must be the number under which the app stands");
    let name = fields.text(door, "appName").unwrap_or_else(|| format!("app {number}"));
    let release = fields.whole(door, "releaseId", 0, (1 << 53) - 1);
    let mut services = Vec::new();
    for (index, node) in fields.list(door, "services").iter().enumerate() {
        services.extend(service(door, number, node, &fields.item("services", index)));
    }
    check_unique(door, &fields, &services);
    let services = in_starting_order(door, &fields, services)?;
    Some(AppTarget {
        number,
        name,
        commit: fields.text(door, "commit"),
        release,
        update_lock: fields.flag(door, "updateLock"),
        services,
    })
}

fn check_unique(door: &mut Door, fields: &Fields<'_>, services: &[ServiceTarget]) {
    let (mut numbers, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (index, service) in services.iter().enumerate() {
        let path = fields.item("services", index);
        if !numbers.insert(service.number) {
            door.refuse(format!("{path}.serviceId"), "must not be another service's of the app");
        }
        if !names.insert(&service.name) {
            door.refuse(format!("{path}.serviceName"), "must not be another service's of the app");
        }
    }
}

/// Sorts services so that what one depends on stands before it, and otherwise as they were written.
fn in_starting_order(door: &mut Door, fields: &Fields<'_>, mut left: Vec<ServiceTarget>) -> Option<Vec<ServiceTarget>> {
    let names: BTreeSet<String> = left.iter().map(|it| it.name.clone()).collect();
    for service in &left {
        for missing in service.config.depends_on.iter().filter(|it| !names.contains(*it)) {
            let path = fields.path(&format!("services.{}.config.dependsOn", service.name));
            door.refuse(path, format!("must name services of the app; there is no {missing:?}"));
        }
    }
    let mut sorted: Vec<ServiceTarget> = Vec::new();
    while !left.is_empty() {
        let is_free = |it: &ServiceTarget| {
            it.config.depends_on.iter().all(|name| !names.contains(name) || sorted.iter().any(|s| s.name == *name))
        };
        let Some(next) = left.iter().position(is_free) else {
            let circle: Vec<&str> = left.iter().map(|it| it.name.as_str()).collect();
            let rule = format!("must not depend on each other in a circle: {}", circle.join(", "));
            door.refuse(fields.path("services"), rule);
            return None;
        };
        sorted.push(left.remove(next));
    }
    Some(sorted)
}

fn service(door: &mut Door, app: AppNumber, node: &Node, path: &str) -> Option<ServiceTarget> {
    // What a current state says besides is let through, so that one can be sent back as a target.
    let known = ["serviceId", "serviceName", "imageName", "appId", "appName", "config", "status", "containerId"];
    let fields = Fields::of(door, node, path, &known);
    same_number(door, &fields, "appId", app.get(), "must be the number of the app that it stands in");
    let number = fields.raw("serviceId").and_then(whole).and_then(ServiceNumber::new);
    if number.is_none() {
        door.refuse(fields.path("serviceId"), "must be a whole number from 1 to 9007199254740991");
    }
    let name = parts::service_name(door, &fields);
    let image = fields.text(door, "imageName");
    let missing = Node::Map(BTreeMap::new());
    let config = config(door, fields.raw("config").unwrap_or(&missing), &fields.path("config"), image);
    Some(ServiceTarget { number: number?, name: name?, config: config? })
}

fn config(door: &mut Door, node: &Node, path: &str, image_name: Option<String>) -> Option<ServiceConfig> {
    let known = [
        "image",
        "command",
        "entrypoint",
        "ports",
        "environment",
        "volumes",
        "networks",
        "restart",
        "labels",
        "resources",
        "probes",
        "dependsOn",
        "update",
        "stopTimeout",
    ];
    let fields = Fields::of(door, node, path, &known);
    let image = parts::image(door, &fields, image_name);
    let config = ServiceConfig {
        image: image.clone().unwrap_or_default(),
        command: parts::argv(door, &fields, "command"),
        entrypoint: parts::argv(door, &fields, "entrypoint"),
        ports: parts::ports(door, &fields),
        environment: parts::environment(door, &fields),
        volumes: parts::mounts(door, &fields),
        networks: parts::networks(door, &fields),
        restart: parts::restart(door, &fields),
        labels: parts::labels(door, &fields),
        resources: parts::resources(door, &fields),
        probe: parts::probe(door, &fields),
        depends_on: fields.texts(door, "dependsOn"),
        update: parts::update(door, &fields),
        stop_timeout: fields.duration(door, "stopTimeout").unwrap_or(parts::STOP_TIMEOUT),
    };
    if config.update == UpdateStrategy::StartFirst && !config.ports.is_empty() {
        let rule = "must be \"stop-first\" for a service with ports: two at once cannot have the same one";
        door.refuse(fields.path("update"), rule);
    }
    image.map(|_| config)
}

fn same_number(door: &mut Door, fields: &Fields<'_>, name: &str, wanted: u64, rule: &str) {
    if let Some(node) = fields.raw(name)
        && whole(node) != Some(wanted)
    {
        door.refuse(fields.path(name), rule);
    }
}

fn whole(node: &Node) -> Option<u64> {
    match node {
        Node::Whole(number) => u64::try_from(*number).ok(),
        Node::Null | Node::Bool(_) | Node::Real(_) | Node::Text(_) | Node::List(_) | Node::Map(_) => None,
    }
}

#[cfg(test)]
mod tests;
