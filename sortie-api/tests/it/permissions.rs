//! Who may do what, over every route: a route without a row here fails the build's tests.

use serde_json::{Value, json};
use sortie_api::route::Route;

use crate::world::{PASSWORD, World, link, shell};

/// Who asks, in the order of the rows' columns. Adele owns the objects.
const WHO: [&str; 6] = ["stranger", "adele", "bob", "olga", "ann", "root"];

/// What the path's id stands for.
#[derive(Clone, Copy)]
enum Target {
    Nothing,
    Session,
    PublicApp,
    HiddenApp,
    Account,
    /// A share of a session: the path's `{share}`.
    Share,
    /// Ann, who waits to be let into a session: the path's `{viewer}`.
    Waiting,
    /// The same, where the path knows the viewer only.
    Join,
}
use Target::{Account, HiddenApp, Join, Nothing, PublicApp, Session, Share, Waiting};

#[derive(Clone, Copy)]
struct Row {
    method: &'static str,
    template: &'static str,
    target: Target,
    body: Option<fn(&str) -> Value>,
    /// stranger, owner, other user, auditor, author, administrator
    expected: [u16; 6],
}

const fn row(method: &'static str, template: &'static str, target: Target, expected: [u16; 6]) -> Row {
    Row { method, template, target, body: None, expected }
}

const fn saying(row: Row, body: fn(&str) -> Value) -> Row {
    Row { body: Some(body), ..row }
}

fn rows() -> Vec<Row> {
    const EVERYBODY: [u16; 6] = [200; 6];
    const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
    const ADMIN: [u16; 6] = [401, 403, 403, 403, 403, 200];
    const AUDITOR: [u16; 6] = [401, 403, 403, 200, 403, 200];
    const OWNER: [u16; 6] = [401, 200, 404, 404, 404, 200];
    let mut rows = vec![
        row("GET", "/healthz", Nothing, EVERYBODY),
        row("GET", "/readyz", Nothing, EVERYBODY),
        row("GET", "/metrics", Nothing, EVERYBODY),
        row("GET", "/openapi.json", Nothing, EVERYBODY),
        row("GET", "/api/config", Nothing, EVERYBODY),
        row("GET", "/apps.json", Nothing, EVERYBODY),
        saying(
            row("POST", "/api/auth/login", Nothing, EVERYBODY),
            |_| json!({"username": "bob", "password": PASSWORD}),
        ),
        row("POST", "/api/auth/logout", Nothing, [401, 204, 204, 204, 204, 204]),
        row("POST", "/api/auth/refresh", Nothing, SIGNED_IN),
        row("GET", "/api/auth/oidc/login", Nothing, [302; 6]),
        row("GET", "/api/auth/oidc/callback", Nothing, [302; 6]),
        saying(row("POST", "/api/auth/oidc/backchannel-logout", Nothing, [415; 6]), |_| json!({"logout_token": "x"})),
        row("GET", "/api/auth/me", Nothing, SIGNED_IN),
        saying(
            row("POST", "/api/auth/password", Nothing, [401, 422, 422, 422, 422, 422]),
            |_| json!({"current_password": "not this one", "new_password": "another long password"}),
        ),
        row("GET", "/api/me/preferences", Nothing, SIGNED_IN),
        saying(row("PUT", "/api/me/preferences", Nothing, SIGNED_IN), |_| json!({"theme": "dark"})),
        row("GET", "/api/apps", Nothing, EVERYBODY),
        saying(row("POST", "/api/apps", Nothing, [401, 403, 403, 403, 201, 201]), link),
        row("GET", "/api/apps/{id}", PublicApp, SIGNED_IN),
        row("GET", "/api/apps/{id}", HiddenApp, [401, 404, 404, 404, 200, 200]),
        saying(row("PUT", "/api/apps/{id}", PublicApp, [401, 403, 403, 403, 200, 200]), link),
        saying(row("PUT", "/api/apps/{id}", HiddenApp, [401, 404, 404, 404, 200, 200]), |id| shell(id, "admin_only")),
        row("DELETE", "/api/apps/{id}", PublicApp, [401, 403, 403, 403, 204, 204]),
        row("DELETE", "/api/apps/{id}", HiddenApp, [401, 404, 404, 404, 204, 204]),
        row("GET", "/api/sessions", Nothing, SIGNED_IN),
        saying(row("POST", "/api/sessions", Nothing, [401, 201, 201, 201, 201, 201]), |_| json!({"app_id": "shell"})),
        saying(row("POST", "/api/sessions", Nothing, [401, 404, 404, 404, 403, 201]), |_| json!({"app_id": "hidden"})),
        row("GET", "/api/sessions/events", Nothing, SIGNED_IN),
        row("GET", "/api/sessions/{id}", Session, OWNER),
        row("DELETE", "/api/sessions/{id}", Session, [401, 204, 404, 404, 404, 204]),
        row("POST", "/api/sessions/{id}/stop", Session, OWNER),
        row("POST", "/api/sessions/{id}/restart", Session, [401, 201, 404, 404, 404, 201]),
        // Without an upgrade nobody gets further than this; the streams' own tests go on from here.
        row("GET", "/ws/sessions/{id}", Session, [401, 426, 426, 426, 426, 426]),
        row("GET", "/api/audit", Nothing, AUDITOR),
        row("GET", "/api/audit/export", Nothing, AUDITOR),
        row("GET", "/api/audit/filters", Nothing, AUDITOR),
        saying(
            row("POST", "/api/analytics/launch", Nothing, [401, 201, 201, 201, 201, 201]),
            |_| json!({"app_id": "docs"}),
        ),
        row("GET", "/api/analytics", Nothing, AUDITOR),
        row("GET", "/api/analytics/stats", Nothing, AUDITOR),
        row("GET", "/api/admin/sessions", Nothing, ADMIN),
        row("GET", "/api/quotas", Nothing, SIGNED_IN),
        row("GET", "/api/admin/users", Nothing, ADMIN),
        saying(row("POST", "/api/admin/users", Nothing, [401, 403, 403, 403, 403, 201]), account),
        row("GET", "/api/admin/users/{id}", Account, ADMIN),
        saying(row("PUT", "/api/admin/users/{id}", Account, ADMIN), account),
        row("DELETE", "/api/admin/users/{id}", Account, [401, 403, 403, 403, 403, 204]),
        row("GET", "/api/admin/settings", Nothing, ADMIN),
        saying(row("PUT", "/api/admin/settings", Nothing, ADMIN), |_| json!({"sign_in_notice": "hello"})),
    ];
    rows.extend(sharing_rows());
    rows
}

fn sharing_rows() -> Vec<Row> {
    const OWNER: [u16; 6] = [401, 200, 404, 404, 404, 200];
    const OWNER_GONE: [u16; 6] = [401, 204, 404, 404, 404, 204];
    vec![
        row("GET", "/api/sessions/shared", Nothing, [401, 200, 200, 200, 200, 200]),
        row("GET", "/api/sessions/{id}/shares", Session, OWNER),
        saying(
            row("POST", "/api/sessions/{id}/shares", Session, [401, 201, 404, 404, 404, 403]),
            |_| json!({"link_share": true}),
        ),
        row("DELETE", "/api/sessions/{id}/shares/{share}", Share, OWNER_GONE),
        saying(row("POST", "/api/sessions/shares/join", Nothing, [404; 6]), |_| json!({"token": "no such secret"})),
        row("GET", "/api/sessions/joins/{id}", Join, [401, 404, 404, 404, 200, 404]),
        row("GET", "/api/sessions/{id}/viewers", Session, OWNER),
        row("DELETE", "/api/sessions/{id}/viewers", Session, OWNER_GONE),
        row("DELETE", "/api/sessions/{id}/viewers/{viewer}", Waiting, OWNER_GONE),
        row("POST", "/api/sessions/{id}/viewers/{viewer}/admit", Waiting, [401, 204, 404, 404, 404, 403]),
        row("POST", "/api/sessions/{id}/viewers/{viewer}/refuse", Waiting, [401, 204, 404, 404, 404, 403]),
        saying(
            row("POST", "/api/sessions/{id}/control", Session, [401, 200, 404, 404, 404, 403]),
            |_| json!({"viewer_id": null}),
        ),
        saying(
            row("POST", "/api/sessions/{id}/observe", Session, [401, 403, 404, 404, 404, 200]),
            |_| json!({"reason": "a complaint"}),
        ),
    ]
}

fn account(name: &str) -> Value {
    json!({"username": name, "roles": ["user"], "password": "a password for a test"})
}

#[test]
fn every_route_and_method_has_a_row_of_permissions() {
    let rows = rows();
    for endpoint in Route::ALL {
        for method in endpoint.methods {
            let has_row = rows.iter().any(|it| it.template == endpoint.template && it.method == method.as_str());
            assert!(has_row, "{method} {} has no row", endpoint.template);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_exactly_what_the_table_says() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for (index, row) in rows().iter().enumerate() {
        for (who, expected) in WHO.iter().zip(row.expected) {
            let name = format!("t{index}-{who}");
            let id = make(&world, row.target, &name).await;
            let (first, second) = id.split_once('|').unwrap_or((&id, ""));
            let path = row.template.replace("{id}", first).replace("{share}", second).replace("{viewer}", second);
            let mut ask = world.ask(row.method, &path);
            // A fresh sign-in each time: some rows end theirs.
            if *who != "stranger" {
                ask = ask.bearer(&world.token(who).await);
            }
            if let Some(body) = row.body {
                ask = ask.with_json(&body(&name));
            }
            let status = ask.begin().await.status().as_u16();
            if status != expected {
                wrong.push(format!("{} {} as {who}: {status} instead of {expected}", row.method, row.template));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Something fresh for the path's id. Sessions are Adele's.
async fn make(world: &World, target: Target, name: &str) -> String {
    let admin = world.token("root").await;
    let made = match target {
        Nothing => return String::new(),
        Session => return world.launch(&world.token("adele").await).await,
        Share | Waiting | Join => return make_share(world, target).await,
        PublicApp => world.ask("POST", "/api/apps").bearer(&admin).json(&shell(name, "public")).await,
        HiddenApp => world.ask("POST", "/api/apps").bearer(&admin).json(&shell(name, "admin_only")).await,
        Account => world.ask("POST", "/api/admin/users").bearer(&admin).json(&account(&format!("{name}-x"))).await,
    };
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

/// A session of Adele's with a link by which Ann came.
async fn make_share(world: &World, target: Target) -> String {
    let (adele, ann) = (world.token("adele").await, world.token("ann").await);
    let session = world.launch(&adele).await;
    let terms = json!({"link_share": true, "approval": true});
    let share = world.ask("POST", &format!("/api/sessions/{session}/shares")).bearer(&adele).json(&terms).await.json();
    let secret = share["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let joined = world.ask("POST", "/api/sessions/shares/join").bearer(&ann).json(&json!({"token": secret})).await;
    assert_eq!(joined.status, 202, "{}", joined.text());
    let viewer = joined.json()["join_id"].as_str().unwrap().to_owned();
    match target {
        Join => viewer,
        Waiting => format!("{session}|{viewer}"),
        Nothing | Session | PublicApp | HiddenApp | Account | Share => {
            format!("{session}|{}", share["id"].as_str().unwrap())
        }
    }
}
