//! An update lock keeps what runs until it is lifted.

use serde_json::{Value, json};
use sortie_testkit::engine::RealEngine;

use super::{PATIENCE, applied, explained, on, running, service, set, start};
use crate::harness::wait_for;

on_both! {
    an_update_lock_keeps_what_runs_until_it_is_lifted
}

fn version(number: u8, is_locked: bool) -> Value {
    let more = json!({"environment": {"VERSION": number.to_string()}});
    // The second version has no service `old`.
    let services: Vec<Value> = [("web", 1), ("old", 2)]
        .into_iter()
        .filter(|(name, _)| number == 1 || *name == "web")
        .map(|(name, id)| service(id, name, &more))
        .collect();
    json!({"apps": {
        "1": {"updateLock": is_locked, "services": services},
        "2": {"services": [service(1, "free", &more)]},
    }})
}

async fn an_update_lock_keeps_what_runs_until_it_is_lifted(engine: RealEngine) {
    let world = on(&engine);
    let (server, client) = start(&world).await;
    let of_first_app = || running(&engine).into_iter().filter(|it| !it.starts_with("free")).collect::<Vec<_>>();
    let free = || running(&engine).into_iter().find(|it| it.starts_with("free"));
    set(&client, &version(1, false)).await;
    applied(&client).await;
    let (before, free_before) = (of_first_app(), free());
    assert_eq!(before.len(), 2, "{before:?}");

    set(&client, &version(2, true)).await;
    wait_for(PATIENCE, "the app without a lock to be changed, and both services of the other to be locked", || async {
        let told = explained(&client).await;
        let locked = told["services"].as_array().unwrap().iter().filter(|it| it["standing"] == "locked").count();
        let is_changed = free().is_some() && free() != free_before && told["isReconciling"] == false;
        assert_eq!(of_first_app(), before, "the lock was not respected");
        (locked == 2 && is_changed && told["applied"] == false).then_some(())
    })
    .await;
    // The lock is the target's: who looks after the engine may die.
    server.kill();
    let (_server, client) = start(&world).await;
    wait_for(PATIENCE, "a look at the engine", || async {
        explained(&client).await["seenAt"].is_string().then_some(())
    })
    .await;
    assert_eq!(of_first_app(), before, "a restart lifted the lock");

    set(&client, &version(2, false)).await;
    applied(&client).await;
    let after = of_first_app();
    assert!(after.len() == 1 && !before.contains(&after[0]), "{before:?} {after:?}");
}
