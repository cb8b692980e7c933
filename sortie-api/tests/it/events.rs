//! `/api/sessions/events`.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::world::{World, client::Ask, link};

/// One block of the stream.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: Option<i64>,
    name: String,
    pub(crate) data: Value,
}

pub(crate) struct Listener {
    body: Incoming,
    text: String,
}

impl Listener {
    pub(crate) async fn open(world: &World, token: &str, after: Option<i64>, query: &str) -> Self {
        Self::begin(world.ask("GET", &format!("/api/sessions/events{query}")).bearer(token), after).await
    }

    /// Listens to services as a stranger.
    pub(crate) async fn to_services(world: &World, after: Option<i64>) -> Self {
        Self::begin(world.ask("GET", "/api/v1/events"), after).await
    }

    async fn begin(mut ask: Ask, after: Option<i64>) -> Self {
        if let Some(after) = after {
            ask = ask.header("last-event-id", &after.to_string());
        }
        let response = ask.begin().await;
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event; `None` when the server ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|it| it.strip_prefix(name)).map(str::to_owned);
                let event = field("event: ").map(|name| Event {
                    id: field("id: ").and_then(|it| it.parse().ok()),
                    name,
                    data: serde_json::from_str(&field("data: ").unwrap()).unwrap(),
                });
                let read = self.text.len() - rest.len();
                self.text.drain(..read);
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let frame =
                tokio::time::timeout(Duration::from_secs(10), self.body.frame()).await.expect("an event in time");
            let data = frame?.ok()?.into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// Everything that was heard up to an event of this kind, as text.
    pub(crate) async fn heard_until(&mut self, kind: &str) -> String {
        let mut heard = String::new();
        loop {
            let event = self.next().await.expect("more events");
            heard.push_str(&event.data.to_string());
            if event.data["type"] == kind {
                return heard;
            }
        }
    }

    pub(crate) async fn until(&mut self, kind: &str) -> Event {
        loop {
            let event = self.next().await.expect("more events");
            if event.data["type"] == kind {
                return event;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_hears_of_ones_own_sessions_and_of_the_catalog() {
    let world = World::start().await;
    let (adele, bob, ann) = (world.token("adele").await, world.token("bob").await, world.token("ann").await);
    let mut listener = Listener::open(&world, &bob, None, "").await;
    let first = listener.next().await.unwrap();
    assert_eq!((first.name.as_str(), first.data), ("connected", json!({})));
    let others = world.launch(&adele).await;
    let own = world.launch(&bob).await;
    let created = listener.until("session.created").await;
    assert_eq!((created.name.as_str(), created.data["session_id"].as_str()), ("session", Some(own.as_str())));
    assert_ne!(created.data["session_id"], others.as_str());
    let ready = listener.until("session.ready").await;
    assert_eq!(ready.data["status"], "running");
    assert!(ready.id > created.id);
    world.ask("DELETE", &format!("/api/sessions/{own}")).bearer(&bob).send().await;
    let stopped = listener.until("session.stopped").await;
    assert_eq!(stopped.data["reason"]["code"], "stopped_by_user");
    assert!(stopped.data["reason"]["message"].as_str().is_some_and(|it| it.ends_with('.')), "{}", stopped.data);
    world.ask("POST", "/api/apps").bearer(&ann).json(&link("new")).await;
    let app = listener.until("app.created").await;
    assert_eq!((app.name.as_str(), app.data["app_id"].as_str()), ("apps", Some("new")));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_hear_of_everybody() {
    let world = World::start().await;
    let (adele, bob, root) = (world.token("adele").await, world.token("bob").await, world.token("root").await);
    let mut all = Listener::open(&world, &root, None, "?scope=all").await;
    let mut own = Listener::open(&world, &bob, None, "?scope=all").await;
    let session = world.launch(&adele).await;
    assert_eq!(all.until("session.created").await.data["session_id"], session.as_str());
    let bobs = world.launch(&bob).await;
    assert_eq!(own.until("session.created").await.data["session_id"], bobs.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_comes_back_gets_what_it_missed_and_nothing_twice() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let mut listener = Listener::open(&world, &bob, None, "").await;
    world.launch(&bob).await;
    let seen = listener.until("session.ready").await.id;
    drop(listener);
    let missed = world.launch(&bob).await;
    let mut again = Listener::open(&world, &bob, seen, "").await;
    again.next().await.unwrap();
    let event = again.until("session.created").await;
    assert_eq!(event.data["session_id"], missed.as_str());
    assert!(event.id > seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_nobody_knows_means_reading_everything_again() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let mut listener = Listener::open(&world, &bob, Some(9_999_999), "").await;
    listener.next().await.unwrap();
    assert_eq!(listener.next().await.unwrap().name, "resync");
    let mut odd = Listener::open(&world, &bob, None, "?after=banana").await;
    odd.next().await.unwrap();
    assert_eq!(odd.next().await.unwrap().name, "resync");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_event_stream() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let mut listener = Listener::open(&world, &bob, None, "").await;
    listener.next().await.unwrap();
    assert_eq!(world.ask("POST", "/api/auth/logout").bearer(&bob).await.status, 204);
    assert!(listener.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_holds_so_many_event_streams_and_no_more() {
    let world = World::start_with(|it| it.max_streams_per_user = 1).await;
    let bob = world.token("bob").await;
    let _held = Listener::open(&world, &bob, None, "").await;
    assert_eq!(world.ask("GET", "/api/sessions/events").bearer(&bob).await.status, 429);
}
