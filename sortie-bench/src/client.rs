//! A small HTTP client with one connection.

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, StatusCode, body::Incoming, client::conn::http1::SendRequest, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::server::PASSWORD;

/// One connection, kept open, with a bearer token after [`Client::sign_in`].
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: String,
    token: Option<String>,
}

impl Client {
    /// Connects.
    pub(crate) async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Its end is seen by the next request.
        tokio::spawn(connection);
        Ok(Self { sender, address: address.to_owned(), token: None })
    }

    /// Connects with somebody's token.
    pub(crate) async fn with_token(address: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self { token: Some(token.to_owned()), ..Self::connect(address).await? })
    }

    /// Signs the administrator in.
    pub(crate) async fn sign_in(address: &str) -> anyhow::Result<(Self, String)> {
        let mut client = Self::connect(address).await?;
        let credentials = json!({"username": "admin", "password": PASSWORD});
        let (status, _, body) = client.send("POST", "/api/auth/login", Some(&credentials), None).await?;
        let answer: Value = serde_json::from_slice(&body)?;
        let Some(token) = answer["access_token"].as_str() else { bail!("sign-in answered {status}") };
        client.token = Some(token.to_owned());
        Ok((client, token.to_owned()))
    }

    /// Asks for an answer without end, which is read as long as the client lives.
    pub(crate) async fn stream(&mut self, path: &str) -> anyhow::Result<Incoming> {
        let answer = self.exchange("GET", path, None, None).await?;
        ensure!(answer.status() == StatusCode::OK, "{path} answered {}", answer.status());
        Ok(answer.into_body())
    }

    /// Sends a request; answers status, `ETag` and body.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        etag: Option<&str>,
    ) -> anyhow::Result<(StatusCode, Option<String>, Bytes)> {
        let answer = self.exchange(method, path, body, etag).await?;
        let tag = answer.headers().get(header::ETAG).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let status = answer.status();
        Ok((status, tag, answer.into_body().collect().await?.to_bytes()))
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        etag: Option<&str>,
    ) -> anyhow::Result<Response<Incoming>> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &self.address);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let content = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        self.sender.ready().await.context("the connection was closed")?;
        Ok(self.sender.send_request(request.body(Full::new(content))?).await?)
    }
}
