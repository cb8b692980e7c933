//! The second table: what those may do at a session who came to it because its owner shares it, and what guests may do anywhere.

use std::fmt::Write as _;

use http::StatusCode;
use serde_json::{Value, json};
use sortie_api::route::{Access, Route};

use super::{objects::Objects, table::rows};
use crate::world::World;

/// Who asks: Bob, who may only watch, Ann, who may type, and a guest, who may only watch.
const PARTS: [&str; 3] = ["watches", "types", "guest"];

struct Row {
    method: &'static str,
    template: &'static str,
    answers: [u16; 3],
}

const fn row(method: &'static str, template: &'static str, answers: [u16; 3]) -> Row {
    Row { method, template, answers }
}

const REFUSED: [u16; 3] = [403; 3];

const ROWS: [Row; 15] = [
    row("GET", "/api/sessions/{id}", [200; 3]),
    row("DELETE", "/api/sessions/{id}", REFUSED),
    row("POST", "/api/sessions/{id}/stop", REFUSED),
    row("POST", "/api/sessions/{id}/restart", REFUSED),
    // Without an upgrade nobody gets further than this; the streams' own tests go on from here.
    row("GET", "/ws/sessions/{id}", [426; 3]),
    row("GET", "/api/sessions/{id}/shares", REFUSED),
    row("POST", "/api/sessions/{id}/shares", REFUSED),
    row("DELETE", "/api/sessions/{id}/shares/{share}", REFUSED),
    row("GET", "/api/sessions/{id}/viewers", REFUSED),
    row("DELETE", "/api/sessions/{id}/viewers", REFUSED),
    row("DELETE", "/api/sessions/{id}/viewers/{viewer}", REFUSED),
    row("POST", "/api/sessions/{id}/viewers/{viewer}/admit", REFUSED),
    row("POST", "/api/sessions/{id}/viewers/{viewer}/refuse", REFUSED),
    row("POST", "/api/sessions/{id}/control", REFUSED),
    row("POST", "/api/sessions/{id}/observe", REFUSED),
];

/// What guests need of the rest: to know who they are, to hear of their session, and to wait for being let in.
const GUESTS_OWN: [(&str, &str, u16); 4] = [
    ("GET", "/api/auth/me", 200),
    ("POST", "/api/auth/refresh", 422),
    ("GET", "/api/sessions/events", 200),
    ("GET", "/api/sessions/joins/{id}", 404),
];

/// What is said in each operation's body.
fn body_of(template: &str) -> Value {
    match template.rsplit('/').next() {
        Some("shares") => json!({"link_share": true}),
        Some("control") => json!({"viewer_id": null}),
        Some("observe") => json!({"reason": "curiosity"}),
        _ => json!({}),
    }
}

fn is_of_one_session(template: &str) -> bool {
    template.contains("/sessions/{id}")
}

/// A session of Adele's that all three came to.
struct Scene {
    session: String,
    share: String,
    viewer: String,
    bob: String,
    ann: String,
    cookie: String,
}

impl Scene {
    async fn set(world: &World) -> Self {
        let (adele, root) = (world.token("adele").await, world.token("root").await);
        let (bob, ann) = (world.token("bob").await, world.token("ann").await);
        let on = json!({"guest_shares": "true"});
        assert_eq!(world.ask("PUT", "/api/admin/settings").bearer(&root).json(&on).await.status, 200);
        let session = world.launch(&adele).await;
        let shares = format!("/api/sessions/{session}/shares");
        let share = async |terms: Value| {
            let made = world.ask("POST", &shares).bearer(&adele).json(&terms).await;
            assert_eq!(made.status, 201, "{}", made.text());
            made.json()
        };
        share(json!({"username": "bob", "permission": "read_only"})).await;
        share(json!({"username": "ann", "permission": "read_write"})).await;
        let link = share(json!({"link_share": true, "guests": true})).await;
        let secret = link["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        let said = json!({"token": secret, "name": "Eve"});
        let join = world.ask("POST", "/api/sessions/shares/join").header("origin", &world.origin());
        let joined = join.json(&said).await;
        assert_eq!(joined.status, 200, "{}", joined.text());
        let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
        let share = link["id"].as_str().unwrap().to_owned();
        let waiting = json!({"link_share": true, "approval": true});
        let waiting = world.ask("POST", &shares).bearer(&adele).json(&waiting).await.json();
        let secret = waiting["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        let olga = world.token("olga").await;
        let join = world.ask("POST", "/api/sessions/shares/join").bearer(&olga);
        let viewer = join.json(&json!({"token": secret})).await.json()["join_id"].as_str().unwrap().to_owned();
        Self { session, share, viewer, bob, ann, cookie }
    }

    async fn ask(&self, world: &World, part: &str, method: &str, path: &str, body: &Value) -> StatusCode {
        let mut ask = world.ask(method, path);
        ask = match part {
            "watches" => ask.bearer(&self.bob),
            "types" => ask.bearer(&self.ann),
            _ => ask.header("cookie", &self.cookie).header("origin", &world.origin()),
        };
        if method != "GET" && method != "DELETE" {
            ask = ask.with_json(body);
        }
        ask.begin().await.status()
    }
}

#[test]
fn every_operation_on_one_session_has_a_row_for_those_it_is_shared_with() {
    for endpoint in Route::ALL.iter().filter(|it| is_of_one_session(it.template)) {
        for method in endpoint.methods {
            let has_row = ROWS.iter().any(|it| it.template == endpoint.template && it.method == method.as_str());
            assert!(has_row, "{method} {} has no row", endpoint.template);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_session_is_shared_with_gets_exactly_what_the_table_says() {
    let world = World::start().await;
    let scene = Scene::set(&world).await;
    let mut wrong = Vec::new();
    for row in ROWS {
        let path = row.template.replace("{id}", &scene.session).replace("{share}", &scene.share);
        let path = path.replace("{viewer}", &scene.viewer);
        for (part, expected) in PARTS.into_iter().zip(row.answers) {
            let status = scene.ask(&world, part, row.method, &path, &body_of(row.template)).await;
            if status != expected {
                wrong
                    .push(format!("{} {} by one who {part}: {status} instead of {expected}", row.method, row.template));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_a_stranger_everywhere_but_at_one_session() {
    let world = World::start().await;
    let objects = Objects::prepare(&world).await;
    let scene = Scene::set(&world).await;
    let mut wrong = Vec::new();
    for (index, row) in rows().iter().enumerate() {
        if is_of_one_session(row.template) || row.ends_sign_in {
            continue;
        }
        let name = format!("g{index}");
        let made = objects.make(&world, row.target, &name).await;
        let path = row.template.replace("{id}", &made.id).replace("{name}", &made.id).replace("{userId}", &made.user);
        let body = row.body.map_or(Value::Null, |body| body(&name, &made));
        let status = scene.ask(&world, "guest", row.method, &format!("{path}{}", row.query), &body).await;
        let own = GUESTS_OWN.iter().find(|it| it.0 == row.method && it.1 == row.template).map(|it| it.2);
        let endpoint = Route::ALL.iter().find(|it| it.template == row.template).expect("a route");
        let otherwise = if endpoint.access == Access::SignedIn { 403 } else { row.expected()[0] };
        let expected = own.unwrap_or(otherwise);
        if status != expected {
            wrong.push(format!("{} {} ({:?}): {status} instead of {expected}", row.method, row.template, row.target));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table as the guide shows it.
pub(super) fn guide() -> String {
    let mut text = format!("| Operation | {} |\n|---|{}\n", PARTS.join(" | "), "---|".repeat(PARTS.len()));
    for row in ROWS {
        let answers: Vec<_> = row.answers.iter().map(ToString::to_string).collect();
        writeln!(text, "| {} `{}` | {} |", row.method, row.template, answers.join(" | ")).unwrap();
    }
    text
}
