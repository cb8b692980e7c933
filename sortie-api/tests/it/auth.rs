//! `/api/auth/…`, `/api/me/…` and accounts.

use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_cookie_and_no_token() {
    let world = World::start().await;
    let said = json!({"username": "bob", "password": PASSWORD});
    let answer = world.ask("POST", "/api/auth/login").header("origin", &world.origin()).json(&said).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with(&format!("sortie_{}=", world.address.port())), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!answer.text().contains("token"), "{}", answer.text());
    let cookie = cookie.split(';').next().unwrap();
    let me = world.ask("GET", "/api/auth/me").header("cookie", cookie).await;
    assert_eq!((&me.json()["username"], &me.json()["has_password"]), (&json!("bob"), &json!(true)));
    let refresh = world.ask("POST", "/api/auth/refresh").header("cookie", cookie).header("origin", &world.origin());
    assert_eq!(refresh.await.json()["user"]["username"], "bob");

    let out = world.ask("POST", "/api/auth/logout").header("cookie", cookie).header("origin", &world.origin()).await;
    assert!(out.status == 204 && out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(world.ask("GET", "/api/auth/me").header("cookie", cookie).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_its_second_use_ends_the_sign_in() {
    let world = World::start().await;
    let said = json!({"username": "bob", "password": PASSWORD});
    let first = world.ask("POST", "/api/auth/login").json(&said).await.json();
    assert_eq!(first["token_type"], "Bearer");
    let refresh =
        |token: &serde_json::Value| world.ask("POST", "/api/auth/refresh").with_json(&json!({"refresh_token": token}));
    let second = refresh(&first["refresh_token"]).await.json();
    let access = second["access_token"].as_str().unwrap();
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(access).await.status, 200);
    assert_eq!(refresh(&first["refresh_token"]).await.status, 401);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(access).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let world = World::start().await;
    let login =
        |name: &str| world.ask("POST", "/api/auth/login").with_json(&json!({"username": name, "password": "wrong"}));
    let (known, unknown) = (login("bob").await, login("nobody").await);
    assert_eq!((known.status, known.code().as_str()), (401, "invalid_credentials"));
    assert_eq!((unknown.status, unknown.json()["detail"].clone()), (401, known.json()["detail"].clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_other_sign_in() {
    let world = World::start().await;
    let (here, elsewhere) = (world.token("bob").await, world.token("bob").await);
    let said = json!({"current_password": PASSWORD, "new_password": "a much better password"});
    assert_eq!(world.ask("POST", "/api/auth/password").bearer(&here).json(&said).await.status, 204);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&here).await.status, 200);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&elsewhere).await.status, 401);
    let unknown = json!({"current_password": PASSWORD, "new_password": "x", "admin": true});
    assert_eq!(world.ask("POST", "/api/auth/password").bearer(&here).json(&unknown).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_kept_per_person() {
    let world = World::start().await;
    let (bob, ann) = (world.token("bob").await, world.token("ann").await);
    let empty = world.ask("GET", "/api/me/preferences").bearer(&bob).await.json();
    assert_eq!(empty, json!({"theme": null, "collapsed_categories": [], "favorites": [], "updated_at": null}));
    let said = json!({"theme": "dark", "collapsed_categories": ["Tools"], "favorites": ["shell"], "updated_at": null});
    let saved = world.ask("PUT", "/api/me/preferences").bearer(&bob).json(&said).await.json();
    assert!(saved["updated_at"].is_string() && saved["theme"] == "dark");
    assert_eq!(world.ask("GET", "/api/me/preferences").bearer(&bob).await.json(), saved);
    assert_eq!(world.ask("GET", "/api/me/preferences").bearer(&ann).await.json(), empty);
    let bad = world.ask("PUT", "/api/me/preferences").bearer(&bob).json(&json!({"theme": "pink"})).await;
    assert_eq!((bad.status, bad.json()["errors"][0]["field"].as_str()), (422, Some("theme")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_at_once() {
    let world = World::start().await;
    let (root, bob) = (world.token("root").await, world.token("bob").await);
    let users = world.ask("GET", "/api/admin/users").bearer(&root).await.json();
    let mut account = users.as_array().unwrap().iter().find(|it| it["username"] == "bob").unwrap().clone();
    assert!(!users.to_string().contains("argon2"), "no hash leaves the server");
    account["disabled"] = json!(true);
    let path = format!("/api/admin/users/{}", account["id"].as_str().unwrap());
    assert_eq!(world.ask("PUT", &path).bearer(&root).json(&account).await.status, 200);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&bob).await.status, 401);
}
