//! Requests to the drill's own server on this machine. HTTP/1.0, so that an answer ends where the connection does.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks one server.
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) token: Option<String>,
}

/// What it says.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Answer {
    /// The body as JSON; anything but success is an error.
    pub(super) fn json(&self) -> anyhow::Result<serde_json::Value> {
        if !(200..300).contains(&self.status) {
            bail!("answered {}: {}", self.status, self.body.chars().take(200).collect::<String>());
        }
        if self.body.is_empty() {
            return Ok(serde_json::Value::Null);
        }
        serde_json::from_str(&self.body).context("the answer is no JSON")
    }
}

impl Client {
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "", "").await
    }

    /// The same for the lists of one tenant.
    pub(super) async fn get_of(&self, tenant: &str, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, &format!("X-Tenant-ID: {tenant}\r\n"), "").await
    }

    pub(super) async fn post(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<Answer> {
        self.send("POST", path, "Content-Type: application/json\r\n", &body.to_string()).await
    }

    async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> anyhow::Result<Answer> {
        let Self { address, token } = self;
        let bearer = token.as_ref().map(|it| format!("Authorization: Bearer {it}\r\n")).unwrap_or_default();
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{bearer}{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        let exchange = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(text.as_bytes()).await?;
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await?;
            std::io::Result::Ok(bytes)
        };
        let bytes = timeout(PATIENCE, exchange).await.context("no answer in time")??;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").context("the answer has no end of its head")?;
        let status =
            head.split_whitespace().nth(1).and_then(|it| it.parse().ok()).context("the answer has no status")?;
        Ok(Answer { status, body: body.to_owned() })
    }
}
