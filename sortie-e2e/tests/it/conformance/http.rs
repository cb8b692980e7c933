//! Routes, fields, audit actions and their details, limits, what the browser keeps, and pages that moved.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Judgement, facts, list, project, shell, text, unequal};
use crate::harness::{client::Client, world::World};

/// Does once what each route of the documents is for; answers the app that it made.
async fn use_every_route(admin: &Client) -> Value {
    let mut app = json!({"id": "browser", "name": "Web Browser", "category": "Tools", "visibility": "public",
        "launch_type": "container", "container_image": "ghcr.io/example/chromium:latest",
        "description": "Chromium browser in container", "url": "https://example.org/", "icon": "/icon.png"});
    assert_eq!(admin.post("/api/apps", &app).await.status, 201);
    let made = admin.get("/api/apps/browser").await.json();
    app["name"] = json!("Browser");
    assert_eq!(admin.put("/api/apps/browser", &app).await.status, 200);
    assert_eq!(admin.delete("/api/apps/browser").await.status, 204);
    let session = admin.launch_and_wait("clock").await;
    assert_eq!(admin.delete(&format!("/api/sessions/{session}")).await.status, 204);
    made
}

#[tokio::test]
async fn the_documents_routes_are_there_and_audited_with_the_documents_details() {
    let mut judgement = Judgement::of("http");
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let made = use_every_route(&admin).await;
    let described = admin.get("/openapi.json").await.json();
    for fact in facts("http.toml", "route") {
        let (method, path, action) = (text(&fact, "method"), text(&fact, "path"), text(&fact, "action"));
        let is_there = described["paths"][path][method.to_lowercase()].is_object();
        let missing = (!is_there).then(|| "is missing".to_owned());
        let unaudited = match (&missing, action) {
            (None, action) if !action.is_empty() => unaudited(&admin, action, &list(&fact, "details")).await,
            _ => None,
        };
        judgement.judge(&fact, &format!("{method} {path}"), missing.or(unaudited));
    }
    for fact in facts("http.toml", "field") {
        let lacking: Vec<_> = list(&fact, "names").into_iter().filter(|it| made.get(it).is_none()).collect();
        judgement.judge(&fact, "fields of an app", unequal(&lacking.join(" "), ""));
    }
    for fact in facts("http.toml", "values") {
        let field = text(&fact, "of");
        for value in list(&fact, "names") {
            let mut app = json!({"id": format!("v-{value}").replace('_', "-"), "name": value, "launch_type": "url",
                "url": "https://example.org/", "container_image": "example.org/x:1"});
            app[field] = json!(value);
            let answer = admin.post("/api/apps", &app).await;
            let kept = answer.json()[field].as_str().unwrap_or_default().to_owned();
            judgement.judge(&fact, &format!("{field} {value}"), unequal(&kept, value));
        }
    }
    for fact in facts("http.toml", "limit") {
        let rows = fact["rows"].as_u64().unwrap();
        for _ in 0..=rows {
            assert_eq!(admin.post("/api/analytics/launch", &json!({"app_id": "wiki"})).await.status, 201);
        }
        let told = admin.get(text(&fact, "path")).await.json();
        let count = told["logs"].as_array().map_or(0, Vec::len);
        judgement.judge(&fact, text(&fact, "path"), unequal(&count.to_string(), &rows.to_string()));
    }
    judgement.conclude();
}

/// What the newest entry of an action lacks.
async fn unaudited(admin: &Client, action: &str, details: &[&str]) -> Option<String> {
    let told = admin.get(&format!("/api/audit?action={action}&limit=1")).await.json();
    let entry = &told["logs"][0];
    // An entry's details are text that holds JSON, or JSON itself.
    let inside = entry["details"].as_str().and_then(|it| serde_json::from_str(it).ok());
    let written: Value = inside.unwrap_or_else(|| entry["details"].clone());
    let lacking: Vec<_> = details.iter().copied().filter(|it| written.get(it).is_none()).collect();
    if entry.is_null() {
        return Some(format!("{action} is not audited"));
    }
    (!lacking.is_empty()).then(|| format!("{action} does not say {}: {written}", lacking.join(", ")))
}

#[test]
fn the_browser_keeps_what_the_documents_say_under_their_keys() {
    let mut judgement = Judgement::of("storage");
    let sources = [project().join("web/src/lib/preferences.ts"), project().join("web/public/theme.js")];
    let sources: String = sources.iter().map(|it| fs::read_to_string(it).unwrap()).collect();
    for fact in facts("http.toml", "storage") {
        let (key, old) = (text(&fact, "key"), text(&fact, "old"));
        let name = old.trim_start_matches("launchpad-");
        let carried = sources.contains("\"launchpad-\" + name") && sources.contains(&format!("\"{name}\""));
        let missing = [(sources.contains(&format!("\"{key}\"")), key), (carried, old)];
        let missing: Vec<_> = missing.into_iter().filter(|it| !it.0).map(|it| it.1).collect();
        judgement.judge(&fact, key, unequal(&missing.join(" "), ""));
    }
    judgement.conclude();
}

#[tokio::test]
async fn the_documents_pages_lead_to_pages_that_are_there() {
    let mut judgement = Judgement::of("pages");
    let world = World::sqlite();
    let built = world.folder().join("docs");
    let line = format!("node scripts/docs-site.mjs docs '{}'", built.display());
    shell(&line, &project()).unwrap();
    let server = world.start().await;
    for fact in facts("http.toml", "page") {
        for old in list(&fact, "old") {
            let answer = server.anybody().get(old).await;
            let address = answer.header("location");
            let page = address.strip_prefix("/docs/").map(|it| built.join(Path::new(it)));
            let is_there = answer.status == 308 && page.is_some_and(|it| it.is_file());
            judgement.judge(&fact, old, (!is_there).then(|| format!("{} {address:?}", answer.status)));
        }
    }
    judgement.conclude();
}
