//! SIGKILL at any moment: afterwards the rows say what runs, and what ran still runs.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, RandomState},
    sync::Mutex,
    time::{Duration, Instant},
};

use hyper::Method;
use serde_json::{Value, json};

use super::harness::{
    PATIENCE,
    client::{Client, id},
    screen::Screen,
    wait_for,
    world::World,
};

const ROUNDS: u64 = 5;
const LAUNCHES_PER_ROUND: usize = 10;

#[tokio::test]
async fn fifty_launches_survive_five_sudden_deaths_on_sqlite() {
    sudden_deaths(World::sqlite()).await;
}

#[tokio::test]
async fn fifty_launches_survive_five_sudden_deaths_on_postgresql() {
    sudden_deaths(World::postgres()).await;
}

async fn sudden_deaths(mut world: World) {
    world.set("SORTIE_MAX_SESSIONS_PER_USER", "0");
    world.set("SORTIE_MAX_GLOBAL_SESSIONS", "0");
    let mut server = world.start().await;
    let mut person = server.admin().await;
    let acknowledged = Mutex::new(BTreeSet::new());
    for round in 0..ROUNDS {
        let moment = Duration::from_millis(RandomState::new().hash_one(round) % 1_500);
        println!("round {round}: SIGKILL {moment:?} after the first launch");
        let launches = (0..LAUNCHES_PER_ROUND).map(|_| launch(&person, &acknowledged));
        let launches = futures_util::future::join_all(launches);
        let death = async {
            tokio::time::sleep(moment).await;
            server.signal(rustix::process::Signal::KILL);
        };
        tokio::join!(launches, death);
        let running_apps = world.apps();
        server.kill();
        server = world.start().await;
        person = person.at(server.address);
        let rows = settled(&person).await;
        check_apps(&world, &rows, &running_apps).await;
    }
    let rows = settled(&person).await;
    let known: BTreeSet<_> = rows.keys().cloned().collect();
    let lost: Vec<_> = acknowledged.lock().unwrap().difference(&known).cloned().collect();
    assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
    check_audit(&person, &known).await;
    reach(&world, &person, &rows).await;
    end_all(&world, &person, &rows).await;
}

/// Launches, and notes what was acknowledged. The server may die meanwhile.
async fn launch(person: &Client, acknowledged: &Mutex<BTreeSet<String>>) {
    let wish = json!({"app_id": "terminal", "screen_width": 400, "screen_height": 300});
    let Ok(answer) = person.try_send(Method::POST, "/api/sessions", Some(&wish)).await else { return };
    assert_eq!(answer.status, 201, "{answer:?}");
    acknowledged.lock().unwrap().insert(id(&answer.json()));
}

/// Waits until no session is between two statuses; answers every session's row.
async fn settled(person: &Client) -> BTreeMap<String, Value> {
    wait_for(Duration::from_mins(1), "every session to be settled", || async {
        let rows = all_sessions(person).await;
        rows.values().all(|it| it["status"] != "creating").then_some(rows)
    })
    .await
}

async fn all_sessions(person: &Client) -> BTreeMap<String, Value> {
    let answer = person.get("/api/admin/sessions?limit=200").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let rows = answer.json().as_array().unwrap().clone();
    rows.into_iter().map(|it| (id(&it), it)).collect()
}

/// What is there of each session that has no app, and which apps have no session.
fn story(world: &World, rows: &BTreeMap<String, Value>, apps: &BTreeMap<String, i32>) -> String {
    let mut told = vec!["rows do not equal apps".to_owned()];
    for session in rows.keys().filter(|it| !apps.contains_key(*it)) {
        let folder = world.data_dir().join("workloads").join(session);
        let files: Vec<_> =
            std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|it| it.file_name()).collect();
        let status = std::fs::read_to_string(folder.join("app.status")).unwrap_or_default();
        told.push(format!("no app of {session}: {files:?}; app.status: {status}"));
        told.extend(
            world
                .processes()
                .into_iter()
                .filter(|it| it.words.concat().contains(session))
                .map(|it| format!("  {it:?}")),
        );
    }
    told.extend(apps.keys().filter(|it| !rows.contains_key(*it)).map(|it| format!("app of an unknown session {it}")));
    told.join("\n")
}

/// Rows equal processes, and no app was ended or started twice by the server's death.
async fn check_apps(world: &World, rows: &BTreeMap<String, Value>, before: &BTreeMap<String, i32>) {
    let ended: Vec<_> = rows.values().filter(|row| row["status"] != "running").collect();
    assert!(ended.is_empty(), "no launch fails because the server died: {ended:#?}");
    // A session runs as soon as its screen is there; its app shows a moment later.
    let begun = Instant::now();
    let now = loop {
        let now = world.apps();
        if now.keys().eq(rows.keys()) {
            break now;
        }
        // Ten terminals start at once on a machine that may be small and busy.
        assert!(begun.elapsed() < PATIENCE * 4, "{}", story(world, rows, &now));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    for (session, pid) in before {
        assert_eq!(now.get(session), Some(pid), "the app of {session} is the one that it was");
    }
    let n_terminals = world.processes().iter().filter(|it| it.is_app(&world.tag)).count();
    assert_eq!(n_terminals, rows.len(), "terminals outside of any workload");
}

async fn check_audit(person: &Client, known: &BTreeSet<String>) {
    let logs = person.get("/api/audit?action=CREATE_SESSION&limit=200").await.json();
    let total = usize::try_from(logs["total"].as_u64().unwrap()).unwrap();
    assert_eq!(total, known.len(), "one audit row for each session");
}

/// Every desktop can be reached; a few of them are looked at.
async fn reach(world: &World, person: &Client, rows: &BTreeMap<String, Value>) {
    for session in rows.keys().step_by(10) {
        let mut screen = Screen::open(person, session).await.unwrap();
        screen.terminal().await.unwrap();
        screen.type_line("touch ~/reached").await.unwrap();
        world.file(&world.record(session).home.join("reached")).await;
    }
}

async fn end_all(world: &World, person: &Client, rows: &BTreeMap<String, Value>) {
    let ends = rows.keys().map(|it| async move {
        let answer = person.delete(&format!("/api/sessions/{it}")).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    });
    futures_util::future::join_all(ends).await;
    person.until_released(Duration::from_mins(1)).await;
    world.empty(Duration::from_secs(30)).await;
}

#[tokio::test]
async fn a_stop_that_was_asked_for_is_finished_after_a_sudden_death() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(person.launch_and_wait("clock").await);
    }
    let stops = sessions.iter().map(|it| {
        let path = format!("/api/sessions/{it}/stop");
        let person = &person;
        async move { person.try_send(Method::POST, &path, Some(&json!({}))).await.is_ok_and(|it| it.status == 200) }
    });
    let acknowledged = futures_util::future::join_all(stops).await;
    server.kill();
    assert!(acknowledged.iter().all(|it| *it), "{acknowledged:?}");
    let server = world.start().await;
    let person = person.at(server.address);
    person.until_released(Duration::from_secs(30)).await;
    world.empty(Duration::from_secs(10)).await;
    for session in &sessions {
        assert_eq!(person.get(&format!("/api/sessions/{session}")).await.json()["status"], "stopped");
    }
}
