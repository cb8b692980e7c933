//! Single sign-on through a real provider.

use std::time::Duration;

use super::harness::{
    PATIENCE,
    client::Client,
    provider::{Place, SECRET},
    screen::{Gone, Screen},
    server::Server,
    visitor::{Arrived, Visitor},
    wait_for,
    world::World,
};

fn world(place: &Place) -> World {
    let mut world = World::sqlite();
    world.set("SORTIE_OIDC_ISSUER", &place.issuer);
    world.set("SORTIE_OIDC_CLIENT_ID", "sortie");
    world.set("SORTIE_OIDC_CLIENT_SECRET", SECRET);
    world.set("SORTIE_OIDC_SCOPES", "openid,profile,email,groups");
    world.set("SORTIE_OIDC_ROLE_MAP", "ops=admin");
    world.set("SORTIE_OIDC_ALLOWED_DOMAINS", "corp.example");
    world.set("SORTIE_OIDC_NAME", "Corp");
    world
}

/// `http://localhost:port` of a server.
fn site(server: &Server) -> String {
    format!("http://localhost:{}", server.address.port())
}

/// Clicks the button, gives a name at the provider, and comes back.
async fn sign_in(visitor: &mut Visitor, server: &Server, name: &str, path: &str) -> Arrived {
    let there = visitor.visit(&format!("{}/api/auth/oidc/login?redirect={path}", site(server))).await;
    assert_eq!(there.answer.status, 200, "{}: {}", there.url, there.text());
    assert!(there.url.contains("/interaction/"), "{}", there.url);
    visitor.send(&there.url, &format!("prompt=login&login={name}&password=anything")).await
}

/// The visitor's own account, as Sortie sees it.
async fn me(visitor: &mut Visitor, server: &Server) -> Option<serde_json::Value> {
    let answer = visitor.visit(&format!("{}/api/auth/me", site(server))).await.answer;
    (answer.status == 200).then(|| answer.json())
}

#[tokio::test]
async fn people_of_a_provider_sign_in_and_their_groups_give_and_take_roles() {
    let place = Place::reserve();
    let world = world(&place);
    // The provider is away when the server starts: local people come in, and the page says what is wrong.
    let server = world.start().await;
    let admin = server.admin().await;
    let mut visitor = Visitor::default();
    let login = format!("{}/api/auth/oidc/login", site(&server));
    let away = visitor.step(hyper::Method::GET, &login, None).await;
    assert_eq!(away.header("location"), "/sign-in?problem=sso_unavailable");
    let _provider = place.start(server.address.port(), &world.folder().join("provider.log")).await;
    wait_for(PATIENCE, "the provider to be found", || async {
        let answer = Visitor::default().step(hyper::Method::GET, &login, None).await;
        answer.header("location").starts_with(&place.issuer).then_some(())
    })
    .await;

    // Whoever calls themselves as the local administrator does is somebody else.
    let home = sign_in(&mut visitor, &server, "admin", "/apps%3Fq%3Dx").await;
    assert_eq!(home.url, format!("{}/apps?q=x", site(&server)), "{:?}", visitor.visited);
    let own = me(&mut visitor, &server).await.expect("signed in");
    assert_eq!((own["username"].as_str(), own["email"].as_str()), (Some("admin-2"), Some("admin@corp.example")));
    assert_eq!(own["roles"], serde_json::json!(["user"]));

    // A group gives a role at the next sign-in, and leaving it takes the role from sign-ins that are open.
    place.groups("ada", &["ops"]).await;
    let mut ada = Visitor::default();
    sign_in(&mut ada, &server, "ada", "/").await;
    assert_eq!(me(&mut ada, &server).await.expect("signed in")["roles"], serde_json::json!(["admin"]));
    let users = format!("{}/api/admin/users", site(&server));
    assert_eq!(ada.visit(&users).await.answer.status, 200);
    place.groups("ada", &[]).await;
    let mut elsewhere = Visitor::default();
    sign_in(&mut elsewhere, &server, "ada", "/").await;
    assert_eq!(ada.visit(&users).await.answer.status, 403);

    // An address that was used is good for nobody any more.
    let used = visitor.visited.iter().find(|it| it.contains("/callback?")).unwrap().clone();
    let replayed = visitor.step(hyper::Method::GET, &used, None).await;
    assert_eq!(replayed.header("location"), "/sign-in?problem=sso_state");

    nothing_secret_was_left(&world, &admin, &[&visitor, &ada, &elsewhere]).await;
}

/// Neither in the log nor in the audit: codes, states, cookies, the client's secret.
async fn nothing_secret_was_left(world: &World, admin: &Client, visitors: &[&Visitor]) {
    let audit = admin.get("/api/audit").await;
    let audit = String::from_utf8_lossy(&audit.body).into_owned();
    assert!(audit.contains("SSO_LOGIN"), "{audit}");
    let mut secrets = vec![SECRET.to_owned()];
    for visitor in visitors {
        secrets.extend(visitor.cookies());
        let addresses = visitor.visited.iter().filter_map(|it| it.split_once('?'));
        let parameters = addresses.flat_map(|(_, query)| query.split('&')).filter_map(|it| it.split_once('='));
        secrets.extend(parameters.filter(|(name, _)| ["code", "state"].contains(name)).map(|it| it.1.to_owned()));
    }
    assert!(secrets.len() > 8, "{secrets:?}");
    let log = world.logs();
    for secret in secrets {
        assert!(!log.contains(&secret) && !audit.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn signing_out_at_the_provider_ends_the_sign_in_and_its_stream_within_five_seconds() {
    let place = Place::reserve();
    let world = world(&place);
    let server = world.start().await;
    let _provider = place.start(server.address.port(), &world.folder().join("provider.log")).await;
    let mut visitor = Visitor::default();
    wait_for(PATIENCE, "the provider to be found", || async {
        let login = format!("{}/api/auth/oidc/login", site(&server));
        let answer = Visitor::default().step(hyper::Method::GET, &login, None).await;
        answer.header("location").starts_with(&place.issuer).then_some(())
    })
    .await;
    sign_in(&mut visitor, &server, "ada", "/").await;
    assert!(me(&mut visitor, &server).await.is_some());
    let cookie = visitor.cookie("localhost", &format!("sortie_{}", server.address.port()));
    let person = server.anybody().with_cookie(cookie);
    let session = person.launch_and_wait("terminal").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();

    let page = visitor.visit(&format!("{}/session/end", place.issuer)).await;
    let xsrf = page.text().split("name=\"xsrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    visitor.send(&format!("{}/session/end/confirm", place.issuer), &format!("xsrf={xsrf}&logout=yes")).await;
    let gone = tokio::time::timeout(Duration::from_secs(5), screen.until_gone()).await.expect("within five seconds");
    assert!(matches!(gone, Gone::Closed(4401, _)), "{gone:?}");
    assert!(me(&mut visitor, &server).await.is_none());
    // The session itself goes on: its owner may come back to it.
    let admin = server.admin().await;
    assert_eq!(admin.get(&format!("/api/sessions/{session}")).await.json()["status"], "running");
    admin.delete(&format!("/api/sessions/{session}")).await;
    world.empty(Duration::from_secs(10)).await;
}
