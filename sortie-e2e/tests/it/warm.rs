//! Desktops that wait for somebody: an app with a pool.

use std::collections::BTreeMap;

use serde_json::json;

use super::harness::{PATIENCE, client::id, screen::Screen, wait_for, world::World};

async fn until_running(world: &World, size: usize) -> BTreeMap<String, i32> {
    wait_for(PATIENCE, "so many apps run", async || Some(world.apps()).filter(|it| it.len() == size)).await
}

#[tokio::test]
async fn a_click_takes_a_desktop_that_waited_and_a_killed_server_keeps_the_others() {
    let world = World::sqlite();
    let server = world.start().await;
    let mut person = server.admin().await;
    let mut app = person.get("/api/apps/terminal").await.json();
    app["warm_pool"] = json!(2);
    assert_eq!(person.put("/api/apps/terminal", &app).await.status, 200);
    let waiting = until_running(&world, 2).await;

    let is_counted = async || {
        let numbers = person.get("/metrics").await;
        let text = String::from_utf8_lossy(&numbers.body).into_owned();
        text.contains("sortie_warm_workloads{status=\"ready\"} 2").then_some(())
    };
    wait_for(PATIENCE, "two are ready", is_counted).await;
    let session = id(&person.launch("terminal").await);
    let taken = *waiting.get(&session).expect("the launch takes one that waited");
    person.until(&session, "running").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.prompt().await.unwrap();
    screen.type_line("touch ~/hello").await.unwrap();
    world.file(&world.record(&session).home.join("hello")).await;
    screen.close().await;
    assert_eq!(until_running(&world, 3).await.get(&session), Some(&taken), "it is the same desktop");

    server.kill();
    let server = world.start().await;
    person = person.at(server.address);
    assert_eq!(person.until(&session, "running").await["id"], session.as_str());
    app["warm_pool"] = json!(0);
    app["version"] = json!(null);
    assert_eq!(person.put("/api/apps/terminal", &app).await.status, 200);
    let left = until_running(&world, 1).await;
    assert_eq!(left, BTreeMap::from([(session.clone(), taken)]), "only what somebody took stays");
    person.delete(&format!("/api/sessions/{session}")).await;
    world.empty(PATIENCE).await;
}
