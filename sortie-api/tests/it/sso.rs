//! Signing in through another service, as a browser sees it: addresses, cookies and pages.

use sortie_testkit::provider::{ISSUER, Mood, person};

use crate::world::{Answer, Ask, World};

/// A browser on its way to the service and back.
struct Trip {
    /// `name=value` of the cookie that binds it.
    cookie: String,
    state: String,
}

/// What stands in the address on the way back, and the problem that it makes.
type Case<'a> = (&'a dyn Fn(&Trip) -> String, &'a str);

fn cookies(answer: &Answer) -> Vec<String> {
    answer.headers.get_all("set-cookie").iter().map(|it| it.to_str().unwrap().to_owned()).collect()
}

/// The sign-in cookie among those that are set.
fn signed_in(answer: &Answer) -> Option<String> {
    let set = cookies(answer).into_iter().find(|it| it.starts_with("sortie_") && !it.starts_with("sortie_sso_"))?;
    Some(set.split(';').next().unwrap().to_owned())
}

async fn depart(world: &World, path: &str) -> Trip {
    let answer = world.ask("GET", path).send().await;
    assert_eq!(answer.status, 302, "{}", answer.text());
    let location = answer.header("location");
    assert!(location.starts_with(ISSUER), "{location}");
    let state = location.split_once("state=").unwrap().1.split('&').next().unwrap().to_owned();
    Trip { cookie: cookies(&answer)[0].split(';').next().unwrap().to_owned(), state }
}

/// The way back, as the service sends a browser from its own site.
fn back(world: &World, trip: &Trip, query: &str) -> Ask {
    let path = format!("/api/auth/oidc/callback?{query}");
    world.ask("GET", &path).header("cookie", &trip.cookie).header("sec-fetch-site", "cross-site")
}

fn good(trip: &Trip) -> String {
    format!("code={0}&state={0}&iss=https%3A%2F%2Fidp.example", trip.state)
}

async fn world() -> World {
    let world = World::start().await;
    world.provider.vouch_for(person("lovelace", &[]).unwrap());
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_to_the_service_and_comes_back_signed_in() {
    let world = world().await;
    let there = world.ask("GET", "/api/auth/oidc/login?redirect=/apps%3Fq%3Da").send().await;
    let bound = cookies(&there);
    assert!(bound[0].starts_with(&format!("sortie_sso_{}=", world.address.port())), "{bound:?}");
    assert!(bound[0].contains("HttpOnly; SameSite=Lax") && bound[0].contains("Path=/; Max-Age=600"), "{bound:?}");
    let trip = depart(&world, "/api/auth/oidc/login?redirect=/apps%3Fq%3Da").await;
    let home = back(&world, &trip, &good(&trip)).await;
    assert_eq!((home.status, home.header("location")), (302, "/apps?q=a"), "{}", home.text());
    assert_eq!(home.header("cache-control"), "no-store");
    let set = cookies(&home);
    assert!(set.iter().any(|it| it.starts_with("sortie_sso_") && it.contains("Max-Age=0")), "{set:?}");
    assert!(set.iter().any(|it| it.contains("HttpOnly; SameSite=Strict")), "{set:?}");
    let cookie = signed_in(&home).unwrap();
    let me = world.ask("GET", "/api/auth/me").header("cookie", &cookie).send().await;
    assert_eq!((me.status, me.json()["username"].as_str()), (200, Some("lovelace")));
    assert_eq!(me.json()["has_password"], false);
    let config = world.ask("GET", "/api/config").send().await.json();
    assert_eq!((config["sso_enabled"].as_bool(), config["sso_name"].as_str()), (Some(true), Some("Corp")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_this_browsers_first_signs_nobody_in() {
    let world = world().await;
    let port = world.address.port();
    let refused = |answer: &Answer, problem: &str| {
        assert_eq!((answer.status, answer.header("location")), (302, format!("/sign-in?problem={problem}").as_str()));
        assert_eq!(signed_in(answer), None);
    };
    let trip = depart(&world, "/api/auth/oidc/login").await;
    assert!(signed_in(&back(&world, &trip, &good(&trip)).await).is_some());
    refused(&back(&world, &trip, &good(&trip)).await, "sso_state");
    let doubled = |it: &Trip| format!("{0}; {0}", it.cookie);
    let foreign = |_: &Trip| format!("sortie_sso_{port}=guess.guess");
    let swapped = |it: &Trip| {
        let (own, verifier) = it.cookie.split_once('=').unwrap().1.split_once('.').unwrap();
        format!("sortie_sso_{port}={verifier}.{own}")
    };
    let none = |_: &Trip| "other=1".to_owned();
    let cookies: [&dyn Fn(&Trip) -> String; 4] = [&doubled, &foreign, &swapped, &none];
    for (index, cookie) in cookies.iter().enumerate() {
        let trip = depart(&world, "/api/auth/oidc/login").await;
        let changed = Trip { cookie: cookie(&trip), state: trip.state.clone() };
        let answer = back(&world, &changed, &good(&changed)).await;
        assert_eq!(answer.header("location"), "/sign-in?problem=sso_state", "cookie {index}");
        refused(&answer, "sso_state");
    }
    let queries: [Case<'_>; 10] = [
        (&|_| String::new(), "sso_state"),
        (&|it| format!("code={}", it.state), "sso_state"),
        (&|it| format!("code={0}&state={0}x", it.state), "sso_state"),
        (&|it| format!("code={0}&state={0}&state={0}", it.state), "sso_state"),
        (&|it| format!("code={0}&state={1}", it.state, it.state.to_uppercase()), "sso_state"),
        (&|it| format!("state={}", it.state), "sso_refused"),
        (&|it| format!("code=other&state={}", it.state), "sso_refused"),
        (&|it| format!("code={0}&code=x&state={0}", it.state), "sso_refused"),
        (&|it| format!("code={0}&state={0}&error=access_denied", it.state), "sso_refused"),
        (&|it| format!("code={0}&state={0}&iss=https%3A%2F%2Fevil.example", it.state), "sso_refused"),
    ];
    for (query, problem) in queries {
        let trip = depart(&world, "/api/auth/oidc/login").await;
        refused(&back(&world, &trip, &query(&trip)).await, problem);
        // Whatever was wrong: what was begun is spent or still bound, and a second attempt is no better.
        if problem == "sso_refused" {
            refused(&back(&world, &trip, &good(&trip)).await, "sso_state");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_copies_of_an_answer_one_is_let_in() {
    let world = world().await;
    let trip = depart(&world, "/api/auth/oidc/login").await;
    let answers = futures_util::future::join_all((0..8).map(|_| back(&world, &trip, &good(&trip)).send())).await;
    assert_eq!(answers.iter().filter(|it| signed_in(it).is_some()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_anywhere_but_to_a_path_of_this_site() {
    let world = world().await;
    for redirect in ["https%3A%2F%2Fevil.test", "%2F%2Fevil.test", "%2F%5Cevil.test", "%5C%5Cevil", "/%0d%0aX:1", "x"] {
        let answer = world.ask("GET", &format!("/api/auth/oidc/login?redirect={redirect}")).send().await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{redirect}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_on_a_sibling_site_finds_the_way_back_too() {
    let world = world().await;
    let own = world.cookie("adele").await;
    let trip = depart(&world, "/api/auth/oidc/login").await;
    let both = format!("{}; {own}", trip.cookie);
    let path = format!("/api/auth/oidc/callback?{}", good(&trip));
    let answer = world.ask("GET", &path).header("cookie", &both).header("sec-fetch-site", "same-site").send().await;
    assert!(signed_in(&answer).is_some(), "{} {}", answer.status, answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_came_by_another_name_is_first_sent_to_where_it_will_come_back() {
    let world = world().await;
    let host = format!("127.0.0.1:{}", world.address.port());
    let answer = world.ask("GET", "/api/auth/oidc/login?redirect=/apps").host(&host).send().await;
    let own = format!("http://localhost:{}/api/auth/oidc/login?redirect=%2Fapps&sent=1", world.address.port());
    assert_eq!((answer.status, answer.header("location")), (302, own.as_str()));
    let again = world.ask("GET", "/api/auth/oidc/login?sent=1").host(&host).send().await;
    assert!(again.header("location").starts_with(ISSUER), "it is sent once");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_service_is_away_the_page_says_so_and_passwords_still_work() {
    let world = world().await;
    world.provider.set_mood(Mood::Away);
    let answer = world.ask("GET", "/api/auth/oidc/login").send().await;
    assert_eq!((answer.status, answer.header("location")), (302, "/sign-in?problem=sso_unavailable"));
    world.token("adele").await;
    let notice = world.ask("POST", "/api/auth/oidc/backchannel-logout");
    let answer = notice.body("application/x-www-form-urlencoded", "logout_token=a%2Fb+1").send().await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "sso_unavailable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_word_ends_a_sign_in_and_nonsense_does_not() {
    let world = world().await;
    let trip = depart(&world, "/api/auth/oidc/login").await;
    let cookie = signed_in(&back(&world, &trip, &good(&trip)).await).unwrap();
    let form = "application/x-www-form-urlencoded";
    let tell = |body: &str| world.ask("POST", "/api/auth/oidc/backchannel-logout").body(form, body);
    for nonsense in
        ["", "logout_token=", "logout_token=nonsense", "other=lovelace+1", "logout_token=lovelace+1&logout_token=x"]
    {
        let answer = tell(nonsense).send().await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_logout_token"), "{nonsense}");
    }
    let me = || world.ask("GET", "/api/auth/me").header("cookie", &cookie).send();
    assert_eq!(me().await.status, 200);
    let told = tell("logout_token=lovelace%2Fsession-of-lovelace+1").send().await;
    assert_eq!((told.status, told.header("cache-control")), (200, "no-store"));
    assert_eq!(me().await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service_its_routes_are_not_there() {
    let world = World::start_with(|it| it.sso = None).await;
    assert_eq!(world.ask("GET", "/api/auth/oidc/login").send().await.status, 404);
}
