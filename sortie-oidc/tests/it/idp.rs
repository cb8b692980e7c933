//! A provider of our own: it says whatever a test wants.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sortie_core::{
    port::{IdentityProvider, PortError},
    secret::Secret,
    sso::{Assertion, Redemption},
    time::Timestamp,
};
use sortie_oidc::{Algorithm, OidcProvider, Settings};
use tokio::net::TcpListener;

use crate::sign::Key;

pub(crate) const CLIENT: &str = "sortie";
pub(crate) const NONCE: &str = "7b502c3a1f48c8609ae212cdfb639dee39673f5e";
pub(crate) const ACCESS: &str = "access-canary";

/// One answer of the provider.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Said {
    pub(crate) fn json(value: &Value) -> Self {
        Self { status: 200, kind: "application/json", body: value.to_string().into_bytes() }
    }
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, Said>,
    asked: Vec<Asked>,
}

/// The provider.
pub(crate) struct Idp {
    pub(crate) issuer: String,
    script: Arc<Mutex<Script>>,
}

impl Idp {
    /// Listens; answers 404 to everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::<Mutex<Script>>::default();
        let served = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let script = Arc::clone(&served);
                let service = service_fn(move |request| answer(Arc::clone(&script), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
            }
        });
        Self { issuer, script }
    }

    /// Says this from now on.
    pub(crate) fn say(&self, path: &str, said: Said) {
        self.script.lock().unwrap().answers.insert(path.to_owned(), said);
    }

    /// What was asked so far, below this path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Asked> {
        self.script.lock().unwrap().asked.iter().filter(|it| it.path == path).cloned().collect()
    }

    /// An honest description.
    pub(crate) fn description(&self) -> Value {
        let issuer = &self.issuer;
        json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"), "userinfo_endpoint": format!("{issuer}/me"),
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    /// Settings that trust it.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(Secret::new("secret-canary")),
            redirect_url: "https://sortie.example/api/auth/oidc/callback".to_owned(),
            scopes: vec!["profile".to_owned(), "email".to_owned()],
            groups_claim: "groups".to_owned(),
            algorithms: Algorithm::ALL.to_vec(),
            allow_http: false,
            authorities: None,
        }
    }

    pub(crate) fn provider(&self) -> OidcProvider {
        OidcProvider::new(self.settings()).unwrap()
    }

    /// Claims that hold now.
    pub(crate) fn claims(&self) -> Value {
        let now = now_seconds();
        json!({
            "iss": self.issuer, "sub": "ada-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": NONCE,
            "name": "Ada", "preferred_username": "ada", "email": "ada@corp.com", "email_verified": true,
            "groups": ["staff"], "sid": "sid-1",
        })
    }

    /// Says everything that an honest provider with this key says.
    pub(crate) fn be_honest(&self, key: &Key) {
        let header = json!({"alg": key.algorithm(), "kid": "k1", "typ": "JWT"});
        self.say("/.well-known/openid-configuration", Said::json(&self.description()));
        self.say("/keys", Said::json(&json!({"keys": [key.public("k1")]})));
        self.say_token(&key.token(&header, &self.claims().to_string()));
        self.say("/me", Said::json(&json!({"sub": "ada-1", "groups": ["from-userinfo"]})));
    }

    pub(crate) fn say_token(&self, token: &str) {
        let tokens = json!({"id_token": token, "access_token": ACCESS, "token_type": "Bearer", "expires_in": 300});
        self.say("/token", Said::json(&tokens));
    }
}

async fn answer(script: Arc<Mutex<Script>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let path = parts.uri.path().to_owned();
    let authorization =
        parts.headers.get("authorization").map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    let mut script = script.lock().unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    script.asked.push(Asked { path: path.clone(), authorization, body });
    let said = script.answers.get(&path).cloned();
    let said = said.unwrap_or(Said { status: 404, kind: "text/plain", body: Vec::new() });
    let response = Response::builder().status(said.status).header("content-type", said.kind);
    // Where a lie is a redirect, it leads back to what would be believed.
    let response = response.header("location", "/honest");
    Ok(response.body(Full::new(Bytes::from(said.body))).unwrap())
}

pub(crate) fn redemption() -> Redemption {
    Redemption {
        code: Secret::new("code-canary"),
        verifier: Secret::new("verifier-canary-verifier-canary-verifier-canary"),
        nonce: NONCE.to_owned(),
        issuer: None,
    }
}

pub(crate) async fn redeem(provider: &OidcProvider) -> Result<Assertion, PortError> {
    provider.redeem(&redemption(), now()).await
}

#[expect(clippy::disallowed_methods, reason = "the tests have no other clock")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(0).plus(Duration::from_secs(since.as_secs()))
}

pub(crate) fn now_seconds() -> i64 {
    now().as_micros() / 1_000_000
}

/// Lets time pass at once. Time stands still only for that: sockets need it to go on.
pub(crate) async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
