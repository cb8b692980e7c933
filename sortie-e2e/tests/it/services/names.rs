//! Services of one app find each other by their names, and nobody else's.

use serde_json::{Value, json};
use sortie_testkit::engine::RealEngine;

use super::{applied, explained, on, service, set, start};

on_both! {
    services_find_each_other_by_name_in_their_networks_and_nobody_elses
}

/// Answers at port 8080 with its app's number, and is well when each of these names answers so, and none of those does.
fn member(id: usize, name: &str, app: u8, networks: &[&str], found: &[&str], hidden: &[&str]) -> Value {
    let ask = |name: &str| format!("test \"$(timeout 20 busybox wget -q -O- http://{name}:8080/app)\" = {app}");
    let anybody = |name: &str| format!("! timeout 20 busybox wget -q -O- http://{name}:8080/app");
    let questions: Vec<String> = found.iter().map(|it| ask(it)).chain(hidden.iter().map(|it| anybody(it))).collect();
    let script = if questions.is_empty() { "true".to_owned() } else { questions.join(" && ") };
    let more = json!({
        "command": ["sh", "-c", format!("echo {app} > /tmp/app; exec busybox httpd -f -p 8080 -h /tmp")],
        "networks": networks,
        "probes": {"command": ["sh", "-c", script], "interval": "500ms", "timeout": "60s", "retries": 20},
    });
    service(id, name, &more)
}

async fn services_find_each_other_by_name_in_their_networks_and_nobody_elses(engine: RealEngine) {
    let world = on(&engine);
    let (_server, client) = start(&world).await;
    // In the first app `db` is found over the network that it joins second, and `vault` is in none with `web`.
    let target = json!({"apps": {
        "1": {"services": [
            member(1, "web", 1, &["front"], &["web", "db"], &["vault"]),
            member(2, "db", 1, &["back", "front"], &["web", "vault"], &[]),
            member(3, "vault", 1, &["back"], &["db"], &["web"]),
        ]},
        "2": {"services": [
            member(1, "web", 2, &["front"], &["db"], &[]),
            member(2, "db", 2, &["front"], &["web"], &[]),
        ]},
        "3": {"services": [member(1, "stranger", 3, &["front"], &["stranger"], &["db", "web"])]},
    }});
    set(&client, &target).await;
    applied(&client).await;
    let told = explained(&client).await;
    assert!(told["services"].as_array().unwrap().iter().all(|it| it["standing"] == "applied"), "{told}");
}
