//! Server-sent events about sessions, heard as the web app hears them.

use anyhow::{Context, bail};
use bytes::BytesMut;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::client::Client;

/// What one listener hears; its connection is its own.
pub(crate) struct Events {
    _client: Client,
    body: Incoming,
    unread: BytesMut,
}

impl Events {
    /// Listens from now on.
    pub(crate) async fn listen(address: &str, token: &str) -> anyhow::Result<Self> {
        let mut client = Client::with_token(address, token).await?;
        let body = client.stream("/api/sessions/events").await?;
        let mut events = Self { _client: client, body, unread: BytesMut::new() };
        // The first line says that nothing is missed any more.
        events.line().await?;
        Ok(events)
    }

    /// Waits until a session runs; an error when it ends instead.
    pub(crate) async fn until_running(&mut self, session: &str) -> anyhow::Result<()> {
        loop {
            let line = self.line().await?;
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let event: Value = serde_json::from_str(data)?;
            if event["session_id"].as_str() != Some(session) {
                continue;
            }
            match event["status"].as_str() {
                Some("creating") => {}
                Some("running") => return Ok(()),
                _ => bail!("the launch failed: {event}"),
            }
        }
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        loop {
            if let Some(end) = self.unread.iter().position(|it| *it == b'\n') {
                let line = self.unread.split_to(end + 1);
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            let frame = self.body.frame().await.context("the events ended")??;
            if let Some(piece) = frame.data_ref() {
                self.unread.extend_from_slice(piece);
            }
        }
    }
}
