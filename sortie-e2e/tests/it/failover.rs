//! One of three servers is killed while people look at screens: they are back through the others, and nobody else notices.
//!
//! Three servers on one machine share its place: the folder of its desktops and the database.

mod viewer;

use std::{collections::BTreeMap, time::Duration};

use rustix::process::Signal;
use serde_json::json;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::harness::{
    balancer::Balancer,
    client::{Client, id},
    server::Server,
    trial::{self, Dice},
    world::{PASSWORD, World},
};
use viewer::{Happened, View};

const SERVERS: usize = 3;
/// In `make test-long` 300 streams: ten people have three desktops each, which they see in ten tabs each, for two processors
/// carry no 300 X servers.
const PEOPLE: (usize, usize) = (1, 10);
const DESKTOPS: usize = 3;
const TABS: usize = 10;
/// The longest that anything may take here. What it took is printed, not asserted.
const LIMIT: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn viewers_of_a_killed_server_are_back_through_the_others() {
    let balancer = Balancer::start().await;
    let (world, mut servers) = behind(&balancer).await;
    let admin = Client::anonymous(balancer.address).signed_in("admin", PASSWORD).await;
    let mut desktops = Vec::new();
    for number in 0..trial::count(PEOPLE.0, PEOPLE.1) {
        desktops.extend(launched(&joined(&admin, number).await).await);
    }
    let count = desktops.len() * TABS;

    let mut dice = Dice::thrown();
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut viewers = JoinSet::new();
    for number in 0..count {
        let (client, session) = desktops[number % desktops.len()].clone();
        let view = View { number, client, session };
        viewers.spawn(view.keep(tell.clone(), Dice::of(dice.roll(u64::MAX))));
        // As people come: not all in one moment.
        if number % 10 == 9 {
            seen(&mut told, 10).await;
        }
    }
    // The one that was first has the place's lease, too.
    let killed = servers.remove(0);
    let hit = balancer.open_at(killed.address);
    assert!(hit * SERVERS >= count / 2, "{hit} of {count} streams lead to it");
    killed.signal(Signal::KILL);
    let begun = Instant::now();
    let mut times = back(&mut told, hit, begun).await;
    println!(
        "{count} streams to {} desktops through {SERVERS} servers, {hit} through the one that was killed; back after {}",
        desktops.len(),
        spread(&mut times)
    );
    for (person, session) in &desktops {
        let now = person.get(&format!("/api/sessions/{session}")).await.json();
        assert_eq!(now["status"], "running", "{now:#}");
    }
    assert!(told.try_recv().is_err(), "nobody else was cut");
    viewers.shutdown().await;
    for (person, session) in &desktops {
        assert_eq!(person.delete(&format!("/api/sessions/{session}")).await.status, 204);
    }
    world.empty(LIMIT).await;
}

async fn behind(balancer: &Balancer) -> (World, Vec<Server>) {
    let mut world = World::postgres();
    world.set("SORTIE_PUBLIC_URL", &format!("http://{}", balancer.address));
    world.set("SORTIE_MAX_SESSIONS_PER_USER", "0");
    world.set("SORTIE_MAX_GLOBAL_SESSIONS", "0");
    world.set("SORTIE_WRITE_RATE_LIMIT", "0");
    // All viewers have one address here.
    world.set("SORTIE_GATEWAY_RATE_LIMIT", "0");
    let mut servers = Vec::new();
    for _ in 0..SERVERS {
        let server = world.start().await;
        balancer.add(server.address);
        servers.push(server);
    }
    (world, servers)
}

/// Somebody new.
async fn joined(admin: &Client, number: usize) -> Client {
    let (name, password) = (format!("person-{number}"), "has-a-long-password-of-its-own");
    let user = json!({"username": name, "password": password, "roles": ["user"]});
    let made = admin.post("/api/admin/users", &user).await;
    assert_eq!(made.status, 201, "{made:?}");
    Client::anonymous(admin.address).signed_in(&name, password).await
}

async fn launched(person: &Client) -> Vec<(Client, String)> {
    let wish = json!({"app_id": "clock", "screen_width": 200, "screen_height": 150});
    let mut desktops = Vec::new();
    for _ in 0..DESKTOPS {
        let answer = person.post("/api/sessions", &wish).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let session = id(&answer.json());
        person.until(&session, "running").await;
        desktops.push((person.clone(), session));
    }
    desktops
}

/// Waits until so many more viewers see their first picture.
async fn seen(told: &mut mpsc::UnboundedReceiver<(usize, Happened)>, count: usize) {
    let limit = Instant::now() + LIMIT;
    for _ in 0..count {
        let (number, happened) = timeout_at(limit, told.recv()).await.expect("a picture in time").unwrap();
        assert!(matches!(happened, Happened::Shown), "viewer {number}: {happened:?}");
    }
}

/// Waits until the viewers who were cut see a picture again; answers after how long each of them did.
async fn back(
    told: &mut mpsc::UnboundedReceiver<(usize, Happened)>,
    hit: usize,
    begun: Instant,
) -> BTreeMap<usize, Duration> {
    let (mut lost, mut times) = (BTreeMap::new(), BTreeMap::new());
    while times.len() < hit {
        let next = timeout_at(begun + LIMIT, told.recv()).await;
        let story = || format!("{} of {hit} were cut, {} of them are back", lost.len(), times.len());
        let (number, happened) = next.unwrap_or_else(|_| panic!("{}", story())).unwrap();
        match happened {
            Happened::Shown => drop(times.insert(number, begun.elapsed())),
            Happened::Gone(gone) => {
                lost.entry(number).or_insert_with(Vec::new).push(gone);
            }
        }
    }
    assert_eq!(lost.len(), hit, "only those who looked through the killed server were cut: {lost:?}");
    let again: Vec<_> = lost.iter().filter(|it| it.1.len() > 1).collect();
    println!("dialled more than once: {again:?}");
    times
}

fn spread(times: &mut BTreeMap<usize, Duration>) -> String {
    let mut sorted: Vec<_> = times.values().copied().collect();
    sorted.sort_unstable();
    let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    format!("{:.2?} at best, median {:.2?}, p95 {:.2?}, worst {:.2?}", at(0), at(50), at(95), at(100))
}
