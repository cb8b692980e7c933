//! What operators settle by hand: places that are gone, and workloads that are nobody's.

use std::{process::Command, time::Duration};

use super::harness::{wait_for, world::World};

const SOON: Duration = Duration::from_mins(1);

/// Changes the stopped server's file as an accident would.
fn sqlite(world: &World, sql: &str) {
    let file = world.data_dir().join("sortie.db");
    let output = Command::new("sqlite3").arg(file).arg(sql).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a command; answers whether it succeeded, and what it said.
async fn told(world: &World, args: &[&str]) -> (bool, String) {
    let output = world.run(args, SOON).await;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

#[tokio::test]
async fn the_sessions_of_a_lost_place_are_closed_by_hand_and_audited() {
    let world = World::sqlite();
    let server = world.start().await;
    let session = server.admin().await.launch_and_wait("clock").await;
    let (done, said) = told(&world, &["places", "list"]).await;
    assert!(!done && said.contains("another"), "the server's own file is in use: {said}");
    server.kill();
    sqlite(&world, "UPDATE sessions SET place_id = 'burnt-down'");

    let (_, said) = told(&world, &["places", "list"]).await;
    assert!(said.contains("burnt-down  elsewhere  sessions: 1") && said.contains("this place"), "{said}");
    let here = said.lines().find(|it| it.contains("this place")).unwrap().split(' ').next().unwrap().to_owned();
    let (done, said) = told(&world, &["places", "retire", &here, "--yes"]).await;
    assert!(!done && said.contains("not gone"), "{said}");
    let (done, said) = told(&world, &["places", "retire", "burnt-down"]).await;
    assert!(!done && said.contains("--yes"), "nobody is there to confirm it: {said}");
    let (done, said) = told(&world, &["places", "retire", "burnt-down", "--yes"]).await;
    assert!(done && said.contains("1 sessions"), "{said}");
    let (done, said) = told(&world, &["places", "retire", "burnt-down", "--yes"]).await;
    assert!(!done && said.contains("burnt-down"), "once is enough: {said}");

    let server = world.start().await;
    let admin = server.admin().await;
    let row = admin.get(&format!("/api/sessions/{session}")).await.json();
    assert_eq!(
        (row["status"].as_str(), row["reason"]["code"].as_str()),
        (Some("failed"), Some("place_lost")),
        "{row:#}"
    );
    assert_eq!(admin.get("/api/quotas").await.json()["user_sessions"], 0);
    for action in ["FAIL_SESSION", "RELEASE_SESSION"] {
        let logs = admin.get(&format!("/api/audit?action={action}")).await.json();
        assert_eq!(
            (logs["total"].as_u64(), logs["logs"][0]["user"].as_str()),
            (Some(1), Some("command line")),
            "{logs}"
        );
    }
}

#[tokio::test]
async fn a_workload_that_is_nobodys_is_purged_by_hand_and_audited() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let (kept, lost) = (admin.launch_and_wait("clock").await, admin.launch_and_wait("clock").await);
    server.kill();
    sqlite(&world, &format!("DELETE FROM sessions WHERE id = '{lost}'"));

    let (_, said) = told(&world, &["workloads"]).await;
    let line = |session: &str| said.lines().find(|it| it.contains(session)).unwrap_or_default().to_owned();
    assert!(line(&lost).contains("no session") && line(&kept).contains("session: running"), "{said}");
    let (done, said) = told(&world, &["workloads", "purge", &kept, "--yes"]).await;
    assert!(!done && said.contains("not removed"), "{said}");
    let (done, said) = told(&world, &["workloads", "purge"]).await;
    assert!(!done && said.contains("--yes"), "{said}");
    assert!(told(&world, &["workloads"]).await.1.contains(&lost), "nothing was removed");
    let (done, said) = told(&world, &["workloads", "purge", "--yes"]).await;
    assert!(done && said.contains("1 of 1"), "{said}");
    let (_, said) = told(&world, &["workloads"]).await;
    assert!(!said.contains(&lost) && said.contains(&kept), "{said}");

    let server = world.start().await;
    let logs = server.admin().await.get("/api/audit?action=PURGE_WORKLOAD").await.json();
    assert_eq!((logs["total"].as_u64(), logs["logs"][0]["user"].as_str()), (Some(1), Some("command line")), "{logs}");
}

#[tokio::test]
async fn the_command_line_says_which_rule_decides() {
    let world = World::sqlite();
    let server = world.start().await;
    server.admin().await;
    server.kill();
    let question = ["access", "explain", "--user", "admin", "--action", "launch_app", "--app", "clock"];
    let (done, said) = told(&world, &question).await;
    assert!(done && said.contains("granted") && said.contains("(tenant_administrator)"), "{said}");
    let (done, said) =
        told(&world, &["access", "explain", "--user", "admin", "--action", "fly", "--app", "clock"]).await;
    assert!(!done && said.contains("launch_app"), "{said}");
}

#[tokio::test]
async fn what_runs_after_a_restore_is_taken_over_by_hand_and_goes_on() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let (known, lost) = (admin.launch_and_wait("clock").await, admin.launch_and_wait("clock").await);
    let foreign = admin.launch_and_wait("clock").await;
    server.kill();
    // An older database was restored: it knows one of the sessions, and that it is another incarnation.
    sqlite(&world, &format!("DELETE FROM sessions WHERE id IN ('{lost}', '{foreign}')"));
    sqlite(&world, "UPDATE installation SET incarnation = incarnation + 1");
    let spec = world.data_dir().join("workloads").join(&foreign).join("spec.json");
    let mut record: serde_json::Value = serde_json::from_slice(&std::fs::read(&spec).unwrap()).unwrap();
    record["installation"] = "somebody-elses".into();
    std::fs::write(&spec, record.to_string()).unwrap();
    // A display answers before its app is drawn.
    let before = wait_for(SOON, "three clocks", || async { Some(apps(&world)).filter(|it| it.len() == 3) }).await;

    let (_, said) = told(&world, &["workloads"]).await;
    let line = |session: &str| said.lines().find(|it| it.contains(session)).unwrap_or_default().to_owned();
    assert!(line(&known).contains("session: running, from before a restore"), "{said}");
    assert!(line(&lost).contains("no session") && line(&foreign).contains("somebody-elses"), "{said}");
    let (done, said) = told(&world, &["workloads", "adopt"]).await;
    assert!(!done && said.contains("--yes"), "nobody is there to confirm it: {said}");
    let (done, said) = told(&world, &["workloads", "adopt", "--yes"]).await;
    assert!(done && said.contains(&format!("1 of 1: {known} adopted")), "{said}");
    let (done, said) = told(&world, &["workloads", "adopt", &lost, "--yes"]).await;
    assert!(!done && said.contains("which app"), "{said}");
    let (done, said) = told(&world, &["workloads", "adopt", &foreign, "--app", "clock", "--yes"]).await;
    assert!(!done && said.contains("end its server for good"), "{said}");
    let (done, said) = told(&world, &["workloads", "adopt", "--app", "clock", "--yes"]).await;
    assert!(done && said.contains(&format!("1 of 1: {lost} adopted")), "{said}");
    let theirs = ["workloads", "adopt", "--app", "clock", "--from", "somebody-elses", "--owner"];
    let (done, said) = told(&world, &[&theirs[..], &["nobody", "--yes"]].concat()).await;
    assert!(!done && said.contains("nobody"), "{said}");
    let (done, said) = told(&world, &[&theirs[..], &["admin", "--yes"]].concat()).await;
    assert!(done && said.contains(&format!("1 of 1: {foreign} adopted")), "{said}");
    assert_eq!(apps(&world), before, "everything went on");

    let server = world.start().await;
    let admin = server.admin().await;
    for session in [&known, &lost, &foreign] {
        admin.until(session, "running").await;
        assert_eq!(admin.delete(&format!("/api/sessions/{session}")).await.status, 204);
    }
    admin.until_released(SOON).await;
    assert_eq!(apps(&world), Vec::<i32>::new());
    let logs = admin.get("/api/audit?action=ADOPT_WORKLOAD").await.json();
    assert_eq!(logs["logs"][0]["user"], "command line", "{logs}");
}

/// The apps that run.
fn apps(world: &World) -> Vec<i32> {
    let mut found: Vec<_> = world.processes().iter().filter(|it| it.is_app(&world.tag)).map(|it| it.pid).collect();
    found.sort_unstable();
    found
}
