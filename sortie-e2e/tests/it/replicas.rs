//! Several servers on one database: they agree on limits, events and who is signed in.
//!
//! The local runtime serves one machine, and each server has a place of its own there.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use sortie_testkit::postgres::{pooler::Pooler, tls::Network};

use super::harness::{
    client::Client,
    events::Events,
    server::Server,
    wait_for,
    world::{PASSWORD, World},
};

const LIMIT: usize = 4;
const LAUNCHES: usize = 256;

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_admit_exactly_the_limit_of_racing_launches() {
    racing_launches(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_replicas_admit_exactly_the_limit_of_racing_launches() {
    racing_launches(4).await;
}

/// Worlds on one database, the first of which seeded it.
async fn replicas(count: usize, prepare: impl Fn(&mut World)) -> (Vec<World>, Vec<Server>) {
    let mut first = World::postgres();
    prepare(&mut first);
    let mut worlds = vec![first];
    for _ in 1..count {
        let next = worlds[0].beside();
        worlds.push(next);
    }
    let mut servers = Vec::new();
    for world in &worlds {
        servers.push(world.start().await);
    }
    (worlds, servers)
}

async fn racing_launches(count: usize) {
    let (worlds, servers) = replicas(count, |world| {
        world.set("SORTIE_MAX_SESSIONS_PER_USER", &LIMIT.to_string());
        world.set("SORTIE_WRITE_RATE_LIMIT", "0");
    })
    .await;
    let person = servers[0].admin().await;
    let wish = json!({"app_id": "clock", "screen_width": 200, "screen_height": 150});
    let launches = (0..LAUNCHES).map(|it| {
        let (person, wish) = (person.at(servers[it % count].address), &wish);
        async move { person.post("/api/sessions", wish).await }
    });
    let answers = futures_util::future::join_all(launches).await;
    let admitted = answers.iter().filter(|it| it.status == 201).count();
    // A database that is busy for a second says so, also of a launch that comes about after all; it never admits one too many
    // for that.
    let odd: Vec<_> = answers.iter().filter(|it| ![201, 429, 503].contains(&it.status)).collect();
    assert!(odd.is_empty(), "{odd:?}");
    let stored = worlds[0].query("SELECT count(*) FROM sessions WHERE released_at IS NULL");
    assert_eq!(stored, LIMIT.to_string());
    let busy = answers.iter().filter(|it| it.status == 503).count();
    assert!(admitted <= LIMIT && admitted + busy >= LIMIT, "{admitted} admitted, {busy} told to come back");
    println!("{count} replicas, {LAUNCHES} launches: {admitted} admitted, {busy} told to come back");
    for session in person.get("/api/sessions").await.json().as_array().unwrap() {
        let path = format!("/api/sessions/{}", session["id"].as_str().unwrap());
        // By another replica than the one that runs it, as often as not.
        assert_eq!(person.at(servers[count - 1].address).delete(&path).await.status, 204);
    }
    person.until_released(Duration::from_secs(30)).await;
}

#[tokio::test]
async fn events_of_one_replica_are_heard_at_the_others_and_resumed_there() {
    let (_worlds, servers) = replicas(2, |_| {}).await;
    one_truth(&servers).await;
}

#[tokio::test]
async fn replicas_behind_a_pooler_agree_without_hints() {
    let (worlds, servers) = replicas(2, |world| {
        let dsn = Pooler::shared().dsn(world.variable("SORTIE_DB_DSN")).unwrap();
        world.set("SORTIE_DB_DSN", &dsn);
    })
    .await;
    one_truth(&servers).await;
    for world in &worlds {
        assert!(world.logs().contains("A transaction pooler is in front of PostgreSQL"), "start-up says so");
    }
}

async fn one_truth(servers: &[Server]) {
    let here = servers[0].admin().await;
    let there = here.at(servers[1].address);
    assert_eq!(there.get("/api/auth/me").await.status, 200, "a sign-in holds everywhere");
    let (mut first_feed, mut other_feed) = (Events::open(&here, "").await, Events::open(&there, "").await);
    let session = here.launch_and_wait("clock").await;
    let seen = other_feed.of_session(&session, "session.ready").await;
    let first = seen.first().unwrap().id.parse::<i64>().unwrap();
    assert_eq!(there.post(&format!("/api/sessions/{session}/stop"), &json!({})).await.status, 200);
    first_feed.of_session(&session, "session.released").await;
    // Whoever comes back with a position from one replica goes on at another where it was.
    let mut resumed = Events::open(&there, &format!("?after={first}")).await;
    let rest = resumed.of_session(&session, "session.released").await;
    assert!(rest.iter().all(|it| it.id.parse::<i64>().unwrap() > first), "{rest:?}");
    assert_eq!(rest.len(), heard_rest(&mut other_feed, &session, &seen).await, "nothing is missing or told twice");
    here.post("/api/auth/logout", &json!({})).await;
    wait_for(Duration::from_secs(5), "the sign-out to hold everywhere", || async {
        (there.get("/api/auth/me").await.status == 401).then_some(())
    })
    .await;
}

/// How many events of the session there are behind the first.
async fn heard_rest(events: &mut Events, session: &str, seen: &[super::harness::events::Event]) -> usize {
    seen.len() - 1 + events.of_session(session, "session.released").await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_servers_that_start_together_on_an_empty_database_all_serve() {
    let first = World::postgres();
    let mut worlds: Vec<_> = (1..8).map(|_| first.beside()).collect();
    worlds.push(first);
    let servers = futures_util::future::join_all(worlds.iter().map(World::start)).await;
    let person = servers[0].admin().await;
    let apps = person.get("/api/apps").await.json();
    for server in &servers {
        assert_eq!(person.at(server.address).get("/api/apps").await.json(), apps);
    }
    assert_eq!(worlds[0].query("SELECT count(*) FROM users"), "1", "one first administrator");
}

#[tokio::test]
async fn a_replica_that_is_asked_to_end_is_gone_in_time_and_the_other_goes_on() {
    let (_worlds, mut servers) = replicas(2, |_| {}).await;
    let staying = servers.pop().unwrap();
    let leaving = servers.pop().unwrap();
    let person = staying.admin().await;
    let mut events = Events::open(&person.at(leaving.address), "").await;
    let asked = Instant::now();
    leaving.signal(Signal::TERM);
    while events.next().await.is_some() {}
    assert!(leaving.ended(Duration::from_secs(25)).await.success());
    assert!(asked.elapsed() < Duration::from_secs(25));
    let session = person.launch_and_wait("clock").await;
    assert_eq!(person.delete(&format!("/api/sessions/{session}")).await.status, 204);
}

#[tokio::test]
async fn a_database_that_is_read_on_the_way_is_warned_of() {
    let network = Network::open().unwrap();
    let mut world = World::postgres();
    world.set("SORTIE_DB_DSN", &network.empty_database("localhost").unwrap());
    let server = world.start().await;
    let _: Client = server.anybody().signed_in("admin", PASSWORD).await;
    assert!(world.logs().contains("The connection to PostgreSQL is not encrypted"), "start-up says so");
}

#[tokio::test]
async fn a_root_certificate_from_the_settings_is_what_the_server_is_checked_against() {
    let network = Network::encrypted().unwrap();
    let mut world = World::postgres();
    let dsn = network.empty_database("localhost").unwrap();
    let of = |keyword: &str| {
        let found = dsn.split(' ').find_map(|it| it.strip_prefix(keyword)?.strip_prefix('='));
        found.unwrap().to_owned()
    };
    world.unset("SORTIE_DB_DSN");
    world.set("SORTIE_DB_HOST", "localhost");
    world.set("SORTIE_DB_PORT", &of("port"));
    world.set("SORTIE_DB_USER", &of("user"));
    world.set("SORTIE_DB_NAME", &of("dbname"));
    world.set("SORTIE_DB_SSLMODE", "verify-full");
    world.set("SORTIE_DB_SSLROOTCERT", &network.stranger().display().to_string());
    let refused = world.run(&["migrate"], Duration::from_secs(20)).await;
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("certificate verify failed"), "{refused:?}");
    world.set("SORTIE_DB_SSLROOTCERT", &network.authority().display().to_string());
    let server = world.start().await;
    server.admin().await;
    assert!(!world.logs().contains("is not encrypted"));
}
