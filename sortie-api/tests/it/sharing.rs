//! Sharing, from the invitation to the last closed stream.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    events::Listener,
    streams::{Socket, closing, dial, handshake, open, request},
    world::{World, client::Answer, eventually},
};

/// Adele's running session, and who is who.
struct Scene {
    world: World,
    adele: String,
    bob: String,
    root: String,
    session: String,
}

const KEY: [u8; 8] = [4, 1, 0, 0, 0, 0, 0, 0x61];

impl Scene {
    async fn set() -> Self {
        let world = World::start().await;
        let (adele, bob, root) = (world.token("adele").await, world.token("bob").await, world.token("root").await);
        let session = world.running(&adele).await;
        Self { world, adele, bob, root, session }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/sessions/{}{rest}", self.session)
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.world.ask("POST", path).bearer(token).json(body).await
    }

    async fn get(&self, token: &str, path: &str) -> Answer {
        self.world.ask("GET", path).bearer(token).await
    }

    async fn delete(&self, token: &str, path: &str) -> u16 {
        self.world.ask("DELETE", path).bearer(token).await.status
    }

    /// Adele makes a share.
    async fn share(&self, terms: &Value) -> Value {
        let made = self.post(&self.adele, &self.path("/shares"), terms).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()
    }

    /// Adele makes a link; answers its secret.
    async fn link(&self, mut terms: Value) -> String {
        terms["link_share"] = json!(true);
        secret(&self.share(&terms).await)
    }

    async fn join(&self, token: &str, secret: &str) -> Answer {
        self.post(token, "/api/sessions/shares/join", &json!({"token": secret})).await
    }

    async fn screen(&self, token: &str) -> Socket {
        let mut socket = open(&self.world, &self.session, token).await;
        handshake(&mut socket).await;
        socket
    }

    async fn viewers(&self) -> Vec<Value> {
        self.get(&self.adele, &self.path("/viewers")).await.json().as_array().unwrap().clone()
    }

    /// Waits until somebody is among the viewers, and answers the line.
    async fn viewer(&self, name: &str) -> Value {
        let is = |it: &Value| it["username"] == name;
        eventually(&format!("{name} is listed"), || async { self.viewers().await.iter().any(is) }).await;
        self.viewers().await.into_iter().find(is).unwrap()
    }

    /// Whether a key that is typed here reaches the app.
    async fn types(&self, socket: &mut Socket) -> bool {
        let before = self.world.runtime.received(&self.session);
        socket.send(Message::binary(KEY.to_vec())).await.unwrap();
        // What follows is allowed to everybody, so its arrival says that the key has been decided about.
        socket.send(Message::binary(vec![3, 1, 0, 0, 0, 0, 0, 64, 0, 48])).await.unwrap();
        eventually("the request for a picture arrives", || async {
            self.world.runtime.received(&self.session) >= before + 10
        })
        .await;
        self.world.runtime.received(&self.session) == before + 18
    }

    async fn audited(&self, action: &str) -> Value {
        self.get(&self.root, &format!("/api/audit?action={action}")).await.json()["logs"].clone()
    }
}

fn secret(share: &Value) -> String {
    let url = share["url"].as_str().expect("a link has a url");
    let (page, secret) = url.split_once('#').expect("the secret stands in the fragment");
    assert!(page.ends_with("/join"), "{url}");
    assert!(secret.len() >= 43, "256 bits: {url}");
    secret.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_user_sees_the_session_watches_and_cannot_type() {
    let scene = Scene::set().await;
    assert_eq!(scene.get(&scene.bob, &scene.path("")).await.status, 404);
    let share = scene.share(&json!({"username": "bob"})).await;
    assert_eq!((share["kind"].as_str(), share["permission"].as_str()), (Some("user"), Some("read_only")));
    assert!(share.get("url").is_none());
    let seen = scene.get(&scene.bob, "/api/sessions/shared").await.json();
    assert_eq!(seen[0]["id"], scene.session.as_str());
    let seen = &seen[0];
    assert_eq!((seen["is_shared"].as_bool(), seen["can_control"].as_bool()), (Some(true), Some(false)));
    assert_eq!(
        (seen["share_permission"].as_str(), seen["owner_username"].as_str()),
        (Some("read_only"), Some("adele"))
    );
    assert_eq!(seen["share_id"], share["id"]);

    let mut socket = scene.screen(&scene.bob).await;
    assert!(!scene.types(&mut socket).await);
    let line = scene.viewer("bob").await;
    assert_eq!((line["state"].as_str(), line["has_control"].as_bool()), (Some("connected"), Some(false)));
    assert_eq!(scene.get(&scene.adele, &scene.path("")).await.json()["viewers"], 1);
    assert_eq!(scene.post(&scene.bob, &scene.path("/stop"), &json!({})).await.status, 403);
    assert_eq!(scene.post(&scene.bob, &scene.path("/shares"), &json!({"username": "olga"})).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_taken_back_ends_its_streams_and_only_those() {
    let scene = Scene::set().await;
    let olga = scene.world.token("olga").await;
    let share = scene.share(&json!({"username": "bob"})).await;
    scene.share(&json!({"username": "olga"})).await;
    let (mut bob, mut other) = (scene.screen(&scene.bob).await, scene.screen(&olga).await);
    let mut own = scene.screen(&scene.adele).await;
    // Defect G07 of the older system: another session's owner names this share.
    let elsewhere = scene.world.running(&olga).await;
    let id = share["id"].as_str().unwrap();
    assert_eq!(scene.delete(&olga, &format!("/api/sessions/{elsewhere}/shares/{id}")).await, 404);

    let begun = Instant::now();
    assert_eq!(scene.delete(&scene.adele, &scene.path(&format!("/shares/{id}"))).await, 204);
    assert_eq!(closing(&mut bob).await.0, 4412);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!scene.types(&mut other).await);
    assert!(scene.types(&mut own).await);
    assert_eq!(closing(&mut open(&scene.world, &scene.session, &scene.bob).await).await.0, 4404);
    assert_eq!(scene.get(&scene.bob, &scene.path("")).await.status, 404);
    assert_eq!(scene.audited("DELETE_SHARE").await[0]["user"], "adele");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lets_in_as_often_as_it_says_and_every_bad_secret_looks_the_same() {
    let scene = Scene::set().await;
    let olga = scene.world.token("olga").await;
    let link = scene.link(json!({"max_uses": 1})).await;
    let first = scene.join(&scene.bob, &link).await;
    assert_eq!((first.status, first.json()["share_permission"].as_str()), (200, Some("read_only")));
    // The same person again is no further use.
    assert_eq!(scene.join(&scene.bob, &link).await.status, 200);
    let used_up = scene.join(&olga, &link).await;
    let wrong = scene.join(&olga, "no such secret").await;
    let taken_back = scene.share(&json!({"link_share": true})).await;
    scene.delete(&scene.adele, &scene.path(&format!("/shares/{}", taken_back["id"].as_str().unwrap()))).await;
    let gone = scene.join(&olga, &secret(&taken_back)).await;
    for answer in [&used_up, &wrong, &gone] {
        assert_eq!((answer.status, answer.code()), (404, "no_such_link".to_owned()));
        assert_eq!(answer.json()["detail"], wrong.json()["detail"]);
    }
    let last = scene.link(json!({})).await;
    scene.post(&scene.adele, &scene.path("/stop"), &json!({})).await;
    assert_eq!(scene.join(&olga, &last).await.code(), "no_such_link");
    let listed = scene.get(&scene.adele, &scene.path("/shares")).await;
    assert!(!listed.text().contains(&last) && !listed.text().contains("url"), "{}", listed.text());
    let denied = scene.audited("JOIN_SHARE").await;
    assert!(denied.as_array().unwrap().iter().any(|it| it["outcome"] == "denied"), "{denied}");
    assert!(!denied.to_string().contains(&last));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_sees_nothing_until_the_owner_lets_in() {
    let scene = Scene::set().await;
    let olga = scene.world.token("olga").await;
    let link = scene.link(json!({"approval": true})).await;
    let waiting = scene.join(&scene.bob, &link).await;
    assert_eq!((waiting.status, waiting.json()["status"].as_str()), (202, Some("waiting")));
    let id = waiting.json()["join_id"].as_str().unwrap().to_owned();
    let standing = format!("/api/sessions/joins/{id}");
    assert_eq!(scene.get(&scene.bob, &scene.path("")).await.status, 404);
    assert_eq!(closing(&mut open(&scene.world, &scene.session, &scene.bob).await).await.0, 4404);
    assert_eq!(scene.get(&scene.bob, &standing).await.json()["status"], "waiting");
    assert_eq!(scene.get(&olga, &standing).await.status, 404);
    assert_eq!(scene.viewer("bob").await["state"], "waiting");

    let decide = |what: &str, id: &str| scene.path(&format!("/viewers/{id}/{what}"));
    assert_eq!(scene.post(&scene.adele, &decide("admit", &id), &json!({})).await.status, 204);
    assert_eq!(scene.post(&scene.adele, &decide("refuse", &id), &json!({})).await.status, 409);
    let admitted = scene.get(&scene.bob, &standing).await.json();
    assert_eq!(
        (admitted["status"].as_str(), admitted["session"]["id"].as_str()),
        (Some("admitted"), Some(&*scene.session))
    );
    scene.screen(&scene.bob).await;

    let second = scene.join(&olga, &link).await.json()["join_id"].as_str().unwrap().to_owned();
    assert_eq!(scene.post(&scene.adele, &decide("refuse", &second), &json!({})).await.status, 204);
    assert_eq!(scene.get(&olga, &format!("/api/sessions/joins/{second}")).await.json()["status"], "refused");
    assert_eq!(scene.join(&olga, &link).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_that_is_handed_over_leaves_everybody_else_watching() {
    let scene = Scene::set().await;
    let olga = scene.world.token("olga").await;
    for name in ["bob", "olga"] {
        let permission = if name == "bob" { "read_write" } else { "read_only" };
        scene.share(&json!({"username": name, "permission": permission})).await;
    }
    let (mut adele, mut bob) = (scene.screen(&scene.adele).await, scene.screen(&scene.bob).await);
    let mut watching = scene.screen(&olga).await;
    assert!(scene.types(&mut adele).await && scene.types(&mut bob).await && !scene.types(&mut watching).await);

    let (bobs, olgas) = (scene.viewer("bob").await["id"].clone(), scene.viewer("olga").await["id"].clone());
    let control = scene.path("/control");
    assert_eq!(scene.post(&scene.adele, &control, &json!({"viewer_id": olgas})).await.status, 422);
    let handed = scene.post(&scene.adele, &control, &json!({"viewer_id": bobs})).await;
    assert_eq!((handed.status, &handed.json()["control"]["viewer_id"]), (200, &bobs));
    assert_eq!(handed.json()["can_control"], false);
    // The owner's rights changed, and Bob's, who now chooses the screen's size; Olga's did not.
    assert_eq!(closing(&mut adele).await.0, 4411);
    assert_eq!(closing(&mut bob).await.0, 4411);
    let (mut adele, mut bob) = (scene.screen(&scene.adele).await, scene.screen(&scene.bob).await);
    assert!(!scene.types(&mut adele).await && scene.types(&mut bob).await && !scene.types(&mut watching).await);

    scene.post(&scene.adele, &control, &json!({"viewer_id": null})).await;
    assert_eq!(closing(&mut adele).await.0, 4411);
    assert!(scene.types(&mut scene.screen(&scene.adele).await).await);
    assert_eq!(scene.audited("HAND_OVER_CONTROL").await.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_is_cut_stays_out_and_gives_control_back() {
    let scene = Scene::set().await;
    let link = scene.link(json!({"permission": "read_write"})).await;
    scene.join(&scene.bob, &link).await;
    let mut bob = scene.screen(&scene.bob).await;
    let id = scene.viewer("bob").await["id"].as_str().unwrap().to_owned();
    scene.post(&scene.adele, &scene.path("/control"), &json!({"viewer_id": id})).await;
    assert_eq!(closing(&mut bob).await.0, 4411);
    let mut bob = scene.screen(&scene.bob).await;
    assert_eq!(scene.delete(&scene.adele, &scene.path(&format!("/viewers/{id}"))).await, 204);
    assert_eq!(closing(&mut bob).await.0, 4412);
    assert_eq!(scene.join(&scene.bob, &link).await.status, 404);
    let own = scene.get(&scene.adele, &scene.path("")).await.json();
    assert_eq!((own["can_control"].as_bool(), own["control"]["viewer_id"].is_null()), (Some(true), true));

    let olga = scene.world.token("olga").await;
    scene.join(&olga, &link).await;
    let mut socket = scene.screen(&olga).await;
    assert_eq!(scene.delete(&scene.adele, &scene.path("/viewers?revoke=true")).await, 204);
    assert_eq!(closing(&mut socket).await.0, 4412);
    assert_eq!(scene.get(&scene.adele, &scene.path("/shares")).await.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_watches_only_with_a_reason_and_not_unnoticed() {
    let scene = Scene::set().await;
    let observe = scene.path("/observe");
    assert_eq!(closing(&mut open(&scene.world, &scene.session, &scene.root).await).await.0, 4403);
    for reason in ["", "  ", "no"] {
        let refused = scene.post(&scene.root, &observe, &json!({"reason": reason})).await;
        assert_eq!((refused.status, refused.code()), (403, "reason_needed".to_owned()), "{reason:?}");
    }
    assert_eq!(scene.post(&scene.root, &observe, &json!({"reason": "x".repeat(501)})).await.status, 422);
    assert_eq!(scene.post(&scene.bob, &observe, &json!({"reason": "curiosity"})).await.status, 404);
    let seen = scene.post(&scene.root, &observe, &json!({"reason": "ticket 4711"})).await.json();
    assert_eq!((seen["share_permission"].as_str(), seen["can_control"].as_bool()), (Some("observe"), Some(false)));
    let mut socket = scene.screen(&scene.root).await;
    assert!(!scene.types(&mut socket).await);
    assert_eq!(scene.get(&scene.adele, &scene.path("")).await.json()["observed"], true);
    let line = scene.viewer("root").await;
    assert_eq!(line["role"], "observer");
    let cut = scene.path(&format!("/viewers/{}", line["id"].as_str().unwrap()));
    assert_eq!(scene.delete(&scene.adele, &cut).await, 403);
    let entry = &scene.audited("OBSERVE_SESSION").await[0];
    assert!(entry["details"].to_string().contains("ticket 4711"), "{entry}");
    assert!(entry["on_behalf_of"].is_string());
    // An observation is not for going on to share or to hand over.
    assert_eq!(scene.post(&scene.root, &scene.path("/shares"), &json!({"link_share": true})).await.status, 403);

    let quiet = json!({"observe_banner": "false"});
    assert_eq!(scene.world.ask("PUT", "/api/admin/settings").bearer(&scene.root).json(&quiet).await.status, 200);
    assert_eq!(scene.get(&scene.adele, &scene.path("")).await.json()["observed"], false);
    assert!(scene.viewers().await.iter().all(|it| it["role"] != "observer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_made_no_administrator_any_more_watches_no_longer() {
    let scene = Scene::set().await;
    let bob = scene.get(&scene.bob, "/api/auth/me").await.json()["id"].as_str().unwrap().to_owned();
    let make = async |role: &str| {
        let said = json!({"username": "bob", "roles": [role]});
        let made = scene.world.ask("PUT", &format!("/api/admin/users/{bob}")).bearer(&scene.root).json(&said).await;
        assert_eq!(made.status, 200, "{}", made.text());
    };
    make("admin").await;
    let observes = scene.post(&scene.bob, &scene.path("/observe"), &json!({"reason": "ticket 4711"})).await;
    assert_eq!(observes.status, 200, "{}", observes.text());
    let mut socket = scene.screen(&scene.bob).await;
    assert!(!scene.types(&mut socket).await);
    make("user").await;
    assert_eq!(closing(&mut socket).await.0, 4403);
    assert_eq!(closing(&mut open(&scene.world, &scene.session, &scene.bob).await).await.0, 4404);
}

/// Somebody without an account, with a link.
async fn guest(scene: &Scene, secret: &str, name: &str) -> Answer {
    let origin = scene.world.origin();
    let said = json!({"token": secret, "name": name});
    scene.world.ask("POST", "/api/sessions/shares/join").header("origin", &origin).json(&said).await
}

/// The screen of the guest with this cookie.
async fn guest_screen(scene: &Scene, cookie: &str) -> Socket {
    let mut request = request(&scene.world, &scene.session);
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("origin", scene.world.origin().parse().unwrap());
    let mut socket = dial(&scene.world, request).await.unwrap();
    handshake(&mut socket).await;
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_guest_was_sent_away_the_owner_lets_guests_of_that_link_in() {
    let scene = Scene::set().await;
    let on = json!({"guest_shares": "true"});
    assert_eq!(scene.world.ask("PUT", "/api/admin/settings").bearer(&scene.root).json(&on).await.status, 200);
    let (link, other) = (scene.link(json!({"guests": true})).await, scene.link(json!({"guests": true})).await);
    let eve = guest(&scene, &link, "Eve").await;
    let cookie = eve.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut screen = guest_screen(&scene, &cookie).await;
    assert_eq!(guest(&scene, &link, "Mallory").await.status, 200, "nobody was sent away yet");
    let eves = scene.viewer("Eve").await["id"].as_str().unwrap().to_owned();
    assert_eq!(scene.delete(&scene.adele, &scene.path(&format!("/viewers/{eves}"))).await, 204);
    assert_eq!(closing(&mut screen).await.0, 4412);

    let again = guest(&scene, &link, "Eve").await;
    assert_eq!((again.status, again.json()["status"].as_str()), (202, Some("waiting")), "{}", again.text());
    assert_eq!(scene.join(&scene.bob, &link).await.status, 200, "an account tells one from another");
    assert_eq!(guest(&scene, &other, "Zoe").await.status, 200, "another link is for others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_reaches_one_session_and_nothing_else() {
    let scene = Scene::set().await;
    let link = scene.link(json!({"guests": true})).await;
    let refused = guest(&scene, &link, "Eve").await;
    assert_eq!((refused.status, refused.code()), (401, "sign_in_needed".to_owned()));
    let on = json!({"guest_shares": "true"});
    assert_eq!(scene.world.ask("PUT", "/api/admin/settings").bearer(&scene.root).json(&on).await.status, 200);
    assert_eq!(guest(&scene, &scene.link(json!({})).await, "Eve").await.code(), "sign_in_needed");

    let joined = guest(&scene, &link, "Eve").await;
    assert_eq!((joined.status, joined.json()["id"].as_str()), (200, Some(&*scene.session)), "{}", joined.text());
    let cookie = joined.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(joined.header("set-cookie").contains("HttpOnly"));
    let origin = scene.world.origin();
    let ask =
        |method: &str, path: &str| scene.world.ask(method, path).header("cookie", &cookie).header("origin", &origin);
    assert_eq!(ask("GET", &scene.path("")).await.json()["share_permission"], "read_only");
    assert_eq!(ask("GET", "/api/auth/me").await.json()["username"], "Eve (guest)");
    let other = scene.world.running(&scene.bob).await;
    assert_eq!(ask("GET", &format!("/api/sessions/{other}")).await.status, 404);
    for path in ["/api/sessions", "/api/me/preferences", "/api/quotas", "/api/audit", "/api/sessions/shared"] {
        assert_eq!(ask("GET", path).await.status, 403, "{path}");
    }
    assert_eq!(ask("DELETE", &scene.path("")).await.status, 403);
    assert_eq!(ask("POST", "/api/sessions").json(&json!({"app_id": "shell"})).await.status, 403);

    let mut socket = guest_screen(&scene, &cookie).await;
    assert!(!scene.types(&mut socket).await);
    let listed = scene.viewer("Eve").await;
    assert_eq!((listed["guest"].as_bool(), listed["user_id"].is_null()), (Some(true), true));
    assert_eq!(ask("POST", "/api/auth/logout").await.status, 204);
    assert_eq!(closing(&mut socket).await.0, 4401);
    assert_eq!(ask("GET", &scene.path("")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_concerned_hear_of_it_and_nobody_else() {
    let scene = Scene::set().await;
    let olga = scene.world.token("olga").await;
    let mut bobs = Listener::open(&scene.world, &scene.bob, None, "").await;
    let mut olgas = Listener::open(&scene.world, &olga, None, "").await;
    let mut adeles = Listener::open(&scene.world, &scene.adele, None, "").await;
    scene.share(&json!({"username": "bob"})).await;
    assert!(bobs.heard_until("session.viewers_changed").await.contains(&scene.session));
    scene.post(&scene.root, &scene.path("/observe"), &json!({"reason": "ticket 4711"})).await;
    scene.post(&scene.adele, &scene.path("/stop"), &json!({})).await;
    let heard = bobs.heard_until("session.stopped").await;
    assert!(!heard.contains("session.observed"), "{heard}");
    let heard = adeles.heard_until("session.stopped").await;
    assert!(heard.contains("session.observed") && heard.contains("session.viewers_changed"), "{heard}");
    // Something that Olga does hear, after everything that she must not have heard.
    let own = scene.world.launch(&olga).await;
    let heard = olgas.heard_until("session.created").await;
    assert!(heard.contains(&own) && !heard.contains(&scene.session), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_a_share_is_checked() {
    let scene = Scene::set().await;
    for (terms, status) in [
        (json!({}), 422),
        (json!({"username": "bob", "link_share": true}), 422),
        (json!({"username": "bob", "approval": true}), 422),
        (json!({"username": "adele"}), 422),
        (json!({"username": "nobody"}), 404),
        (json!({"link_share": true, "expires_in": 0}), 422),
        (json!({"link_share": true, "expires_in": 2_592_001}), 422),
        (json!({"link_share": true, "max_uses": 0}), 422),
        (json!({"link_share": true, "permission": "admin"}), 422),
        (json!({"link_share": true, "surprise": 1}), 422),
    ] {
        let answer = scene.post(&scene.adele, &scene.path("/shares"), &terms).await;
        assert_eq!(answer.status, status, "{terms}: {}", answer.text());
    }
    let off = json!({"control_links": "false"});
    assert_eq!(scene.world.ask("PUT", "/api/admin/settings").bearer(&scene.root).json(&off).await.status, 200);
    let wanted = json!({"link_share": true, "permission": "read_write"});
    assert_eq!(scene.post(&scene.adele, &scene.path("/shares"), &wanted).await.status, 403);
    scene.share(&json!({"username": "bob"})).await;
    assert_eq!(scene.post(&scene.adele, &scene.path("/shares"), &json!({"username": "bob"})).await.status, 409);
}
