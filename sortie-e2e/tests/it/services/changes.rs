//! Random changes of a target while server and engine die in between.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use sortie_testkit::engine::{IMAGE, RealEngine};

use super::{applied, on, running, service, set, start, volumes};

/// How many changes there are where nothing else is said; `make test-services` says 200.
const USUAL: usize = 24;
/// After how many changes the server is killed, and after how many the engine with it.
const SERVER_DIES: usize = 6;
const ENGINE_DIES: usize = 12;

/// Where the dice begin.
const SEED: u64 = 20_261_121;

/// A small generator: the changes are random, and the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn target(&mut self) -> Value {
        let mut apps = serde_json::Map::new();
        for app in 1..=3 {
            if self.roll(4) == 0 {
                continue;
            }
            let services: Vec<Value> = (1..=2)
                .filter_map(|number| {
                    let version = self.roll(3).to_string();
                    let more = json!({"environment": {"VERSION": version}, "networks": [format!("n{}", self.roll(2))]});
                    (self.roll(5) != 0).then(|| service(number, &format!("s{number}"), &more))
                })
                .collect();
            apps.insert(app.to_string(), json!({"services": services}));
        }
        json!({"apps": apps})
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how long they may take")]
fn how_many() -> usize {
    std::env::var("SORTIE_TEST_CHANGES").ok().map_or(USUAL, |it| it.parse().expect("SORTIE_TEST_CHANGES is a number"))
}

on_both! {
    changes_with_sudden_deaths_end_at_the_target_and_touch_nothing_else
}

async fn changes_with_sudden_deaths_end_at_the_target_and_touch_nothing_else(mut engine: RealEngine) {
    let world = on(&engine);
    let foreign = format!(r#"{{"Image":"{IMAGE}","Cmd":["sleep","3600"],"HostConfig":{{"NetworkMode":"none"}}}}"#);
    engine.ask_json("POST", "/containers/create?name=foreign", &foreign).unwrap();
    engine.ask("POST", "/containers/foreign/start", &[]).unwrap();
    engine.ask_json("POST", "/volumes/create", r#"{"Name":"foreign"}"#).unwrap();
    let (mut server, mut client) = start(&world).await;
    let mut dice = Dice(SEED);
    let mut target = json!({"apps": {}});
    let mut seen_volumes = BTreeSet::from(["foreign".to_owned()]);
    for round in 1..=how_many() {
        target = dice.target();
        set(&client, &target).await;
        if round % SERVER_DIES == 0 {
            // At any moment of what it does.
            tokio::time::sleep(Duration::from_millis(dice.roll(1_500))).await;
            server.kill();
            seen_volumes.extend(volumes(&engine));
            if round % ENGINE_DIES == 0 {
                engine.kill().unwrap();
                engine.run().unwrap();
            }
            (server, client) = start(&world).await;
        }
    }
    applied(&client).await;
    let mut expected = BTreeSet::from(["foreign".to_owned()]);
    let wanted = client.get("/api/v1/state/current").await.json();
    for (number, app) in target["apps"].as_object().unwrap() {
        for service in app["services"].as_array().unwrap() {
            let id = service["serviceId"].as_u64().unwrap();
            let shown = wanted["apps"][number]["services"].as_array().unwrap();
            let mut of = shown.iter().filter(|it| it["serviceId"] == id);
            let it = of.next().unwrap();
            assert_eq!(it["config"]["environment"], service["config"]["environment"], "{it}");
            assert!(of.next().is_none());
            expected.insert(format!("s{id}_{number}_{id}"));
        }
    }
    let without_version = |it: String| it.rsplit_once('_').map_or(it.clone(), |(name, _)| name.to_owned());
    let runs: BTreeSet<String> = running(&engine).into_iter().map(without_version).collect();
    assert_eq!(runs, expected);
    let kept = volumes(&engine);
    assert!(seen_volumes.is_subset(&kept), "lost: {:?}", seen_volumes.difference(&kept));
    drop(server);
}
