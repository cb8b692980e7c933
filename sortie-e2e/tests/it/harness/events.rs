//! A reader of the event stream (WHATWG HTML, 9.2).

use http_body_util::BodyExt;
use hyper::{Method, body::Incoming};
use serde_json::Value;
use tokio::time::timeout;

use super::{PATIENCE, client::Client};

/// One event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// An open event stream.
pub(crate) struct Events {
    body: Incoming,
    pending: String,
}

impl Events {
    /// Opens one; `query` is empty or begins with `?`.
    pub(crate) async fn open(client: &Client, query: &str) -> Self {
        let path = format!("/api/sessions/events{query}");
        let response = client.begin(Method::GET, &path, None).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut events = Self { body: response.into_body(), pending: String::new() };
        assert_eq!(events.next().await.expect("a greeting").name, "connected");
        events
    }

    /// The next event; `None` when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        timeout(PATIENCE, self.read()).await.expect("an event in time")
    }

    /// The events of one session up to the first whose type is `last`.
    pub(crate) async fn of_session(&mut self, session: &str, last: &str) -> Vec<Event> {
        let mut seen = Vec::new();
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended after {seen:?}"));
            if event.name != "session" || event.data["session_id"] != session {
                continue;
            }
            seen.push(event);
            if seen.last().is_some_and(|it| it.data["type"] == last) {
                return seen;
            }
        }
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.pending.split_once("\n\n") {
                let event = parse(block);
                self.pending = rest.to_owned();
                if !event.name.is_empty() {
                    return Some(event);
                }
            }
            let frame = self.body.frame().await?.ok()?;
            let data = frame.into_data().unwrap_or_default();
            self.pending.push_str(std::str::from_utf8(&data).expect("whole characters"));
        }
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(':') {
            Some(("id", text)) => text.trim().clone_into(&mut event.id),
            Some(("event", text)) => text.trim().clone_into(&mut event.name),
            Some(("data", text)) => event.data = serde_json::from_str(text.trim()).expect("JSON in the data"),
            _ => {}
        }
    }
    event
}
