//! What goes wrong with one service: said with its own reason and remedy, and nobody else's trouble.

use std::{collections::BTreeMap, sync::Mutex};

use serde_json::{Value, json};
use sortie_testkit::engine::{RealEngine, empty_registry};

use super::{PATIENCE, explained, on, service, set, start};
use crate::harness::wait_for;

on_both! {
    failures_have_reasons_of_their_own_and_stop_nobody_else
}

async fn failures_have_reasons_of_their_own_and_stop_nobody_else(engine: RealEngine) {
    let world = on(&engine);
    let (_server, client) = start(&world).await;
    let registry = empty_registry().await.unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("127.0.0.1:{}:80", taken.local_addr().unwrap().port());
    let app = |more: &Value| json!({"services": [service(1, "only", more)]});
    let target = json!({"apps": {
        "1": app(&json!({"image": format!("{registry}/none:1")})),
        "2": app(&json!({"ports": [port]})),
        "3": app(&json!({"command": ["false"]})),
        "4": app(&json!({"probes": {"command": ["false"], "interval": "200ms", "retries": 2}})),
        "5": app(&json!({})),
        "6": app(&json!({"image": "registry.invalid/none:1"})),
    }});
    set(&client, &target).await;
    let expected = BTreeMap::from([
        (1, "image_not_found"),
        (2, "port_in_use"),
        (3, "container_exits"),
        (4, "unhealthy"),
        (6, "image_unreachable"),
    ]);
    // One of them may be tried again just now while another is left alone: each is heard once.
    let heard = Mutex::new(BTreeMap::new());
    wait_for(PATIENCE, "a reason for each failure, and one service that runs", || async {
        let told = explained(&client).await;
        let mut heard = heard.lock().unwrap();
        for it in told["services"].as_array().unwrap() {
            let standing = it["standing"].as_str().unwrap();
            // How long it is left alone is said, and then that it is given up.
            let says_when = standing == "gave_up" || standing == "backing_off" && it["retryAt"].is_string();
            if says_when && it["remedy"].is_string() {
                heard.insert(it["appId"].as_u64().unwrap(), it["cause"].as_str().unwrap().to_owned());
            }
        }
        let runs =
            told["services"].as_array().unwrap().iter().any(|it| it["appId"] == 5 && it["standing"] == "applied");
        let is_told = expected.iter().all(|(app, cause)| heard.get(app).is_some_and(|it| it == cause));
        assert!(!heard.contains_key(&5), "{told}");
        (is_told && runs).then_some(())
    })
    .await;
}
