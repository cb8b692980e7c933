//! `/api/apps` and `/apps.json`.

use flate2::read::GzDecoder;
use serde_json::json;
use std::io::Read;

use crate::world::{World, link, shell};

#[tokio::test(flavor = "multi_thread")]
async fn strangers_see_display_fields_of_public_apps_and_nothing_else() {
    let world = World::start().await;
    let answer = world.ask("GET", "/api/apps").await;
    let apps = answer.json();
    let ids: Vec<_> = apps.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["shell", "docs"]);
    for app in apps.as_array().unwrap() {
        let mut fields: Vec<_> = app.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        let public = ["category", "description", "icon", "id", "launch_type", "name", "os_type", "visibility"];
        assert_eq!(fields, public);
    }
    assert_eq!(world.ask("GET", "/apps.json").await.json()["applications"], apps);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_an_app_is_run_is_shown_to_its_authors_only() {
    let world = World::start().await;
    for (who, sees) in [("bob", false), ("olga", false), ("ann", true), ("root", true)] {
        let token = world.token(who).await;
        for path in ["/api/apps", "/api/apps/shell"] {
            let text = world.ask("GET", path).bearer(&token).await.text();
            assert_eq!(text.contains("canary-env"), sees, "{who} {path}");
            assert_eq!(text.contains("example.org/shell:1"), sees, "{who} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_is_complete_current_tagged_and_compressed() {
    let world = World::start().await;
    let admin = world.token("root").await;
    for index in 0..30 {
        world.ask("POST", "/api/apps").bearer(&admin).json(&link(&format!("app-{index}"))).await;
    }
    let get = || world.ask("GET", "/api/apps").bearer(&admin);
    let plain = get().await;
    assert_eq!(plain.json().as_array().unwrap().len(), 33);
    let packed = get().header("accept-encoding", "gzip").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = String::new();
    GzDecoder::new(&packed.body[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.text());
    assert_ne!(plain.header("etag"), packed.header("etag"));

    let known = get().header("if-none-match", plain.header("etag")).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(known.header("etag"), plain.header("etag"));

    world.ask("DELETE", "/api/apps/app-7").bearer(&admin).await;
    let changed = get().header("if-none-match", plain.header("etag")).await;
    assert_eq!((changed.status, changed.json().as_array().unwrap().len()), (200, 32));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_by_their_links() {
    let world = World::start().await;
    let admin = world.token("root").await;
    let mut path = "/api/apps?limit=2".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = world.ask("GET", &path).bearer(&admin).await;
        seen.extend(page.json().as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(link) = page.headers.get("link").map(|it| it.to_str().unwrap().to_owned()) else { break };
        path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    seen.sort();
    assert_eq!(seen, ["docs", "hidden", "shell"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_the_last_known_catalog_while_the_database_is_away() {
    let world = World::start().await;
    let before = world.ask("GET", "/api/apps").await;
    world.away.go_away();
    let after = world.ask("GET", "/api/apps").await;
    assert_eq!((after.status, after.text()), (200, before.text()));
    let failed = world.ask("GET", "/apps.json").await;
    assert_eq!((failed.status, failed.code().as_str()), (503, "unavailable"));
    assert!(!failed.header("retry-after").is_empty());
    assert!(!failed.text().contains("canary-inside"), "{}", failed.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_catalog_is_empty_for_strangers() {
    let world = World::start_with(|it| it.anonymous_catalog = false).await;
    let answer = world.ask("GET", "/api/apps").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "[]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_does_not_overwrite_a_newer_one() {
    let world = World::start().await;
    let ann = world.token("ann").await;
    let made = world.ask("POST", "/api/apps").bearer(&ann).json(&link("wiki")).await;
    assert_eq!((made.status, made.header("location"), made.header("etag")), (201, "/api/apps/wiki", "\"1\""));
    let put =
        |tag: &str| world.ask("PUT", "/api/apps/wiki").bearer(&ann).header("if-match", tag).with_json(&link("wiki"));
    let changed = put("\"1\"").await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    let stale = put("\"1\"").await;
    assert_eq!((stale.status, stale.code().as_str()), (412, "version_mismatch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_is_named_at_once() {
    let world = World::start().await;
    let ann = world.token("ann").await;
    let bad = json!({"id": "x", "name": "", "launch_type": "teleport", "unknown": 1});
    let answer = world.ask("POST", "/api/apps").bearer(&ann).json(&bad).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"));
    let said = answer.json();
    let fields: Vec<_> = said["errors"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"name") && fields.contains(&"launch_type"), "{fields:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(said["request_id"], answer.header("x-request-id"));
    let taken = world.ask("POST", "/api/apps").bearer(&ann).json(&shell("docs", "public")).await;
    assert_eq!(taken.status, 409);
}
