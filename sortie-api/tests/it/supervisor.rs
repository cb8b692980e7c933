//! `/api/v1` beyond the state: events, secrets, and the mode that waits for somebody.

use serde_json::{Value, json};
use sortie_control::services::ServiceSettings;

use crate::{
    events::Listener,
    world::{World, client::Answer, eventually, link},
};

fn target(environment: &Value) -> Value {
    json!({"apps": {"7": {"services": [
        {"serviceId": 1, "serviceName": "web", "config": {"image": "web:1", "environment": environment}}
    ]}}})
}

async fn set(world: &World, target: &Value) {
    let answer = world.ask("POST", "/api/v1/state/target").json(target).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn put(world: &World, secret: &str, body: &Value) -> Answer {
    world.ask("PUT", &format!("/api/v1/secrets/{secret}")).json(body).await
}

async fn get(world: &World, path: &str) -> Value {
    let answer = world.ask("GET", path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

async fn stands(world: &World, standing: &str) {
    eventually(standing, || async { get(world, "/api/v1/state/explain").await["services"][0]["standing"] == standing })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_hears_of_targets_and_services_and_can_come_back() {
    let world = World::start_open().await;
    let mut listener = Listener::to_services(&world, None).await;
    set(&world, &target(&json!({}))).await;
    let first = listener.until("services.target_set").await;
    loop {
        let heard = listener.until("services.changed").await;
        if heard.data["services"][0]["standing"] == "applied" {
            assert_eq!(heard.data["services"][0]["appId"], 7, "{heard:?}");
            break;
        }
    }
    drop(listener);
    let mut again = Listener::to_services(&world, first.id).await;
    let heard = again.until("services.changed").await;
    assert!(heard.id > first.id, "{heard:?}");
    assert_eq!(world.ask("DELETE", "/api/v1/apps/7").await.status, 200);
    loop {
        if again.until("services.changed").await.data["services"][0]["standing"] == "gone" {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_hear_of_services_on_their_own_stream_and_others_do_not() {
    let world = World::start_services(ServiceSettings::default()).await;
    assert_eq!(world.ask("GET", "/api/v1/events").await.status, 401);
    let root = world.token("root").await;
    let adele = world.token("adele").await;
    let mut heard = Listener::open(&world, &root, None, "").await;
    let mut unheard = Listener::open(&world, &adele, None, "").await;
    let answer = world.ask("POST", "/api/v1/state/target").bearer(&root).json(&target(&json!({}))).await;
    assert_eq!(answer.status, 200);
    heard.until("services.target_set").await;
    let made = world.ask("POST", "/api/apps").bearer(&root).json(&link("handbook")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let text = unheard.heard_until("app.created").await;
    assert!(!text.contains("services."), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_waits_for_its_secret_and_is_made_anew_when_that_changes() {
    let world = World::start_open().await;
    set(&world, &target(&json!({"PASSWORD": {"secret": "db"}, "MODE": "test"}))).await;
    stands(&world, "blocked").await;
    let told = get(&world, "/api/v1/state/explain").await;
    assert_eq!(told["services"][0]["cause"], "secret_missing", "{told}");
    let answer = put(&world, "db", &json!({"value": "geheim-eins"})).await;
    assert_eq!((answer.status, answer.json()["revision"].as_u64()), (200, Some(1)));
    stands(&world, "applied").await;
    let container = || async { get(&world, "/api/v1/state/explain").await["services"][0]["containerId"].clone() };
    let before = container().await;
    assert_eq!(put(&world, "db", &json!({"value": "geheim-zwei"})).await.status, 200);
    eventually("another container runs", || async { container().await != before }).await;
    stands(&world, "applied").await;
    for path in ["/api/v1/state", "/api/v1/secrets", "/api/v1/state/history", "/api/v1/state/explain"] {
        let text = get(&world, path).await.to_string();
        assert!(!text.contains("geheim"), "{path}: {text}");
    }
    let state = get(&world, "/api/v1/state").await;
    let environment = json!({"PASSWORD": {"secret": "db"}, "MODE": "test"});
    for kind in ["current", "target"] {
        assert_eq!(state[kind]["apps"]["7"]["services"][0]["config"]["environment"], environment, "{kind}");
    }
    let running = container().await;
    assert_eq!(world.ask("DELETE", "/api/v1/secrets/db").await.status, 204);
    stands(&world, "blocked").await;
    assert_eq!(container().await, running);
    assert_eq!(world.ask("DELETE", "/api/v1/secrets/db").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_secret_is_told() {
    let world = World::start_open().await;
    assert_eq!(put(&world, "-db", &json!({"value": "x"})).await.status, 422);
    assert_eq!(put(&world, "db", &json!({"value": ""})).await.status, 422);
    assert_eq!(put(&world, "db", &json!({"value": "x", "more": 1})).await.status, 422);
    let named = |name: &str| target(&json!({"A": {"secret": name}}));
    let answer = world.ask("POST", "/api/v1/state/target").json(&named("no name")).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.json()["errors"][0]["field"],
        "apps.7.services[0].config.environment.A.secret",
        "{}",
        answer.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_manual_mode_nothing_is_done_before_somebody_asks() {
    let world = World::start_services(ServiceSettings { open: true, manual: true, ..ServiceSettings::default() }).await;
    set(&world, &target(&json!({}))).await;
    eventually("the plan waits", || async {
        let told = get(&world, "/api/v1/state/explain").await;
        told["awaitsApply"] == true && told["services"][0]["standing"] == "pending"
    })
    .await;
    assert_eq!(get(&world, "/api/v1/state/current").await["apps"], json!({}));
    assert_eq!(world.ask("POST", "/api/v1/state/apply").await.status, 200);
    stands(&world, "applied").await;
    assert_eq!(world.ask("DELETE", "/api/v1/apps/7").await.status, 200);
    eventually("the next plan waits again", || async {
        let told = get(&world, "/api/v1/state/explain").await;
        told["awaitsApply"] == true && told["services"][0]["standing"] == "leaving"
    })
    .await;
    assert_eq!(get(&world, "/api/v1/apps").await["count"], 1);
}
