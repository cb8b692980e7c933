//! What becomes of images that no service needs any more.

use serde_json::json;
use sortie_testkit::engine::{IMAGE, RealEngine, registry_of};

use super::{PATIENCE, applied, on, service, set, start};
use crate::harness::wait_for;

on_both! {
    an_image_that_nothing_needs_goes_if_it_was_downloaded_for_services
}

fn holds(engine: &RealEngine, image: &str) -> bool {
    engine.ask("GET", &format!("/images/{image}/json"), &[]).is_ok()
}

async fn an_image_that_nothing_needs_goes_if_it_was_downloaded_for_services(engine: RealEngine) {
    let world = on(&engine);
    let (_server, client) = start(&world).await;
    let registry = registry_of(&["shop", "lent", "brought"]).await.unwrap();
    let image = |name: &str| format!("{registry}/{name}:1");
    engine.ask("POST", &format!("/images/create?fromImage={registry}/brought&tag=1"), &[]).unwrap();
    assert!(holds(&engine, &image("brought")) && !holds(&engine, &image("shop")));
    let images = [image("shop"), image("lent"), image("brought"), IMAGE.to_owned()];
    // What is not wanted any more has 10 s to stop: it heeds the signal.
    let command = json!(["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"]);
    let with = |number: usize, image: &String| {
        service(number, &format!("s{number}"), &json!({"image": image, "command": command}))
    };
    let services: Vec<_> = (1..).zip(&images).map(|(number, it)| with(number, it)).collect();
    set(&client, &json!({"apps": {"1": {"services": services}}})).await;
    applied(&client).await;
    assert!(images.iter().all(|it| holds(&engine, it)));
    // Somebody else uses one of the downloaded ones meanwhile.
    let lent = json!({"Image": image("lent"), "Cmd": ["sleep", "3600"], "HostConfig": {"NetworkMode": "none"}});
    engine.ask_json("POST", "/containers/create?name=borrower", &lent.to_string()).unwrap();
    engine.ask("POST", "/containers/borrower/start", &[]).unwrap();

    set(&client, &json!({"apps": {}})).await;
    wait_for(PATIENCE, "the downloaded image to go", || async { (!holds(&engine, &image("shop"))).then_some(()) })
        .await;
    applied(&client).await;
    for kept in &images[1..] {
        assert!(holds(&engine, kept), "{kept} was removed");
    }
    // What is wanted again is fetched again.
    set(&client, &json!({"apps": {"1": {"services": [with(1, &images[0])]}}})).await;
    applied(&client).await;
    assert!(holds(&engine, &image("shop")));
}
