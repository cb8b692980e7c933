//! The checks that come before every handler.

use serde_json::json;
use sortie_api::{Site, settings::Rate};

use crate::world::{PASSWORD, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_changes_nothing_for_another_origin() {
    let world = World::start().await;
    let cookie = world.cookie("bob").await;
    let launch = |origin: Option<&str>| {
        let ask = world.ask("POST", "/api/sessions").header("cookie", &cookie);
        let ask = match origin {
            Some(origin) => ask.header("origin", origin),
            None => ask,
        };
        ask.with_json(&json!({"app_id": "shell"}))
    };
    for foreign in [None, Some("https://evil.example"), Some("null"), Some("http://localhost:1")] {
        let refused = launch(foreign).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "foreign_origin"), "{foreign:?}");
    }
    assert_eq!(launch(Some(&world.origin())).await.status, 201);
    let foreign_login = world.ask("POST", "/api/auth/login").header("origin", "https://evil.example");
    let foreign_login = foreign_login.json(&json!({"username": "bob", "password": PASSWORD})).await;
    assert_eq!(foreign_login.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_reads_nothing_for_another_site() {
    let world = World::start().await;
    let cookie = world.cookie("bob").await;
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        let ask = world.ask("GET", "/api/auth/me").header("cookie", &cookie).header("sec-fetch-site", site);
        assert_eq!(ask.await.status, status, "{site}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_an_address_is_refused_with_an_explanation() {
    let world = World::start().await;
    let token = world.token("bob").await;
    for path in ["/api/sessions", "/ws/sessions/x", "/api/apps", "/"] {
        let answer = world.ask("GET", &format!("{path}?token={token}")).bearer(&token).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "token_in_url"), "{path}");
        assert!(!answer.text().contains(&token));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_is_refused_but_for_probes_and_the_anonymous_catalog() {
    let world = World::start().await;
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/api/apps", 200),
        ("/apps.json", 200),
        ("/api/config", 421),
        ("/api/auth/me", 421),
        ("/", 421),
    ] {
        assert_eq!(world.ask("GET", path).host("rebound.example").await.status, status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_taken_over_plain_http_from_elsewhere() {
    let world = World::start_with(|it| it.site = Site::new(&[], &[], false, false).unwrap()).await;
    let said = json!({"username": "bob", "password": PASSWORD});
    let proxied =
        || world.ask("POST", "/api/auth/login").header("x-forwarded-for", "203.0.113.7").host("sortie.example");
    let refused = proxied().json(&said).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "sign_in_needs_https"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("SORTIE_PUBLIC_URL"));
    let config = world.ask("GET", "/api/config").header("x-forwarded-for", "203.0.113.7").host("sortie.example").await;
    assert_eq!(config.json()["sign_in"]["allowed"], false);
    assert_eq!(world.ask("GET", "/api/config").await.json()["sign_in"]["allowed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_browser_is_on_https_and_its_cookie_is_bound_to_the_host() {
    let trusted = ["127.0.0.1".to_owned()];
    let world = World::start_with(|it| it.site = Site::new(&[], &trusted, false, false).unwrap()).await;
    let answer = world
        .ask("POST", "/api/auth/login")
        .host("sortie.example")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-for", "203.0.113.7")
        .header("origin", "https://sortie.example")
        .json(&json!({"username": "bob", "password": PASSWORD}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("set-cookie").starts_with("__Host-sortie="));
    assert!(answer.header("set-cookie").ends_with("; Secure"));
    assert!(!answer.header("strict-transport-security").is_empty());
    let olga = world.ask("GET", "/metrics").header("x-forwarded-for", "203.0.113.7").await;
    assert_eq!(olga.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_limited_per_person() {
    let burst = std::num::NonZeroU32::new(2).unwrap();
    let world = World::start_with(|it| it.rates.writes = Rate { per_second: Some(0.01), burst }).await;
    let said = json!({"username": "bob", "password": PASSWORD});
    let tokens = [
        world.ask("POST", "/api/auth/login").json(&said).await,
        world.ask("POST", "/api/auth/login").json(&said).await,
    ];
    let token = tokens[0].json()["access_token"].as_str().unwrap().to_owned();
    let put = || world.ask("PUT", "/api/me/preferences").bearer(&token).with_json(&json!({}));
    assert_eq!([put().await.status, put().await.status], [200, 200]);
    let limited = put().await;
    assert_eq!((limited.status, limited.code().as_str()), (429, "too_many_requests"));
    assert!(!limited.header("retry-after").is_empty());
    assert_eq!(world.ask("GET", "/api/me/preferences").bearer(&token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_protects_the_browser_and_names_its_request() {
    let world = World::start().await;
    for path in ["/", "/api/config", "/api/sessions", "/api/nothing"] {
        let answer = world.ask("GET", path).await;
        assert!(answer.header("content-security-policy").contains("script-src 'self';"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(world.ask("GET", "/api/config").await.header("cache-control"), "no-store");
}
