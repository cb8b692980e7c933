//! `/api/audit` and the analytics.

use serde_json::json;
use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry},
    port::RecordStore,
    time::Timestamp,
};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_every_row_however_many_there_are() {
    let world = World::start().await;
    let entry =
        AuditEntry::new(Actor { name: "=evil()".to_owned(), ..Actor::system() }, AuditAction::OpenLink, Vec::new());
    for micros in 0..1_500 {
        world.store.record_access(&entry, Timestamp::from_micros(1_000_000 + micros)).await.unwrap();
    }
    let olga = world.token("olga").await;
    let path = "/api/audit/export?format=csv&user=%3Devil%28%29";
    let csv = world.ask("GET", path).bearer(&olga).await;
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"audit.csv\"");
    assert_eq!(csv.text().lines().count(), 1_501);
    assert!(csv.text().contains(",'=evil(),"), "formulas are disarmed");
    let lines = world.ask("GET", &path.replace("csv", "jsonl")).bearer(&olga).await;
    assert_eq!(lines.text().lines().filter(|it| serde_json::from_str::<serde_json::Value>(it).is_ok()).count(), 1_500);
    assert_eq!(world.ask("GET", "/api/audit/export?format=xls").bearer(&olga).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_tells_who_did_what_and_pages() {
    let world = World::start().await;
    let (bob, olga) = (world.token("bob").await, world.token("olga").await);
    world.launch(&bob).await;
    let found = world.ask("GET", "/api/audit?user=bob&action=CREATE_SESSION").bearer(&olga).await.json();
    assert_eq!(found["total"], 1);
    let entry = &found["logs"][0];
    assert_eq!((entry["user"].as_str(), entry["outcome"].as_str()), (Some("bob"), Some("success")));
    assert_eq!(entry["source_ip"], "127.0.0.1");
    assert!(entry["timestamp"].as_str().unwrap().ends_with('Z'));

    let page = world.ask("GET", "/api/audit?limit=2").bearer(&olga).await;
    assert_eq!(page.json()["logs"].as_array().unwrap().len(), 2);
    assert!(page.header("link").ends_with("rel=\"next\""), "{}", page.header("link"));
    assert_eq!(world.ask("GET", "/api/audit?limit=0").bearer(&olga).await.status, 400);
    assert_eq!(world.ask("GET", "/api/audit?from=yesterday").bearer(&olga).await.status, 400);
    let choices = world.ask("GET", "/api/audit/filters").bearer(&olga).await.json();
    assert!(choices["users"].as_array().unwrap().contains(&json!("bob")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_link_is_counted_and_its_address_answered() {
    let world = World::start().await;
    let (bob, olga) = (world.token("bob").await, world.token("olga").await);
    let opened = world.ask("POST", "/api/analytics/launch").bearer(&bob).json(&json!({"app_id": "docs"})).await;
    assert_eq!((opened.status, opened.json()["url"].as_str()), (201, Some("https://docs.example/")));
    let no_link = world.ask("POST", "/api/analytics/launch").bearer(&bob).json(&json!({"app_id": "shell"})).await;
    assert_eq!(no_link.status, 409);
    world.launch(&bob).await;
    let stats = world.ask("GET", "/api/analytics").bearer(&olga).await.json();
    assert_eq!(stats["total_launches"], 2);
    assert_eq!(stats["app_stats"].as_array().unwrap().len(), 2);
    assert_eq!(stats["daily"][0]["launch_count"], 2);
    assert_eq!(world.ask("GET", "/api/analytics/stats").bearer(&olga).await.json(), stats);
}
