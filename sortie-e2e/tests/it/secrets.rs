//! What was handed over in confidence is found nowhere.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde_json::json;

use super::harness::{
    client::{Answer, Client},
    screen::Screen,
    server::Server,
    world::{PASSWORD, World},
};

#[tokio::test]
async fn no_password_and_no_token_is_in_a_log_a_database_or_an_answer() {
    let mut world = World::sqlite();
    world.set("SORTIE_LOG", "debug");
    let server = world.start().await;
    let admin = server.admin().await;
    let browser = server.anybody().browser("admin", PASSWORD).await;
    let cookie = browser.identity().into_iter().find(|it| it.0 == "cookie").unwrap().1;
    let cookie = cookie.split_once('=').unwrap().1.to_owned();
    let wrong = "canary-that-is-no-password";
    let answer = server.anybody().post("/api/auth/login", &json!({"username": "admin", "password": wrong})).await;
    assert!(answer.status == 401 && !String::from_utf8_lossy(&answer.body).contains(wrong), "{answer:?}");
    let user = server.user(&admin, "ada").await;
    let changed = json!({"current_password": "ada-has-a-long-password", "new_password": "canary-new-password-of-ada"});
    assert_eq!(user.post("/api/auth/password", &changed).await.status, 204);
    let session = admin.launch_and_wait("vault").await;
    Screen::open(&admin, &session).await.unwrap().close().await;
    let shown = admin.launch_and_wait("clock").await;
    let shared = admin.post(&format!("/api/sessions/{shown}/shares"), &json!({"link_share": true})).await.json();
    let link = shared["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    assert_eq!(user.post("/api/sessions/shares/join", &json!({"token": link})).await.status, 200);
    let mut more = credentials(&server, &admin, &user).await;
    let (factor, recovery) = second_factor(&user).await;
    more.extend(recovery.into_iter().map(|it| ("a recovery code", it)));
    let audit = text(&admin.get("/api/audit?limit=500").await);
    let metrics = text(&admin.get("/metrics").await);
    let logs = world.logs();
    let places = files(&world.data_dir().join("sortie.db"), &world.data_dir());
    let rfb = rfb_passwords(&world, &session);
    let known = [
        ("the administrator's password", PASSWORD),
        ("a wrong password", wrong),
        ("a user's password", "ada-has-a-long-password"),
        ("a new password", "canary-new-password-of-ada"),
        ("a bearer token", admin.token()),
        ("another bearer token", user.token()),
        ("a cookie", &cookie),
        ("a link's secret", &link),
        ("the screen's password", &rfb.0),
        ("the screen's view-only password", &rfb.1),
    ];
    for (what, secret) in known.into_iter().chain(more.iter().map(|(what, secret)| (*what, &**secret))) {
        assert!(secret.len() > 5, "{what}");
        assert!(!logs.contains(secret), "{what} is in the log");
        assert!(!audit.contains(secret), "{what} is in the audit");
        assert!(!metrics.contains(secret), "{what} is in the metrics");
        for place in &places {
            let content = fs::read(place).unwrap_or_default();
            let is_found = content.windows(secret.len()).any(|it| it == secret.as_bytes());
            assert!(!is_found, "{what} is in {}", place.display());
        }
    }
    // The database has to keep this one.
    assert!(!logs.contains(&factor) && !audit.contains(&factor) && !metrics.contains(&factor), "a factor's secret");
    assert!(!logs.contains("canary-of-an-app") && !audit.contains("canary-of-an-app"), "an app's variables");
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Makes one of each other thing that lets somebody in, and tries wrong ones, too.
async fn credentials(server: &Server, admin: &Client, user: &Client) -> Vec<(&'static str, String)> {
    let ada = ("ada", "canary-new-password-of-ada");
    let named = |it: &serde_json::Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let login = json!({"username": ada.0, "password": ada.1});
    let program = server.anybody().post("/api/auth/login", &login).await.json();
    let asked = json!({"name": "nightly", "scopes": ["read"]});
    let personal = user.post("/api/me/tokens", &asked).await.json();
    let users = admin.get("/api/admin/users").await.json();
    let id = named(users.as_array().unwrap().iter().find(|it| it["username"] == ada.0).unwrap(), "id");
    let reset = admin.post(&format!("/api/admin/users/{id}/reset"), &json!({})).await.json();
    let reset = named(&reset, "url").split_once('#').unwrap().1.to_owned();

    let in_the_name = "canary-password-in-the-wrong-field";
    let mistaken = json!({"username": in_the_name, "password": "canary-wrong-password"});
    assert_eq!(server.anybody().post("/api/auth/login", &mistaken).await.status, 401);
    let wrong = "canary-wrong-token";
    for (path, said) in [
        ("/api/auth/refresh", json!({"refresh_token": wrong})),
        ("/api/auth/reset", json!({"token": wrong, "new_password": "canary-new-by-link"})),
        ("/api/auth/second-factor", json!({"challenge": wrong, "code": "canary-wrong-code"})),
        ("/api/sessions/shares/join", json!({"token": wrong})),
    ] {
        let answer = server.anybody().post(path, &said).await;
        assert!([401, 404].contains(&answer.status), "{path}: {answer:?}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("canary"), "{path}: {answer:?}");
    }
    let by_program = server.anybody().with_token(wrong.to_owned());
    assert_eq!(by_program.get("/api/apps").await.status, 401);
    vec![
        ("a program's token", named(&program, "access_token")),
        ("a refresh token", named(&program, "refresh_token")),
        ("a personal access token", named(&personal, "token")),
        ("the secret of a link that resets a password", reset),
        ("a password in the wrong field", in_the_name.to_owned()),
        ("its password", "canary-wrong-password".to_owned()),
        ("a wrong token", wrong.to_owned()),
        ("a wrong code", "canary-wrong-code".to_owned()),
        ("a password that a wrong link did not set", "canary-new-by-link".to_owned()),
    ]
}

/// Switches a second factor on; answers its secret and its recovery codes.
#[expect(clippy::disallowed_methods, reason = "a phone shows the code of the wall clock")]
async fn second_factor(user: &Client) -> (String, Vec<String>) {
    let password = json!({"password": "canary-new-password-of-ada"});
    let begun = user.post("/api/me/second-factor", &password).await.json();
    let secret = begun["secret"].as_str().expect("a secret").to_owned();
    let key = totp_rs::Secret::try_from_base32(&secret).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let code = totp_rs::Builder::new().with_secret(key).build().unwrap().generate(now).to_string();
    let confirmed = user.post("/api/me/second-factor/confirm", &json!({"code": code})).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    let codes = confirmed.json()["recovery_codes"].as_array().unwrap().clone();
    (secret, codes.iter().map(|it| it.as_str().unwrap().to_owned()).collect())
}

/// The database with what stands beside it: the files that are backed up or read by operators.
fn files(database: &Path, data_dir: &Path) -> Vec<PathBuf> {
    let name = database.file_name().unwrap().to_string_lossy().into_owned();
    let all = fs::read_dir(data_dir).unwrap().flatten().map(|it| it.path());
    let found: Vec<_> = all.filter(|it| it.file_name().unwrap().to_string_lossy().starts_with(&name)).collect();
    assert!(!found.is_empty());
    found
}

fn rfb_passwords(world: &World, session: &str) -> (String, String) {
    let spec = world.data_dir().join("workloads").join(session).join("spec.json");
    let spec: serde_json::Value = serde_json::from_slice(&fs::read(spec).unwrap()).unwrap();
    let text = |name: &str| spec[name].as_str().unwrap().to_owned();
    (text("password"), text("view_only_password"))
}

#[tokio::test]
async fn what_the_server_writes_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::sqlite();
    let server = world.start().await;
    let session = server.admin().await.launch_and_wait("clock").await;
    let data_dir = world.data_dir();
    for path in [
        data_dir.clone(),
        data_dir.join("workloads"),
        data_dir.join("workloads").join(&session),
        data_dir.join("homes"),
    ] {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    let spec = fs::metadata(data_dir.join("workloads").join(&session).join("spec.json")).unwrap();
    assert_eq!(spec.permissions().mode() & 0o077, 0, "the record holds the screen's password");
}
