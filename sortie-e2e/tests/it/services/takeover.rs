//! Two servers at one database and one engine: one works, and the other one takes over when it dies.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sortie_testkit::engine::RealEngine;

use super::{applied, running, service, set, start, with_engine};
use crate::harness::{wait_for, world::World};

on_both! {
    another_server_takes_over_when_one_dies_and_nothing_is_made_twice
}

/// The term of a lease, twice the time between two tries to take it, and the work itself on a slow machine.
const TAKEN_OVER: Duration = Duration::from_secs(20 + 8 + 20);

/// Every container that there is, by name, running or not.
fn containers(engine: &RealEngine) -> Vec<String> {
    let list: Value = serde_json::from_str(&engine.ask("GET", "/containers/json?all=true", &[]).unwrap()).unwrap();
    list.as_array().unwrap().iter().map(|it| it["Names"][0].as_str().unwrap().to_owned()).collect()
}

fn ids(engine: &RealEngine) -> BTreeSet<String> {
    let list: Value = serde_json::from_str(&engine.ask("GET", "/containers/json?all=true", &[]).unwrap()).unwrap();
    list.as_array().unwrap().iter().map(|it| it["Id"].as_str().unwrap().to_owned()).collect()
}

fn target(version: u8) -> Value {
    let changed = json!({"environment": {"VERSION": version.to_string()}});
    let same = json!({});
    json!({"apps": {
        "1": {"services": [service(1, "changed", &changed), service(2, "same", &same)]},
        "2": {"services": [service(1, "changed", &changed)]},
    }})
}

async fn another_server_takes_over_when_one_dies_and_nothing_is_made_twice(engine: RealEngine) {
    let first_world = with_engine(World::postgres(), &engine);
    let second_world = first_world.beside();
    let (first, first_client) = start(&first_world).await;
    let holder = || {
        first_world.query("SELECT holder FROM leases WHERE name LIKE 'services:%' AND until > now() AT TIME ZONE 'UTC'")
    };
    set(&first_client, &target(1)).await;
    applied(&first_client).await;
    let worker = holder();
    let (_second, second_client) = start(&second_world).await;
    // Whoever does not work itself knows all the same how things stand.
    applied(&second_client).await;
    // A target that is set at one is reached by the other.
    set(&second_client, &target(2)).await;
    applied(&first_client).await;
    applied(&second_client).await;
    assert_eq!(holder(), worker, "one of them works");
    assert!(!second_world.logs().contains("Step done"), "the other one works as well");
    let (before, runs) = (ids(&engine), running(&engine));
    assert_eq!(runs.len(), 3, "{runs:?}");

    set(&second_client, &target(3)).await;
    first.kill();
    let begun = Instant::now();
    applied(&second_client).await;
    let took = begun.elapsed();
    assert!(took < TAKEN_OVER, "{took:?}");
    assert_ne!(holder(), worker);
    assert!(second_world.logs().contains("Step done"));
    let names = containers(&engine);
    assert_eq!(names.len(), 3, "something was made twice, or is left over: {names:?}");
    assert_eq!(running(&engine).len(), 3);
    // Only `same` is what it was.
    assert_eq!(ids(&engine).intersection(&before).count(), 1);
    wait_for(TAKEN_OVER, "the target still to be kept", || async {
        let one = running(&engine).into_iter().next()?;
        engine.ask("POST", &format!("/containers/{one}/stop?t=0"), &[]).ok()
    })
    .await;
    applied(&second_client).await;
    wait_for(TAKEN_OVER, "what was stopped to run again", || async { (running(&engine).len() == 3).then_some(()) })
        .await;
    println!("taken over and applied after {took:?}");
}
