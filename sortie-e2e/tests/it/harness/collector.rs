//! Who collects the audit: a real HTTP server, that takes entries, refuses them, or takes them and never says so.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use http_body_util::{BodyExt, Collected, Full};
use hyper::{Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::wait_for;

/// What it does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes the entries.
    Takes,
    /// Answers with this status.
    Refuses(u16),
    /// Writes the entries down, and the answer never comes.
    Holds,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    /// More lines than this are too large for it.
    most: usize,
    /// Every line that ever arrived and was not refused, in the order of arrival.
    lines: Vec<String>,
    refused: usize,
    tokens: Vec<String>,
}

/// One collector. Dropping it ends it.
pub(crate) struct Collector {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Collector {
    /// Starts one that takes everything.
    pub(crate) async fn start() -> Self {
        let state = State { mood: Mood::Takes, most: usize::MAX, lines: Vec::new(), refused: 0, tokens: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    /// Where it takes entries.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/audit?from=sortie", self.address)
    }

    /// Changes its mood.
    pub(crate) fn set(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Has it take so many lines at once, and no more.
    pub(crate) fn take_at_most(&self, lines: usize) {
        self.state.lock().unwrap().most = lines;
    }

    /// Every line that arrived.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().lines.clone()
    }

    /// How many requests it refused.
    pub(crate) fn refused(&self) -> usize {
        self.state.lock().unwrap().refused
    }

    /// The credentials that it was shown.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.state.lock().unwrap().tokens.clone()
    }

    /// What it has, by position: an entry that came twice was the same both times, and nobody skipped one.
    pub(crate) fn audit(&self) -> BTreeMap<i64, String> {
        let mut audit: BTreeMap<i64, String> = BTreeMap::new();
        for line in self.lines() {
            let entry: Value = serde_json::from_str(&line).unwrap();
            let position = entry["position"].as_i64().unwrap();
            let next = audit.last_key_value().map_or(1, |(last, _)| last + 1);
            assert!(position <= next, "{position} came before {next}");
            if let Some(before) = audit.insert(position, line.clone()) {
                assert_eq!(before, line, "the same entry is the same line");
            }
        }
        audit
    }

    /// Waits until it has an entry with this in it.
    pub(crate) async fn has(&self, what: &str) {
        let wanted = format!("{what} to reach the collector");
        wait_for(super::PATIENCE, &wanted, || async { self.lines().iter().any(|it| it.contains(what)).then_some(()) })
            .await;
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&state)));
            // Whoever was killed meanwhile hears no answer.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, state: Arc<Mutex<State>>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!((request.method().as_str(), request.uri().to_string().as_str()), ("POST", "/audit?from=sortie"));
    assert_eq!(request.headers()["content-type"], "application/x-ndjson");
    let token = request.headers().get("authorization").map(|it| it.to_str().unwrap().to_owned());
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let mood = {
        let mut state = state.lock().unwrap();
        state.tokens.extend(token);
        let lines: Vec<_> = String::from_utf8(body.to_vec()).unwrap().lines().map(str::to_owned).collect();
        let mood = if lines.len() > state.most { Mood::Refuses(413) } else { state.mood };
        match mood {
            Mood::Refuses(_) => state.refused += 1,
            Mood::Takes | Mood::Holds => state.lines.extend(lines),
        }
        mood
    };
    let status = match mood {
        Mood::Takes => 202,
        Mood::Refuses(status) => status,
        Mood::Holds => std::future::pending().await,
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}
