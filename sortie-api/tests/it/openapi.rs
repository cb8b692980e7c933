//! The description of the interface against the table of routes.

use std::collections::BTreeSet;

use sortie_api::{openapi, route::Route};

use crate::world::World;

#[test]
fn the_description_names_every_route_and_method_and_no_other() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|it| *it != "parameters") {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let routes =
        Route::ALL.iter().flat_map(|it| it.methods.iter().map(move |method| format!("{method} {}", it.template)));
    assert_eq!(described, routes.collect::<BTreeSet<_>>());
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let mut seen = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (_, operation) in item.as_object().unwrap().iter().filter(|(method, _)| *method != "parameters") {
            let id = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(id.to_owned()), "{id} is there twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served_and_refers_to_nothing_that_is_missing() {
    let world = World::start().await;
    let document = world.ask("GET", "/openapi.json").await.json();
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name} is missing");
    }
    assert!(text.contains("session_id") || text.contains("websocket_url"));
}
