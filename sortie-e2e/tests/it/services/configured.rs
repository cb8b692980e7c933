//! What a target says of a service is what the engine runs, and a new version takes over as the target says.

use std::{fs, io, net::TcpListener};

use serde_json::{Value, json};
use sortie_testkit::engine::RealEngine;

use super::{PATIENCE, applied, explained, on, running, service, set, start, volumes};
use crate::harness::{client::Client, wait_for};

on_both! {
    what_a_target_says_is_what_runs
    a_new_version_takes_over_when_it_is_well_and_not_before
}

fn inspected(engine: &RealEngine, name: &str) -> Value {
    serde_json::from_str(&engine.ask("GET", &format!("/containers/{name}/json"), &[]).unwrap()).unwrap()
}

/// The full name of the only container whose name begins so.
fn named(engine: &RealEngine, start: &str) -> String {
    let mut names = running(engine).into_iter().filter(|it| it.starts_with(start));
    let name = names.next().unwrap_or_else(|| panic!("{start} does not run"));
    assert_eq!(names.next(), None);
    name
}

async fn what_a_target_says_is_what_runs(engine: RealEngine) {
    let world = on(&engine);
    let shared = world.folder().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("word"), "of the machine").unwrap();
    let (_server, client) = start(&world).await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = "cat /shared/word > /data/word; echo $GREETING > /data/greeting; \
                  touch /shared/mine && touch /data/leak; echo begun; exec httpd -f -p 8080 -h /data";
    let web = json!({
        "command": ["sh", "-c", script],
        "environment": {"GREETING": "hello there"},
        "ports": [format!("127.0.0.1:{port}:8080")],
        "volumes": ["data:/data", format!("{}:/shared:ro", shared.display())],
        "networks": ["front", "back"],
        "restart": "on-failure",
        "labels": {"com.example.role": "web"},
        "resources": {"memory": "64Mi", "cpu": "500m"},
        "probes": {"http": {"port": 8080, "path": "/greeting"}, "interval": "300ms"},
    });
    set(&client, &json!({"apps": {"7": {"appName": "Shop", "services": [service(1, "web", &web)]}}})).await;
    applied(&client).await;

    let site = Client::anonymous(([127, 0, 0, 1], port).into());
    assert_eq!(site.get("/greeting").await.body, "hello there\n");
    assert_eq!(site.get("/word").await.body, "of the machine");
    assert_eq!(site.get("/leak").await.status, 404, "what is mounted to be read was written");
    assert_eq!(fs::metadata(shared.join("mine")).unwrap_err().kind(), io::ErrorKind::NotFound);
    let it = inspected(&engine, &named(&engine, "web_7_1_"));
    let (config, host) = (&it["Config"], &it["HostConfig"]);
    assert_eq!(config["Labels"]["com.example.role"], "web", "{config}");
    assert_eq!(host["RestartPolicy"]["Name"], "on-failure", "{host}");
    assert_eq!(host["Memory"], 64 << 20, "{host}");
    assert!(host["NanoCpus"] == 500_000_000 || host["CpuQuota"] == 50_000, "{host}");
    let networks = it["NetworkSettings"]["Networks"].as_object().unwrap();
    assert!(networks.contains_key("7_front") && networks.contains_key("7_back") && networks.len() == 2, "{networks:?}");
    assert!(volumes(&engine).contains("7_data"));
    let engine = client.get("/api/v1/").await.json()["engine"].clone();
    let enforced = |name: &str| {
        let limits = engine["limits"].as_array().unwrap();
        limits.iter().find(|it| it["name"] == name).unwrap()["enforced"].clone()
    };
    assert_eq!((enforced("memory"), enforced("disk")), (json!(true), json!(false)), "{engine}");
    let told = world.run(&["config"], PATIENCE).await;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("# services: disk is not limited on this engine"), "{told}");
    assert!(!told.contains("# services: memory"), "{told}");
    let said = client.get("/api/v1/logs?serviceName=web").await.json();
    assert!(said["logs"].as_array().unwrap().iter().any(|it| it["message"] == "begun"), "{said}");
}

async fn a_new_version_takes_over_when_it_is_well_and_not_before(engine: RealEngine) {
    let world = on(&engine);
    let (_server, client) = start(&world).await;
    let version = |number: u8, answer: &str| {
        let probe = json!({"command": [answer], "interval": "200ms", "retries": 2});
        let more = json!({"environment": {"VERSION": number.to_string()}, "update": "start-first", "probes": probe});
        json!({"apps": {"1": {"services": [service(1, "web", &more)]}}})
    };
    set(&client, &version(1, "true")).await;
    applied(&client).await;
    let first = named(&engine, "web_1_1_");

    set(&client, &version(2, "false")).await;
    wait_for(PATIENCE, "the bad version to be rolled back", || async {
        let told = explained(&client).await;
        let it = &told["services"][0];
        assert!(running(&engine).contains(&first), "the old version ended before the new one was well");
        (it["standing"] == "rolled_back" && it["cause"] == "unhealthy" && running(&engine).len() == 1).then_some(())
    })
    .await;
    assert_eq!(named(&engine, "web_1_1_"), first);

    set(&client, &version(3, "true")).await;
    applied(&client).await;
    assert_ne!(named(&engine, "web_1_1_"), first);
}
