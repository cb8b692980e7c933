//! Targets that tests wish for, read through the same door as an operator's.

use proptest::prelude::*;

use crate::services::{
    document::Node,
    target::{AppTarget, ServiceTarget, Target},
};

/// One service of a wished target.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    app: u64,
    name: String,
    image: String,
    after: Vec<String>,
    probed: bool,
    start_first: bool,
    volume: bool,
    network: Option<String>,
}

impl Wish {
    pub(super) fn named(name: &str) -> Self {
        Self {
            app: 1,
            name: name.to_owned(),
            image: "a".to_owned(),
            after: Vec::new(),
            probed: false,
            start_first: false,
            volume: false,
            network: None,
        }
    }

    pub(super) fn image(self, image: &str) -> Self {
        Self { image: image.to_owned(), ..self }
    }

    pub(super) fn of_app(self, app: u64) -> Self {
        Self { app, ..self }
    }

    pub(super) fn after(mut self, name: &str) -> Self {
        self.after.push(name.to_owned());
        self
    }

    pub(super) fn probed(self) -> Self {
        Self { probed: true, ..self }
    }

    pub(super) fn start_first(self) -> Self {
        Self { start_first: true, ..self }
    }

    pub(super) fn with_volume(self) -> Self {
        Self { volume: true, ..self }
    }

    fn document(&self, number: u64) -> Node {
        let mut config = vec![("image", Node::text(self.image.as_str())), ("dependsOn", Node::texts(&self.after))];
        if self.probed {
            config.push(("probes", Node::map([("tcp", Node::Whole(80))])));
        }
        if self.start_first {
            config.push(("update", Node::text("start-first")));
        }
        if self.volume {
            config.push(("volumes", Node::List(vec![Node::text("data:/data")])));
        }
        config.extend(self.network.iter().map(|it| ("networks", Node::List(vec![Node::text(it.as_str())]))));
        Node::map([
            ("serviceId", Node::number(number)),
            ("serviceName", Node::text(self.name.as_str())),
            ("config", Node::map(config)),
        ])
    }
}

/// The target that the wishes are for.
pub(super) fn target(wishes: &[Wish]) -> Target {
    let mut apps: std::collections::BTreeMap<String, Vec<Node>> = std::collections::BTreeMap::new();
    for wish in wishes {
        let services = apps.entry(wish.app.to_string()).or_default();
        // A service keeps its number whatever else is wished for.
        let number = wish.name.bytes().fold(0_u64, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte));
        services.push(wish.document(number));
    }
    let app = |services| Node::map([("services", Node::List(services))]);
    let apps = apps.into_iter().map(|(number, services)| (number, app(services))).collect();
    Target::read(&Node::map([("apps", Node::Map(apps))])).unwrap()
}

/// Whether a service can get well, with all that it depends on.
pub(super) fn may_run(app: &AppTarget, service: &ServiceTarget) -> bool {
    let is_good = |it: &ServiceTarget| match it.config.image.as_str() {
        "missing" | "dies" => false,
        "sick" => it.config.probe.is_none(),
        _ => true,
    };
    is_good(service)
        && service
            .config
            .depends_on
            .iter()
            .all(|name| app.services.iter().filter(|it| it.name == *name).all(|it| may_run(app, it)))
}

/// Any services of up to three apps.
pub(super) fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let image = prop_oneof![4 => Just("a"), 3 => Just("b"), 1 => Just("missing"), 1 => Just("dies"), 1 => Just("sick")];
    let network = prop::option::of(prop_oneof![Just("front".to_owned()), Just("back".to_owned())]);
    let one = (1u64..4, 0usize..3, image, any::<[bool; 4]>(), network);
    prop::collection::vec(one, 0..7).prop_map(|all| {
        let mut wishes: Vec<Wish> = Vec::new();
        for (app, name, image, [probed, start_first, volume, depends], network) in all {
            let name = ["db", "web", "worker"][name];
            if wishes.iter().any(|it| it.app == app && it.name == name) {
                continue;
            }
            let mut wish = Wish { probed, start_first, volume, network, ..Wish::named(name).image(image).of_app(app) };
            if depends && let Some(other) = wishes.iter().find(|it| it.app == app) {
                wish = wish.after(&other.name);
            }
            wishes.push(wish);
        }
        wishes
    })
}
