//! SIGKILL at any moment: afterwards the rows say what runs, and what ran still runs.

mod journal;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use hyper::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::harness::{
    PATIENCE,
    client::{Client, id},
    screen::Screen,
    trial::{self, Dice},
    wait_for,
    world::World,
};
use journal::Journal;

/// In `make test-long` 500 launches and about as many stops.
const ROUNDS: (usize, usize) = (5, 50);
const LAUNCHES_PER_ROUND: usize = 10;

#[tokio::test]
async fn launches_and_stops_survive_sudden_deaths_on_sqlite() {
    sudden_deaths(World::sqlite()).await;
}

#[tokio::test]
async fn launches_and_stops_survive_sudden_deaths_on_postgresql() {
    sudden_deaths(World::postgres()).await;
}

async fn sudden_deaths(mut world: World) {
    world.set("SORTIE_MAX_SESSIONS_PER_USER", "0");
    world.set("SORTIE_MAX_GLOBAL_SESSIONS", "0");
    world.set("SORTIE_WRITE_RATE_LIMIT", "0");
    let mut server = world.start().await;
    let mut person = server.admin().await;
    let (mut dice, journal) = (Dice::thrown(), Journal::default());
    let (mut rows, mut converged) = (BTreeMap::new(), Vec::new());
    for round in 0..trial::count(ROUNDS.0, ROUNDS.1) {
        let moment = dice.moment(1_500);
        let ends: Vec<_> = running(&rows).into_iter().filter(|_| dice.roll(2) == 0).collect();
        println!("round {round}: {} stops, SIGKILL {moment:?} after the first launch", ends.len());
        let ends = ends.iter().map(|it| {
            let (pause, way) = (dice.moment(1_000), dice.roll(2));
            end_after(pause, &journal, &person, it, way)
        });
        let ends = futures_util::future::join_all(ends.collect::<Vec<_>>());
        // Some are not wanted any more as soon as they are there.
        let launches = (0..LAUNCHES_PER_ROUND).map(|_| launch(&journal, &person, dice.roll(5) == 0, dice.roll(2)));
        let launches = futures_util::future::join_all(launches.collect::<Vec<_>>());
        let death = async {
            tokio::time::sleep(moment).await;
            server.signal(Signal::KILL);
        };
        tokio::join!(launches, ends, death);
        let running_apps = world.apps();
        server.kill();
        if dice.roll(4) == 0 {
            die_while_starting(&world, dice.moment(1_000)).await;
        }
        let begun = Instant::now();
        server = world.start().await;
        // Anew each time: a long trial outlives a sign-in.
        person = server.admin().await;
        rows = settled(&person).await;
        converged.push(begun.elapsed());
        journal.check(&rows);
        check_apps(&world, &rows, &running_apps).await;
    }
    converged.sort_unstable();
    let (middle, last) = (converged[converged.len() / 2], converged[converged.len() - 1]);
    println!("{}; from start to settled: median {middle:.1?}, most {last:.1?}", journal.story());
    journal.check_audit(&person, &rows).await;
    reach(&world, &person, &rows).await;
    end_all(&world, &person, &rows).await;
    let sealed = wait_for(PATIENCE, "everything to be sealed", async || {
        let said = world.run(&["audit", "verify"], PATIENCE).await;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        said.contains("Not sealed yet: 0.").then_some(said)
    })
    .await;
    assert!(sealed.contains("The audit is what was sealed"), "{sealed}");
}

async fn launch(journal: &Journal, person: &Client, is_unwanted: bool, way: u64) {
    if let Some(session) = journal.launch(person).await
        && is_unwanted
    {
        journal.end(person, &session, way).await;
    }
}

async fn end_after(pause: Duration, journal: &Journal, person: &Client, session: &str, way: u64) {
    tokio::time::sleep(pause).await;
    journal.end(person, session, way).await;
}

/// A server that is killed at some moment of its start.
async fn die_while_starting(world: &World, moment: Duration) {
    let mut starting = world.begin(&[]);
    tokio::time::sleep(moment).await;
    starting.kill().unwrap();
    starting.wait().unwrap();
}

fn running(rows: &BTreeMap<String, Value>) -> Vec<String> {
    rows.iter().filter(|it| it.1["status"] == "running").map(|it| it.0.clone()).collect()
}

/// Waits until no session is between two statuses, and what ended is released; answers every session's row.
async fn settled(person: &Client) -> BTreeMap<String, Value> {
    wait_for(Duration::from_mins(1), "every session to be settled", || async {
        let rows = all_sessions(person).await;
        let held = person.get("/api/quotas").await.json()["user_sessions"].as_u64();
        let is_settled = rows.values().all(|it| it["status"] != "creating");
        (is_settled && held == u64::try_from(running(&rows).len()).ok()).then_some(rows)
    })
    .await
}

async fn all_sessions(person: &Client) -> BTreeMap<String, Value> {
    let answer = person.get("/api/admin/sessions?limit=1000").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let rows = answer.json().as_array().unwrap().clone();
    rows.into_iter().map(|it| (id(&it), it)).collect()
}

/// What is there of each session that has no app, and which apps have no session.
fn story(world: &World, running: &BTreeSet<String>, apps: &BTreeMap<String, i32>) -> String {
    let mut told = vec!["running sessions do not equal apps".to_owned()];
    for session in running.iter().filter(|it| !apps.contains_key(*it)) {
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
    told.extend(
        apps.keys().filter(|it| !running.contains(*it)).map(|it| format!("app without a running session {it}")),
    );
    told.join("\n")
}

/// Running sessions equal processes, and no app was ended or started twice by the server's death.
async fn check_apps(world: &World, rows: &BTreeMap<String, Value>, before: &BTreeMap<String, i32>) {
    let expected: BTreeSet<_> = running(rows).into_iter().collect();
    // A session runs as soon as its screen is there; its app shows a moment later.
    let begun = Instant::now();
    let now = loop {
        let now = world.apps();
        if now.keys().eq(expected.iter()) {
            break now;
        }
        // Ten terminals start at once on a machine that may be small and busy.
        assert!(begun.elapsed() < PATIENCE * 4, "{}", story(world, &expected, &now));
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    for (session, pid) in before.iter().filter(|it| expected.contains(it.0)) {
        assert_eq!(now.get(session), Some(pid), "the app of {session} is the one that it was");
    }
    let n_terminals = world.processes().iter().filter(|it| it.is_app(&world.tag)).count();
    assert_eq!(n_terminals, expected.len(), "terminals outside of any workload");
}

/// Every desktop can be reached; a few of them are looked at.
async fn reach(world: &World, person: &Client, rows: &BTreeMap<String, Value>) {
    for session in running(rows).iter().step_by(10) {
        let mut screen = Screen::open(person, session).await.unwrap();
        screen.terminal().await.unwrap();
        screen.type_line("touch ~/reached").await.unwrap();
        world.file(&world.record(session).home.join("reached")).await;
    }
}

async fn end_all(world: &World, person: &Client, rows: &BTreeMap<String, Value>) {
    let running = running(rows);
    let ends = running.iter().map(|it| async move {
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
