//! What runs, as the documents write a state.

use std::collections::BTreeMap;

use super::{
    document::Node,
    seen::{Container, Seen},
    target::{AppNumber, Target},
};

/// The current state: what an engine shows, with the configuration where it is the wanted one.
pub fn current(target: &Target, seen: &Seen) -> Node {
    let mut apps: BTreeMap<AppNumber, Vec<&Container>> = BTreeMap::new();
    for container in &seen.containers {
        apps.entry(container.key.app).or_default().push(container);
    }
    let apps = apps.into_iter().map(|(number, mut containers)| {
        // The order of an engine's list means nothing, and must not look like a change.
        containers.sort_by(|a, b| (a.key, &a.name).cmp(&(b.key, &b.name)));
        let name = target.apps.get(&number).map(|it| it.name.as_str());
        let name = name.or(containers.first().map(|it| it.app_name.as_str())).unwrap_or_default();
        let services = containers.iter().map(|it| service(target, it)).collect();
        let app = Node::map([
            ("appId", Node::number(number.get())),
            ("appName", Node::text(name)),
            ("services", Node::List(services)),
        ]);
        (number.to_string(), app)
    });
    Node::map([("apps", Node::Map(apps.collect()))])
}

fn service(target: &Target, container: &Container) -> Node {
    let wanted = target.service(container.key).filter(|(_, it)| it.fingerprint() == container.fingerprint);
    let image = || Node::map([("image", Node::text(container.image.as_str()))]);
    Node::map([
        ("serviceId", Node::number(container.key.service.get())),
        ("serviceName", Node::text(container.service_name.as_str())),
        ("imageName", Node::text(container.image.as_str())),
        ("appId", Node::number(container.key.app.get())),
        ("appName", Node::text(container.app_name.as_str())),
        ("config", wanted.map_or_else(image, |(_, it)| super::write::config(&it.config))),
        ("status", Node::text(container.state.status())),
        ("containerId", Node::text(container.id.as_str())),
    ])
}
