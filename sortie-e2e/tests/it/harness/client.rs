//! An HTTP client: nobody, a program with a bearer token, or a browser with a cookie. One connection per request.

use std::{net::SocketAddr, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, body::Bytes, body::Incoming, header::HeaderMap};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};

use super::{PATIENCE, wait_for};

/// Who asks.
#[derive(Clone, Debug)]
enum Credential {
    None,
    Bearer(String),
    Cookie(String),
}

/// A client of one server.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    credential: Credential,
    origin: Option<String>,
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The code of a problem document; empty when it is none.
    pub(crate) fn code(&self) -> String {
        let is_problem = self.header("content-type").starts_with("application/problem+json");
        let body = self.json();
        let code = body["code"].as_str().filter(|_| is_problem);
        code.unwrap_or_default().to_owned()
    }

    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

impl Client {
    /// Nobody.
    pub(crate) fn anonymous(address: SocketAddr) -> Self {
        Self { address, credential: Credential::None, origin: None }
    }

    /// A program with the tokens from its sign-in.
    pub(crate) async fn signed_in(&self, username: &str, password: &str) -> Self {
        let answer = self.post("/api/auth/login", &json!({"username": username, "password": password})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.json()["access_token"].as_str().expect("a program gets a token").to_owned();
        self.with_token(token)
    }

    /// A program with this token.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self { credential: Credential::Bearer(token), ..self.clone() }
    }

    /// A browser with the cookie from its sign-in.
    pub(crate) async fn browser(&self, username: &str, password: &str) -> Self {
        let browser = self.on_page_of(&format!("http://{}", self.address));
        let answer = browser.post("/api/auth/login", &json!({"username": username, "password": password})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.json().get("access_token").is_none(), "a browser gets no token to read");
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        assert!(cookie.contains('='), "{answer:?}");
        Self { credential: Credential::Cookie(cookie), ..browser }
    }

    /// A browser that has this cookie already.
    pub(crate) fn with_cookie(&self, cookie: String) -> Self {
        Self { credential: Credential::Cookie(cookie), ..self.on_page_of(&format!("http://{}", self.address)) }
    }

    /// The same caller, from a page of this origin.
    pub(crate) fn on_page_of(&self, origin: &str) -> Self {
        Self { origin: Some(origin.to_owned()), ..self.clone() }
    }

    /// The same caller at another address: a server that was started again.
    pub(crate) fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The token; empty for who has none.
    pub(crate) fn token(&self) -> &str {
        match &self.credential {
            Credential::Bearer(token) => token,
            Credential::None | Credential::Cookie(_) => "",
        }
    }

    /// The headers that say who asks, and from where.
    pub(crate) fn identity(&self) -> Vec<(&'static str, String)> {
        let credential = match &self.credential {
            Credential::None => None,
            Credential::Bearer(token) => Some(("authorization", format!("Bearer {token}"))),
            Credential::Cookie(cookie) => Some(("cookie", cookie.clone())),
        };
        credential.into_iter().chain(self.origin.clone().map(|it| ("origin", it))).collect()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Asks; a failure of the connection fails the test.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let story = format!("{method} {path}");
        self.try_send(method, path, body).await.unwrap_or_else(|error| panic!("{story}: {error:#}"))
    }

    pub(crate) async fn try_get(&self, path: &str) -> anyhow::Result<Answer> {
        self.try_send(Method::GET, path, None).await
    }

    /// Asks; the server may be dying.
    pub(crate) async fn try_send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let complete = async {
            let response = self.begin(method, path, body).await?;
            let (head, body) = response.into_parts();
            let body = body.collect().await?.to_bytes();
            anyhow::Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
        };
        timeout(PATIENCE, complete).await?
    }

    /// Asks, and leaves the body to be read.
    pub(crate) async fn begin(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Response<Incoming>> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", self.address.to_string());
        for (name, text) in self.identity() {
            request = request.header(name, text);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        Ok(sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?)
    }

    /// Launches an app; answers the session.
    pub(crate) async fn launch(&self, app: &str) -> Value {
        let wish = json!({"app_id": app, "screen_width": 640, "screen_height": 480});
        let answer = self.post("/api/sessions", &wish).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    /// Launches an app and waits until it runs; answers the session's id.
    pub(crate) async fn launch_and_wait(&self, app: &str) -> String {
        let session = id(&self.launch(app).await);
        self.until(&session, "running").await;
        session
    }

    /// Waits until a session has this status; fails when it ends in another one.
    pub(crate) async fn until(&self, session: &str, status: &str) -> Value {
        let path = format!("/api/sessions/{session}");
        wait_for(PATIENCE, &format!("session {session} to be {status}"), || async {
            let now = self.get(&path).await.json();
            let is_there = now["status"] == status;
            let is_over = ["stopped", "expired", "failed"].contains(&now["status"].as_str().unwrap_or_default());
            assert!(is_there || !is_over, "instead of {status}: {now:#}");
            is_there.then_some(now)
        })
        .await
    }

    /// Waits until nothing of the caller's counts against the quota any more.
    pub(crate) async fn until_released(&self, limit: Duration) {
        wait_for(limit, "the quota to be free", || async {
            (self.get("/api/quotas").await.json()["user_sessions"] == 0).then_some(())
        })
        .await;
    }
}

/// The id of a session or an app.
pub(crate) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id in {object}")).to_owned()
}
