//! `/api/v1`: the machine's services, on the simulated engine.

use serde_json::{Value, json};

use crate::world::{World, eventually};

fn target(image: &str) -> Value {
    json!({"apps": {"1001": {"appId": 1001, "appName": "Web Server", "services": [
        {"serviceId": 1, "serviceName": "web", "imageName": image, "appId": 1001, "appName": "Web Server",
         "config": {"image": image, "ports": ["8080:80"], "environment": {"MODE": "test"}, "volumes": ["data:/data"]}}
    ]}}})
}

async fn post(world: &World, path: &str, body: &Value) -> (u16, Value) {
    let answer = world.ask("POST", path).json(body).await;
    (answer.status, answer.json())
}

async fn get(world: &World, path: &str) -> Value {
    let answer = world.ask("GET", path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_written_down_carried_out_and_shown() {
    let world = World::start_open().await;
    let (status, said) = post(&world, "/api/v1/state/target", &target("web:1")).await;
    assert_eq!((status, &said["status"]), (200, &json!("success")), "{said}");
    let kept = get(&world, "/api/v1/state/target").await;
    assert_eq!(kept["apps"]["1001"]["services"][0]["config"]["ports"], json!(["8080:80"]));
    eventually("the target is applied", || async {
        let told = get(&world, "/api/v1/state/explain").await;
        told["applied"] == true && told["services"].as_array().is_some_and(|it| it.len() == 1)
    })
    .await;
    let state = get(&world, "/api/v1/state").await;
    assert_eq!(state["current"]["apps"]["1001"]["services"][0]["status"], "running", "{state}");
    assert!(state["current"]["apps"]["1001"]["services"][0]["containerId"].is_string());
    let apps = get(&world, "/api/v1/apps").await;
    assert_eq!((&apps["count"], &apps["apps"][0]["services"]), (&json!(1), &json!(["web"])));
    assert_eq!(get(&world, "/api/v1/").await["dockerMode"], "simulated");
    assert_eq!(get(&world, "/api/v1/status").await["current"], json!({"apps": 1, "services": 1}));
    assert!(get(&world, "/api/v1/logs?serviceName=web").await["logs"][0]["message"].is_string());
    let removed = world.ask("DELETE", "/api/v1/apps/1001").await;
    assert_eq!(removed.status, 200);
    eventually("nothing runs any more", || async { get(&world, "/api/v1/state/current").await["apps"] == json!({}) })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_wanted_before_can_be_compared_and_wanted_again() {
    let world = World::start_open().await;
    let first = post(&world, "/api/v1/state/target", &target("web:1")).await.1["snapshot"].as_i64().unwrap();
    let second = post(&world, "/api/v1/state/target", &target("web:2")).await.1["snapshot"].as_i64().unwrap();
    let kept = get(&world, &format!("/api/v1/state/history/{second}?against={first}")).await;
    let paths: Vec<&str> =
        kept["differences"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["apps.1001.services[0].config.image", "apps.1001.services[0].imageName"]);
    let (status, _) = post(&world, &format!("/api/v1/state/history/{first}/restore"), &json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(get(&world, "/api/v1/state/target").await["apps"]["1001"]["services"][0]["imageName"], "web:1");
    assert_eq!(get(&world, "/api/v1/state/history?type=target").await.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_the_steps_and_changes_nothing() {
    let world = World::start_open().await;
    let (status, said) = post(&world, "/api/v1/state/target?dry_run=true", &target("web:1")).await;
    assert_eq!((status, &said["status"]), (200, &json!("planned")), "{said}");
    let steps: Vec<&str> = said["steps"].as_array().unwrap().iter().map(|it| it["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["download image", "create volume", "create network", "start container"]);
    assert_eq!(get(&world, "/api/v1/state/target").await, json!({"apps": {}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_target_is_told_by_field_and_rule() {
    let world = World::start_open().await;
    for body in [json!([]), json!({}), json!({"apps": 3})] {
        let (status, said) = post(&world, "/api/v1/state/target", &body).await;
        assert_eq!((status, said["code"].as_str()), (400, Some("not_a_state")), "{body}");
    }
    let mut wrong = target("web:1");
    wrong["apps"]["1001"]["services"][0]["config"]["ports"] = json!(["eighty"]);
    let (status, said) = post(&world, "/api/v1/state/target", &wrong).await;
    assert_eq!(status, 422);
    assert_eq!(said["errors"][0]["field"], "apps.1001.services[0].config.ports[0]", "{said}");
    let other = json!({"appId": 2, "services": []});
    assert_eq!(post(&world, "/api/v1/apps/1", &other).await.0, 400);
    assert_eq!(world.ask("GET", "/api/v1/apps/one").await.status, 400);
    assert_eq!(world.ask("GET", "/api/v1/apps/9").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_does_not_exist_has_a_reason_and_stops_nobody_else() {
    let world = World::start_open().await;
    let mut both = target("web:1");
    both["apps"]["1002"] = json!({"services": [
        {"serviceId": 1, "serviceName": "gone", "config": {"image": "registry.invalid/none:1"}}
    ]});
    post(&world, "/api/v1/state/target", &both).await;
    eventually("one is applied and the other says why not", || async {
        let told = get(&world, "/api/v1/state/explain").await;
        let of = |name: &str| {
            let services = told["services"].as_array().cloned().unwrap_or_default();
            services.into_iter().find(|it| it["serviceName"] == name).unwrap_or_default()
        };
        of("web")["standing"] == "applied"
            && of("gone")["standing"] == "backing_off"
            && of("gone")["cause"] == "image_not_found"
            && of("gone")["remedy"].is_string()
            && of("gone")["retryAt"].is_string()
            && told["applied"] == false
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_supervisor_is_closed_to_pages_of_other_sites() {
    let world = World::start_open().await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let answer = world.ask("POST", "/api/v1/state/target").header(name, value).json(&target("web:1")).await;
        assert!([401, 403].contains(&answer.status), "{name}: {}", answer.status);
        let answer = world.ask("GET", "/api/v1/state").header(name, value).await;
        assert!([401, 403].contains(&answer.status), "{name}: {}", answer.status);
    }
    let closed = World::start().await;
    assert_eq!(closed.ask("GET", "/api/v1/state").await.status, 401);
    let refused = closed.ask("POST", "/api/v1/state/target").json(&target("web:1")).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_target_is_accepted_as_it_stands_there() {
    let world = World::start_open().await;
    let guide = include_str!("../../../docs/admin/services.md");
    let block = guide.split("```json\n").nth(1).and_then(|it| it.split("```").next()).unwrap();
    let (status, said) = post(&world, "/api/v1/state/target?dry_run=true", &serde_json::from_str(block).unwrap()).await;
    assert_eq!(status, 200, "{said}");
}
