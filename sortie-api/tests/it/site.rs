//! Probes, metrics, the first configuration, settings.

use serde_json::json;
use sortie_core::secret::Secret;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn once_ready_a_server_stays_ready_without_its_database() {
    let world = World::start().await;
    let ready = world.ask("GET", "/readyz").await;
    assert_eq!(ready.json(), json!({"status": "ready", "database": {"status": "ok"}}));
    world.away.go_away();
    assert_eq!(world.ask("GET", "/readyz").await.status, 200);
    assert_eq!(world.ask("GET", "/healthz").await.json(), json!({"status": "ok"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_saw_its_database_is_not_ready_and_says_why() {
    let world = World::start().await;
    world.away.go_away();
    let answer = world.ask("GET", "/readyz").await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (503, Some("database")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draining_server_is_not_ready_and_accepts_nothing_new() {
    let world = World::start().await;
    world.api.drain().await;
    crate::world::eventually("the door is shut", || async {
        tokio::net::TcpStream::connect(world.address).await.is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_runtime_knows_is_for_those_who_are_signed_in() {
    let world = World::start_with(|it| it.branding.tenant_name = "Ada & Co".to_owned()).await;
    let stranger = world.ask("GET", "/api/config").await.json();
    assert_eq!((stranger["tenant_name"].as_str(), &stranger["runtime"]), (Some("Ada & Co"), &json!(null)));
    let token = world.token("bob").await;
    let known = world.ask("GET", "/api/config").bearer(&token).await.json();
    assert_eq!((known["runtime"]["kind"].as_str(), &known["runtime"]["ready"]), (Some("local"), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_count_by_route_and_open_to_proxied_scrapers_with_the_token_only() {
    let world = World::start_with(|it| it.metrics_token = Some(Secret::new("scrape"))).await;
    world.ask("GET", "/api/apps/some-id-that-is-no-label").await;
    let text = world.ask("GET", "/metrics").await.text();
    assert!(
        text.contains(r#"sortie_http_requests_total{route="/api/apps/{id}",method="GET",status="401"} 1"#),
        "{text}"
    );
    assert!(!text.contains("no-label"));
    let proxied = || world.ask("GET", "/metrics").header("x-forwarded-for", "203.0.113.7");
    assert_eq!(proxied().await.status, 404);
    assert_eq!(proxied().bearer("wrong").await.status, 404);
    assert_eq!(proxied().bearer("scrape").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_take_known_keys_only() {
    let world = World::start().await;
    let root = world.token("root").await;
    let put = |body| world.ask("PUT", "/api/admin/settings").bearer(&root).with_json(&body);
    assert_eq!(put(json!({"sign_in_notice": "hello"})).await.json(), json!({"sign_in_notice": "hello"}));
    assert_eq!(put(json!({"unknown": "x"})).await.status, 422);
    assert_eq!(world.ask("GET", "/api/config").await.json()["sign_in_notice"], "hello", "strangers read it");
    assert_eq!(world.ask("GET", "/api/admin/settings").bearer(&root).await.json()["sign_in_notice"], "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_looks_of_its_own_and_the_installations_where_it_says_nothing() {
    let world = World::start_with(|it| it.branding.tenant_name = "Ada & Co".to_owned()).await;
    let root = world.token("root").await;
    let looks = json!({"name": "North", "slug": "north", "settings": {"display_name": "North House"}});
    let made = world.ask("POST", "/api/admin/tenants").bearer(&root).with_json(&looks).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let plain = world.ask("GET", "/api/config").await.json();
    let id = made.json()["id"].as_str().unwrap().to_owned();
    for named in ["north", &id] {
        let config = world.ask("GET", "/api/config").header("x-tenant-id", named).await.json();
        assert_eq!(
            (&config["tenant_name"], &config["primary_color"]),
            (&json!("North House"), &plain["primary_color"])
        );
    }
    for other in [plain, world.ask("GET", "/api/config").header("x-tenant-id", "nowhere").await.json()] {
        assert_eq!(other["tenant_name"], "Ada & Co");
    }
}
