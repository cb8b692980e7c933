//! What the server acknowledged before it died, and what must be so afterwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use hyper::Method;
use serde_json::{Value, json};

use super::super::harness::client::{Client, id};

/// The two ways to end a session, each with its action in the audit.
const WAYS: [(&str, &str); 2] = [("STOP_SESSION", "/stop"), ("TERMINATE_SESSION", "")];

/// Everything that was asked for and answered.
#[derive(Default)]
pub(super) struct Journal(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    launched: BTreeSet<String>,
    asked_to_end: BTreeSet<String>,
    /// With the action that stands for it in the audit.
    ended: BTreeMap<String, &'static str>,
}

impl Journal {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Launches a terminal, and notes it if that was acknowledged; its id then. The server may die meanwhile.
    pub(super) async fn launch(&self, person: &Client) -> Option<String> {
        let wish = json!({"app_id": "terminal", "screen_width": 400, "screen_height": 300});
        let answer = person.try_send(Method::POST, "/api/sessions", Some(&wish)).await.ok()?;
        assert_eq!(answer.status, 201, "{answer:?}");
        let session = id(&answer.json());
        self.entries().launched.insert(session.clone());
        Some(session)
    }

    /// Ends a session, in one of the two ways, and notes it if that was acknowledged. The server may die meanwhile.
    pub(super) async fn end(&self, person: &Client, session: &str, way: u64) {
        let (action, path) = WAYS[usize::from(way != 0)];
        self.entries().asked_to_end.insert(session.to_owned());
        let path = format!("/api/sessions/{session}{path}");
        let (answer, status) = if path.ends_with("/stop") {
            (person.try_send(Method::POST, &path, Some(&json!({}))).await, 200)
        } else {
            (person.try_send(Method::DELETE, &path, None).await, 204)
        };
        let Ok(answer) = answer else { return };
        assert_eq!(answer.status, status, "{answer:?}");
        self.entries().ended.insert(session.to_owned(), action);
    }

    /// Nothing that was acknowledged is undone, and nothing happened that nobody asked for.
    pub(super) fn check(&self, rows: &BTreeMap<String, Value>) {
        let entries = self.entries();
        let lost: Vec<_> = entries.launched.iter().filter(|it| !rows.contains_key(*it)).collect();
        assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
        for (session, row) in rows {
            let (runs, is_over) = (row["status"] == "running", is_ended(row));
            let is_right = match (entries.ended.contains_key(session), entries.asked_to_end.contains(session)) {
                (true, _) => is_over,
                (false, true) => runs || is_over,
                (false, false) => runs,
            };
            assert!(is_right, "acknowledged: {:?}, but: {row:#}", entries.ended.get(session));
        }
    }

    /// One entry for each session that began, and one for each that was ended, of the kind that was acknowledged.
    pub(super) async fn check_audit(&self, person: &Client, rows: &BTreeMap<String, Value>) {
        let begun = audited(person, "CREATE_SESSION").await;
        assert_eq!(begun, rows.keys().map(|it| (it.clone(), 1)).collect(), "one entry for each session");
        let mut ended = BTreeMap::new();
        for (action, _) in WAYS {
            let of_action = audited(person, action).await;
            for (session, acknowledged) in &self.entries().ended {
                assert!(*acknowledged != action || of_action.contains_key(session), "no {action} of {session}");
            }
            for (session, count) in of_action {
                *ended.entry(session).or_insert(0) += count;
            }
        }
        let stopped = rows.iter().filter(|it| is_ended(it.1)).map(|it| (it.0.clone(), 1)).collect();
        assert_eq!(ended, stopped, "one entry for each session that was ended");
    }

    /// How much was acknowledged, for people.
    pub(super) fn story(&self) -> String {
        let entries = self.entries();
        let asked = entries.asked_to_end.len();
        format!("{} launches and {} of {asked} stops acknowledged", entries.launched.len(), entries.ended.len())
    }
}

/// Whether a person ended it: a launch that was cancelled counts as failed.
fn is_ended(row: &Value) -> bool {
    row["status"] == "stopped" || (row["status"] == "failed" && row["reason"]["code"] == "cancelled")
}

/// How many entries of an action there are of each session.
async fn audited(person: &Client, action: &str) -> BTreeMap<String, usize> {
    let answer = person.get(&format!("/api/audit?action={action}&limit=1000")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let found = answer.json();
    let logs = found["logs"].as_array().unwrap();
    assert_eq!(found["total"].as_u64(), Some(logs.len().try_into().unwrap()), "they are all on one page");
    let mut counted = BTreeMap::new();
    for entry in logs {
        *counted.entry(session_of(entry)).or_insert(0) += 1;
    }
    counted
}

fn session_of(entry: &Value) -> String {
    let details: Value = serde_json::from_str(entry["details"].as_str().unwrap_or_default()).unwrap();
    details["session_id"].as_str().unwrap_or_else(|| panic!("no session in {entry}")).to_owned()
}
