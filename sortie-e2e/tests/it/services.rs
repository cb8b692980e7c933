//! The machine's services on a real engine, through the real binary.

/// Checks on a Docker and on a Podman of their own each: the module says on which.
macro_rules! on_both {
    ($($check:ident)*) => {
        mod docker {
            $(#[test]
            fn $check() {
                sortie_testkit::engine::with(sortie_testkit::engine::Kind::Docker, super::$check).unwrap();
            })*
        }

        mod podman {
            $(#[test]
            fn $check() {
                sortie_testkit::engine::with(sortie_testkit::engine::Kind::Podman, super::$check).unwrap();
            })*
        }
    };
}

mod changes;
mod configured;
mod failures;
mod guide;
mod images;
mod locks;
mod names;
mod silence;
mod supervise;
mod takeover;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sortie_testkit::engine::{IMAGE, RealEngine};

use super::harness::{client::Client, server::Server, wait_for, world::World};

/// How long an engine may take to get where it is expected.
const PATIENCE: Duration = Duration::from_mins(2);

on_both! {
    a_target_survives_the_death_of_server_and_engine_and_is_kept_true
    a_slow_stop_is_waited_for_and_holds_up_nobody_else
}

fn on(engine: &RealEngine) -> World {
    with_engine(World::sqlite(), engine)
}

fn with_engine(mut world: World, engine: &RealEngine) -> World {
    world.set("USE_REAL_DOCKER", "true");
    world.set("SORTIE_ENGINE", &format!("unix://{}", engine.socket().display()));
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    world.set("SORTIE_WRITE_RATE_LIMIT", "0");
    world
}

fn service(number: usize, name: &str, more: &Value) -> Value {
    let mut config = json!({
        "image": IMAGE, "command": ["sleep", "3600"], "stopTimeout": 0, "volumes": ["data:/data"],
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        config[key] = value.clone();
    }
    json!({"serviceId": number, "serviceName": name, "config": config})
}

async fn set(client: &Client, target: &Value) {
    let said = client.post("/api/v1/state/target", target).await;
    assert_eq!(said.status, 200, "{said:?}");
}

async fn explained(client: &Client) -> Value {
    client.get("/api/v1/state/explain").await.json()
}

/// Waits until the engine shows the whole target; says how it stands if that is in vain.
async fn applied(client: &Client) {
    let begun = Instant::now();
    loop {
        let told = explained(client).await;
        if told["applied"] == true && told["isReconciling"] == false {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "the target is not applied after {PATIENCE:?}: {told:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the engine itself says: names of running containers, ours and others.
fn running(engine: &RealEngine) -> BTreeSet<String> {
    let list: Value = serde_json::from_str(&engine.ask("GET", "/containers/json", &[]).unwrap()).unwrap();
    let names = list.as_array().unwrap().iter().map(|it| it["Names"][0].as_str().unwrap().to_owned());
    names.map(|it| it.trim_start_matches('/').to_owned()).collect()
}

fn volumes(engine: &RealEngine) -> BTreeSet<String> {
    let list: Value = serde_json::from_str(&engine.ask("GET", "/volumes", &[]).unwrap()).unwrap();
    list["Volumes"].as_array().unwrap().iter().map(|it| it["Name"].as_str().unwrap().to_owned()).collect()
}

async fn start(world: &World) -> (Server, Client) {
    let server = world.start().await;
    let client = server.anybody();
    (server, client)
}

async fn a_target_survives_the_death_of_server_and_engine_and_is_kept_true(mut engine: RealEngine) {
    let world = on(&engine);
    let (server, client) = start(&world).await;
    let target = json!({"apps": {"1001": {"appId": 1001, "appName": "Web Server", "services": [
        service(1, "web", &json!({"dependsOn": ["db"]})),
        service(2, "db", &json!({"probes": {"command": ["true"], "interval": "500ms"}})),
    ]}}});
    set(&client, &target).await;
    applied(&client).await;
    let before = running(&engine);
    assert_eq!(before.len(), 2, "{before:?}");
    let kept = client.get("/api/v1/state/target").await.json();
    server.kill();
    engine.kill().unwrap();
    engine.run().unwrap();
    let (_server, client) = start(&world).await;
    assert_eq!(client.get("/api/v1/state/target").await.json(), kept);
    applied(&client).await;
    assert_eq!(running(&engine), before);
    // Somebody stops one by hand.
    let one = before.iter().next().unwrap();
    engine.ask("POST", &format!("/containers/{one}/stop?t=0"), &[]).unwrap();
    wait_for(PATIENCE, "what was stopped by hand to run again", || async {
        (running(&engine) == before).then_some(())
    })
    .await;
}

async fn a_slow_stop_is_waited_for_and_holds_up_nobody_else(engine: RealEngine) {
    let world = on(&engine);
    let (_server, client) = start(&world).await;
    let deaf = "trap '' TERM; while :; do sleep 0.2; done";
    let version = |number: usize| {
        let version = json!({"VERSION": number.to_string()});
        let slow = json!({"command": ["sh", "-c", deaf], "stopTimeout": "6s", "environment": version});
        let quick = json!({"environment": version});
        json!({"apps": {
            "1": {"services": [service(1, "slow", &slow)]},
            "2": {"services": [service(1, "quick", &quick)]},
        }})
    };
    set(&client, &version(1)).await;
    applied(&client).await;
    let before = running(&engine);
    let of = |name: &str, all: &BTreeSet<String>| -> Vec<String> {
        all.iter().filter(|it| it.starts_with(name)).cloned().collect()
    };
    set(&client, &version(2)).await;
    wait_for(PATIENCE, "the other app to be changed", || async {
        let now = running(&engine);
        let is_changed = of("quick", &now).len() == 1 && of("quick", &now) != of("quick", &before);
        // Podman does not list it among what runs any more while it stops.
        let only_old = of("slow", &now).iter().all(|it| before.contains(it));
        is_changed.then(|| assert!(only_old, "it was not waited for"))
    })
    .await;
    wait_for(PATIENCE, "the slow service to be changed", || async {
        let now = running(&engine);
        assert!(of("slow", &now).len() < 2, "two versions run beside each other");
        (of("slow", &now).len() == 1 && of("slow", &now) != of("slow", &before)).then_some(())
    })
    .await;
    applied(&client).await;
}
