//! Files that the documents name, and what stands in them.

use std::fs;

use serde_json::Value;

use super::{Judgement, facts, list, project, text, unequal};
use crate::harness::world::World;

#[test]
fn the_documents_files_are_there_and_hold_what_they_print() {
    let mut judgement = Judgement::of("files");
    for fact in facts("files.toml", "file") {
        let path = text(&fact, "path");
        let Ok(content) = fs::read_to_string(project().join(path)) else {
            judgement.judge(&fact, path, Some("is missing".to_owned()));
            continue;
        };
        let lacking: Vec<_> = list(&fact, "holds").into_iter().filter(|it| !content.contains(it)).collect();
        judgement.judge(&fact, path, unequal(&lacking.join("; "), "").or_else(|| json_differs(&fact, &content)));
    }
    judgement.conclude();
}

fn json_differs(fact: &Value, content: &str) -> Option<String> {
    let wanted = fact["json"]["fields"].as_object()?;
    let found: Value = serde_json::from_str(content).unwrap();
    let found = found.pointer(text(&fact["json"], "pointer")).cloned().unwrap_or_default();
    wanted.iter().find_map(|(name, value)| (found[name] != *value).then(|| format!("{name} is {}", found[name])))
}

#[tokio::test]
async fn the_documents_seed_file_fills_the_catalog_as_it_is() {
    let mut world = World::sqlite();
    world.set("SORTIE_SEED", project().join("examples/apps-with-containers.json").to_str().unwrap());
    let server = world.start().await;
    let app = server.admin().await.get("/api/apps/browser").await.json();
    assert_eq!((text(&app, "name"), text(&app, "launch_type")), ("Web Browser", "container"), "{app:#}");
    let hints = app["hints"].to_string();
    assert!(hints.contains("no fixed version"), "a moving tag is accepted with a hint: {hints}");
}
