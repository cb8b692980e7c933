//! Second factors, tokens, links and lists of sign-ins over HTTP.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::world::{PASSWORD, World};

/// The code that an authenticator app shows now, or so many steps later: computed by ourselves and not by what is tested.
fn code(world: &World, secret: &str, later: i64) -> String {
    let bits: Vec<u8> = secret
        .bytes()
        .map(|letter| if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' })
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1))
        .collect();
    let key: Vec<u8> = bits.chunks_exact(8).map(|it| it.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(world.control.now().as_micros() / 30_000_000 + later).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] % 16);
    let number = u32::from_be_bytes(digest[offset..offset + 4].try_into().unwrap()) % (1 << 31);
    format!("{:06}", number % 1_000_000)
}

async fn enable(world: &World, token: &str) -> (String, Vec<String>) {
    let asked = json!({"password": PASSWORD});
    let begun = world.ask("POST", "/api/me/second-factor").bearer(token).json(&asked).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let url = begun.json()["otpauth_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("otpauth://totp/") && url.contains(&format!("secret={secret}")), "{url}");
    let said = json!({"code": code(world, &secret, 0)});
    let confirmed = world.ask("POST", "/api/me/second-factor/confirm").bearer(token).json(&said).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = confirmed.json()["recovery_codes"].as_array().unwrap().clone();
    (secret, codes.iter().map(|it| it.as_str().unwrap().to_owned()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_with_password_and_code() {
    let world = World::start().await;
    let token = world.token("bob").await;
    let (secret, codes) = enable(&world, &token).await;
    assert_eq!(codes.len(), 10);
    let state = world.ask("GET", "/api/me/second-factor").bearer(&token).await;
    assert_eq!(
        (state.json()["enabled"].clone(), state.json()["recovery_codes_left"].clone()),
        (json!(true), json!(10))
    );
    assert!(!state.text().contains(&secret), "the secret is shown once");

    let said = json!({"username": "bob", "password": PASSWORD});
    let asked = world.ask("POST", "/api/auth/login").header("origin", &world.origin()).json(&said).await;
    assert_eq!((asked.status, asked.header("set-cookie")), (200, ""));
    let asked = asked.json();
    assert_eq!(asked["second_factor"]["methods"], json!(["totp", "recovery_code"]));
    assert!(asked.get("user").is_none() && asked.get("access_token").is_none());
    let answer = |code: &str| {
        let said = json!({"challenge": asked["second_factor"]["challenge"], "code": code});
        world.ask("POST", "/api/auth/second-factor").header("origin", &world.origin()).with_json(&said)
    };
    let wrong = answer("000000").await;
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "invalid_code"));
    let right = answer(&code(&world, &secret, 1)).await;
    assert_eq!(right.status, 200, "{}", right.text());
    assert!(right.header("set-cookie").starts_with("sortie_"), "{}", right.header("set-cookie"));
    let users = world.ask("GET", "/api/admin/users").bearer(&world.token("root").await).await.json();
    let bob = users.as_array().unwrap().iter().find(|it| it["username"] == "bob").unwrap().clone();
    assert_eq!((bob["second_factor"].clone(), bob["auth_provider"].clone()), (json!(true), json!("local")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_known_again_by_a_cookie_that_signs_nobody_in() {
    let world = World::start().await;
    let said = json!({"username": "bob", "password": PASSWORD});
    let first = world.ask("POST", "/api/auth/login").header("origin", &world.origin()).json(&said).await;
    let cookies: Vec<_> = first.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap()).collect();
    let device = cookies.iter().find(|it| it.starts_with("sortie_device_")).unwrap().split(';').next().unwrap();
    assert!(cookies.iter().all(|it| it.contains("HttpOnly") && it.contains("SameSite=Strict")), "{cookies:?}");
    assert_eq!(world.ask("GET", "/api/auth/me").header("cookie", device).await.status, 401);
    let again = world.ask("POST", "/api/auth/login").header("origin", &world.origin()).header("cookie", device);
    let again = again.json(&said).await;
    assert_eq!(again.headers.get_all("set-cookie").iter().count(), 1, "it keeps the one that it has");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_for_the_name_that_is_guessed() {
    let world = World::start().await;
    let login =
        |name: &str| world.ask("POST", "/api/auth/login").with_json(&json!({"username": name, "password": "wrong"}));
    for _ in 0..5 {
        assert_eq!(login("bob").await.status, 401);
    }
    let slowed = login("BOB").await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "too_many_attempts"));
    assert!((1..=30).contains(&slowed.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(login("ann").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_reaches_what_it_was_made_for() {
    let world = World::start().await;
    let root = world.token("root").await;
    let ask_for = |said: Value| world.ask("POST", "/api/me/tokens").bearer(&root).with_json(&said);
    let made = ask_for(json!({"name": "nightly", "scopes": ["sessions", "read"]})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let list = world.ask("GET", "/api/me/tokens").bearer(&root).await;
    assert!(!list.text().contains(&token));
    assert_eq!(list.json()[0]["scopes"], json!(["read", "sessions"]));
    assert!(list.json()[0]["last_used_at"].is_null());
    let as_token = |method: &str, path: &str| world.ask(method, path).bearer(&token);
    for (method, path, expected) in [
        ("GET", "/api/auth/me", 200),
        ("GET", "/api/apps", 200),
        ("GET", "/api/sessions", 200),
        ("GET", "/api/audit", 200),
        ("GET", "/api/admin/users", 403),
        ("DELETE", "/api/apps/docs", 403),
        ("GET", "/api/me/tokens", 403),
        ("DELETE", "/api/me/sign-ins", 403),
    ] {
        let answer = as_token(method, path).await;
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text());
        assert!(expected != 403 || answer.code() == "scope_missing", "{}", answer.text());
    }
    world.launch(&token).await;
    for bad in [
        json!({"name": "", "scopes": ["read"]}),
        json!({"name": "x", "scopes": []}),
        json!({"name": "x", "scopes": ["root"]}),
        json!({"name": "x", "scopes": ["read"], "expires_in_days": 366}),
    ] {
        assert_eq!(ask_for(bad).await.status, 422);
    }
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.ask("DELETE", &format!("/api/me/tokens/{id}")).bearer(&root).await.status, 204);
    assert_eq!(as_token("GET", "/api/auth/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_an_administrator_makes_sets_a_password() {
    let world = World::start().await;
    let root = world.token("root").await;
    let users = world.ask("GET", "/api/admin/users").bearer(&root).await.json();
    let bob = users.as_array().unwrap().iter().find(|it| it["username"] == "bob").unwrap()["id"].clone();
    let path = format!("/api/admin/users/{}/reset", bob.as_str().unwrap());
    let made = world.ask("POST", &path).bearer(&root).await;
    let url = made.json()["url"].as_str().unwrap().to_owned();
    let (page, secret) = url.split_once('#').unwrap();
    assert!(page.ends_with("/reset"), "{url}");
    let reset = || {
        let said = json!({"token": secret, "new_password": "a password from a link"});
        world.ask("POST", "/api/auth/reset").with_json(&said)
    };
    assert_eq!(reset().await.status, 204);
    let again = reset().await;
    assert_eq!((again.status, again.code().as_str()), (401, "invalid_token"));
    let said = json!({"username": "bob", "password": "a password from a link"});
    assert_eq!(world.ask("POST", "/api/auth/login").json(&said).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_sign_ins_are_listed_and_ended() {
    let world = World::start().await;
    let (here, there) = (world.token("bob").await, world.token("bob").await);
    let list = world.ask("GET", "/api/me/sign-ins").bearer(&here).await.json();
    let list = list.as_array().unwrap();
    assert_eq!((list.len(), list.iter().filter(|it| it["current"] == true).count()), (2, 1));
    let other = list.iter().find(|it| it["current"] == false).unwrap()["id"].as_str().unwrap();
    assert_eq!(world.ask("DELETE", &format!("/api/me/sign-ins/{other}")).bearer(&here).await.status, 204);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&there).await.status, 401);
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&here).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_is_offered_only_where_it_is_allowed() {
    let world = World::start().await;
    let offered = async || world.ask("GET", "/api/config").await.json()["allow_registration"].clone();
    let register = || {
        let said = json!({"username": "eve", "password": PASSWORD});
        world.ask("POST", "/api/auth/register").with_json(&said)
    };
    assert_eq!(offered().await, false);
    assert_eq!(register().await.code(), "registration_closed");
    let said = json!({"allow_registration": "true"});
    let root = world.token("root").await;
    assert_eq!(world.ask("PUT", "/api/admin/settings").bearer(&root).json(&said).await.status, 200);
    assert_eq!(offered().await, true);
    let made = register().await;
    assert_eq!((made.status, made.json()["user"]["roles"].clone()), (201, json!(["user"])));
    assert_eq!(register().await.status, 409);
}
