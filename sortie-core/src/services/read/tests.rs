use super::*;
use crate::services::{document::Node, target::Key};

fn service(number: u64, name: &str, config: Node) -> Node {
    Node::map([("serviceId", Node::number(number)), ("serviceName", Node::text(name)), ("config", config)])
}

fn config(more: Vec<(&'static str, Node)>) -> Node {
    Node::map([("image", Node::text("web:1"))].into_iter().chain(more))
}

fn one_app(services: Vec<Node>) -> Node {
    let app =
        Node::map([("appId", Node::number(1001)), ("appName", Node::text("Web")), ("services", Node::List(services))]);
    Node::map([("apps", Node::map([("1001", app)]))])
}

fn texts(texts: &[&str]) -> Node {
    Node::List(texts.iter().map(|it| Node::text(*it)).collect())
}

fn problems(document: &Node) -> Vec<String> {
    Target::read(document).err().map(|it| it.list().iter().map(ToString::to_string).collect()).unwrap_or_default()
}

#[test]
fn a_target_reads_back_as_it_was_written() {
    let full = config(vec![
        ("command", texts(&["run", "--fast"])),
        ("ports", texts(&["8080:80", "127.0.0.1:53:53/udp", "[::1]:443:443"])),
        ("environment", Node::map([("A", Node::text("b")), ("N", Node::Whole(3))])),
        ("volumes", texts(&["data:/var/data", "/etc/hosts:/etc/hosts:ro"])),
        ("networks", texts(&["front", "back"])),
        ("restart", Node::text("on-failure")),
        ("labels", Node::map([("team", Node::text("x"))])),
        ("resources", Node::map([("cpu", Node::text("1.5")), ("memory", Node::text("64Mi"))])),
        ("probes", Node::map([("http", Node::map([("port", Node::Whole(80))])), ("interval", Node::text("500ms"))])),
        ("dependsOn", texts(&["db"])),
        ("stopTimeout", Node::Whole(3)),
    ]);
    let target = Target::read(&one_app(vec![service(1, "web", full), service(2, "db", config(vec![]))])).unwrap();
    assert_eq!(Target::read(&target.write()), Ok(target.clone()));
    let names: Vec<&str> = target.services().map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(names, ["db", "web"], "what one depends on stands first");
    let app = &target.apps[&AppNumber::new(1001).unwrap()];
    assert_eq!(Vec::from_iter(app.volumes()), ["1001_data"]);
    assert_eq!(Vec::from_iter(app.networks()), ["1001_back", "1001_default", "1001_front"]);
}

#[test]
fn a_current_state_can_be_sent_back_as_a_target() {
    let mut running = service(1, "web", config(vec![]));
    if let Node::Map(map) = &mut running {
        map.insert("status".to_owned(), Node::text("running"));
        map.insert("containerId".to_owned(), Node::text("abc"));
    }
    assert!(Target::read(&one_app(vec![running])).is_ok());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_field_and_rule() {
    let bad = config(vec![
        ("ports", texts(&["80", "0:80"])),
        ("volumes", texts(&["data:relative", "../x:/y", "data:/a/../b"])),
        ("restart", Node::text("sometimes")),
        ("color", Node::text("red")),
        ("labels", Node::map([("io.sortie.managed", Node::text("true"))])),
        ("resources", Node::map([("memory", Node::text("1"))])),
        ("probes", Node::map([("tcp", Node::Whole(70_000))])),
    ]);
    let found = problems(&one_app(vec![service(0, "web 1", bad)]));
    let begins = |text: &str| found.iter().any(|it| it.starts_with(text));
    for field in [
        "apps.1001.services[0].serviceId must",
        "apps.1001.services[0].serviceName must",
        "apps.1001.services[0].config.ports[0] must",
        "apps.1001.services[0].config.ports[1] must",
        "apps.1001.services[0].config.volumes[0] must",
        "apps.1001.services[0].config.volumes[1] must",
        "apps.1001.services[0].config.volumes[2] must",
        "apps.1001.services[0].config.restart must",
        "apps.1001.services[0].config.color is not known",
        "apps.1001.services[0].config.labels.io.sortie.managed must",
        "apps.1001.services[0].config.resources.memory must",
        "apps.1001.services[0].config.probes.tcp must",
    ] {
        assert!(begins(field), "{field}: {found:#?}");
    }
}

#[test]
fn a_body_without_apps_or_of_another_kind_is_refused() {
    assert_eq!(problems(&Node::map([])), ["apps must be there, an object of apps by their numbers"]);
    assert_eq!(
        problems(&Node::map([("apps", Node::List(Vec::new()))])),
        ["apps must be an object of apps by their numbers"]
    );
    assert!(problems(&Node::Null).contains(&"body must be an object".to_owned()));
}

#[test]
fn services_cannot_depend_on_each_other_in_a_circle_or_on_nobody() {
    let on = |it: &str| config(vec![("dependsOn", texts(&[it]))]);
    let circle = problems(&one_app(vec![service(1, "a", on("b")), service(2, "b", on("a"))]));
    assert_eq!(circle, ["apps.1001.services must not depend on each other in a circle: a, b"]);
    let nobody = problems(&one_app(vec![service(1, "a", on("c"))]));
    assert!(nobody[0].starts_with("apps.1001.services.a.config.dependsOn must name services of the app"), "{nobody:?}");
}

#[test]
fn two_services_cannot_have_the_same_port_of_the_machine() {
    let at = |it: &str| config(vec![("ports", texts(&[it]))]);
    let clash =
        |one: &str, other: &str| problems(&one_app(vec![service(1, "a", at(one)), service(2, "b", at(other))])).len();
    assert_eq!(clash("80:80", "127.0.0.1:80:81"), 1);
    assert_eq!(clash("127.0.0.2:80:80", "127.0.0.1:80:80"), 0);
    assert_eq!(clash("53:53/udp", "53:53"), 0);
}

#[test]
fn a_variable_may_name_a_secret_whose_revision_is_part_of_what_runs_and_never_written() {
    let secret =
        |name: &str| config(vec![("environment", Node::map([("A", Node::map([("secret", Node::text(name))]))]))]);
    let mut target = Target::read(&one_app(vec![service(1, "web", secret("db"))])).unwrap();
    let fingerprint = |target: &Target| target.services().next().unwrap().1.fingerprint();
    let (written, unset) = (target.write(), fingerprint(&target));
    target.note_secrets(&[("db".to_owned(), 2)].into());
    assert_eq!(target.write(), written);
    assert_ne!(fingerprint(&target), unset);
    assert_eq!(Target::read(&written).unwrap().write(), written);
    assert_eq!(problems(&one_app(vec![service(1, "web", secret("no name"))])).len(), 1);
    let more = Node::map([("secret", Node::text("db")), ("default", Node::text("x"))]);
    let more = config(vec![("environment", Node::map([("A", more)]))]);
    assert_eq!(problems(&one_app(vec![service(1, "web", more)])).len(), 1);
}

#[test]
fn only_what_a_container_is_made_of_changes_its_fingerprint() {
    let of = |more| {
        let target = Target::read(&one_app(vec![service(1, "web", config(more))])).unwrap();
        let key = Key { app: AppNumber::new(1001).unwrap(), service: ServiceNumber::new(1).unwrap() };
        target.service(key).unwrap().1.fingerprint()
    };
    let plain = of(vec![]);
    assert_eq!(plain, of(vec![("update", Node::text("start-first"))]));
    assert_eq!(plain, of(vec![("probes", Node::map([("tcp", Node::Whole(80))]))]));
    assert_ne!(plain, of(vec![("environment", Node::map([("A", Node::text("b"))]))]));
    assert_ne!(plain, of(vec![("volumes", texts(&["data:/data"]))]));
}
