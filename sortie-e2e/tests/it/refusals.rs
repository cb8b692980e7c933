//! Who may not, gets nothing, and learns nothing.

use hyper::Method;
use serde_json::json;

use super::harness::{
    client::{Answer, Client},
    screen::{Gone, Screen},
    world::{PASSWORD, World},
};

/// What answers everybody.
const PUBLIC: [(&str, &str); 9] = [
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/openapi.json"),
    ("get", "/api/config"),
    ("get", "/api/apps"),
    ("get", "/apps.json"),
    ("post", "/api/auth/login"),
    ("post", "/api/auth/refresh"),
];

/// Doors that somebody without a sign-in must find to get one: from a provider, with a secret that was handed out, or by an
/// account of the own where that is allowed. Without any of these there is nothing behind them.
const WAYS_IN: [(&str, &str); 7] = [
    ("post", "/api/auth/register"),
    ("post", "/api/auth/reset"),
    ("post", "/api/auth/second-factor"),
    ("get", "/api/auth/oidc/login"),
    ("get", "/api/auth/oidc/callback"),
    ("post", "/api/auth/oidc/backchannel-logout"),
    ("post", "/api/sessions/shares/join"),
];

/// Every route that the server itself describes and that is not public, with this session's id in it.
async fn guarded(client: &Client, session: &str) -> Vec<(Method, String)> {
    let described = client.get("/openapi.json").await.json();
    let paths = described["paths"].as_object().expect("a description of paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flat_map(|it| it.keys());
        methods.filter(|it| !it.starts_with("x-") && *it != "parameters").map(move |it| (it.as_str(), path.as_str()))
    });
    all.filter(|it| !PUBLIC.contains(it) && !WAYS_IN.contains(it))
        .map(|(method, path)| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path.replace("{id}", if path.starts_with("/api/apps") { "terminal" } else { session });
            (method, path)
        })
        .collect()
}

async fn ask(client: &Client, method: &Method, path: &str) -> Answer {
    let body = json!({"app_id": "terminal", "name": "x", "theme": "dark"});
    let body = [Method::POST, Method::PUT].contains(method).then_some(&body);
    client.send(method.clone(), path, body).await
}

#[tokio::test]
async fn nobody_gets_in_without_a_sign_in() {
    let world = World::sqlite();
    let server = world.start().await;
    let session = server.admin().await.launch_and_wait("clock").await;
    let strangers = [server.anybody(), server.anybody().with_token("A".repeat(43))];
    let guarded = guarded(&strangers[0], &session).await;
    assert!(guarded.len() > 25, "{guarded:?}");
    for stranger in &strangers {
        for (method, path) in &guarded {
            let answer = ask(stranger, method, path).await;
            assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
            assert!(
                !answer.code().is_empty() && !answer.header("x-request-id").is_empty(),
                "{method} {path}: {answer:?}"
            );
        }
        assert_eq!(Screen::open(stranger, &session).await.err(), Some(Gone::Refused(401)));
    }
    for (_, path) in PUBLIC.into_iter().filter(|it| it.0 == "get").chain([("get", "/")]) {
        assert_eq!(server.anybody().get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn nobody_sees_more_of_the_catalog_than_public_display_fields() {
    let world = World::sqlite();
    let server = world.start().await;
    for path in ["/api/apps", "/apps.json"] {
        let text = String::from_utf8(server.anybody().get(path).await.body.to_vec()).unwrap();
        assert!(text.contains("\"terminal\""), "{text}");
        for hidden in ["vault", "canary-of-an-app", "command", "xterm", "env", "unavailable"] {
            assert!(!text.contains(hidden), "{path} shows {hidden}: {text}");
        }
    }
}

#[tokio::test]
async fn another_persons_session_does_not_exist_for_anybody_else() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let (owner, other) = (server.user(&admin, "ada").await, server.user(&admin, "bob").await);
    let session = owner.launch_and_wait("clock").await;
    let path = format!("/api/sessions/{session}");
    let missing = other.get("/api/sessions/0198c0de-0000-7000-8000-000000000000").await;
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/stop")),
        (Method::POST, format!("{path}/restart")),
    ] {
        let answer = ask(&other, &method, &path).await;
        assert_eq!((answer.status, answer.code()), (404, missing.code()), "{method} {path}: {answer:?}");
    }
    let gone = Screen::open(&other, &session).await.err();
    assert!(matches!(gone, Some(Gone::Closed(4404, _))), "{gone:?}");
    assert_eq!(other.get("/api/sessions").await.json(), json!([]));
    let me = owner.get("/api/auth/me").await.json()["id"].clone();
    let listed = other.get(&format!("/api/sessions?user_id={}", me.as_str().unwrap())).await;
    assert!(listed.status == 403 || listed.json() == json!([]), "{listed:?}");
    let forged = other.post("/api/sessions", &json!({"app_id": "clock", "user_id": me})).await;
    assert_eq!(forged.status, 403, "{forged:?}");
    assert_eq!(owner.get(&path).await.json()["status"], "running", "unmoved");
}

#[tokio::test]
async fn an_ordinary_user_administers_nothing_and_launches_no_hidden_app() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let user = server.user(&admin, "ada").await;
    for path in
        ["/api/audit", "/api/audit/export?format=csv", "/api/admin/sessions", "/api/admin/users", "/api/admin/settings"]
    {
        assert_eq!(user.get(path).await.status, 403, "{path}");
    }
    for (method, path) in
        [(Method::POST, "/api/apps"), (Method::PUT, "/api/apps/terminal"), (Method::DELETE, "/api/apps/terminal")]
    {
        let body = json!({"id": "mine", "name": "Mine", "launch_type": "url", "url": "https://example.org"});
        let answer = user.send(method.clone(), path, Some(&body)).await;
        assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
    }
    assert_eq!(user.get("/api/apps/vault").await.status, 404);
    assert_eq!(user.post("/api/sessions", &json!({"app_id": "vault"})).await.status, 404);
    let app = user.get("/api/apps/terminal").await;
    assert!(app.status == 200 && app.json()["can_launch"] == true, "{app:?}");
}

#[tokio::test]
async fn a_page_of_another_origin_can_do_nothing_with_the_cookie() {
    let world = World::sqlite();
    let server = world.start().await;
    let browser = server.anybody().browser("admin", PASSWORD).await;
    let session = browser.launch_and_wait("clock").await;
    let (scheme_of, port) = ("https", server.address.port());
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        format!("{scheme_of}://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("http://127.0.0.1:{port}.evil.example"),
    ] {
        let page = browser.on_page_of(&origin);
        assert_eq!(Screen::open(&page, &session).await.err(), Some(Gone::Refused(403)), "{origin}");
        let answer = page.post(&format!("/api/sessions/{session}/stop"), &json!({})).await;
        assert_eq!(answer.status, 403, "{origin}: {answer:?}");
    }
    assert_eq!(browser.get(&format!("/api/sessions/{session}")).await.json()["status"], "running");
    assert!(Screen::open(&browser, &session).await.is_ok());
}

#[tokio::test]
async fn a_token_in_an_address_is_refused_with_an_explanation() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let answer = server.anybody().get(&format!("/api/sessions?token={}", admin.token())).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "token_in_url"), "{answer:?}");
    assert!(!String::from_utf8_lossy(&answer.body).contains(admin.token()));
    assert!(!world.logs().contains(admin.token()), "the log does not hold it either");
}

#[tokio::test]
async fn wrong_methods_unknown_routes_and_broken_bodies_are_told_apart() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let wrong = admin.send(Method::PATCH, "/api/sessions", None).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.header("allow").contains("GET") && wrong.header("allow").contains("POST"), "{wrong:?}");
    let unknown = admin.get("/api/no-such-thing").await;
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    let invalid = admin.post("/api/apps", &json!({"id": "a b", "name": "", "launch_type": "container"})).await;
    assert!([400, 422].contains(&invalid.status), "{invalid:?}");
    let errors = invalid.json()["errors"].as_array().cloned().unwrap_or_default();
    assert!(
        errors.len() >= 2 && errors.iter().all(|it| it["field"].is_string()),
        "every broken rule is named: {invalid:?}"
    );
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let world = World::sqlite();
    let server = world.start().await;
    let guess = json!({"username": "admin", "password": "wrong"});
    let mut slowed = None;
    for _ in 0..30 {
        let answer = server.anybody().post("/api/auth/login", &guess).await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
        assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_credentials"));
    }
    let slowed = slowed.expect("too many attempts are refused");
    assert_eq!(slowed.code(), "too_many_attempts");
    assert!(slowed.header("retry-after").parse::<u32>().is_ok(), "{slowed:?}");
}
