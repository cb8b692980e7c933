//! The audit's collector: entries as lines of JSON, posted over HTTP.

use std::time::Duration;

use anyhow::Context;
use sortie_core::{
    port::{
        BoxFuture, Collector,
        forward::{Consignment, NotTaken},
    },
    secret::Secret,
};
use sortie_http::{Answer, Ask, Client};
use url::Url;

use crate::config::audit::Forward;

/// The media type: one JSON value a line.
const LINES: &str = "application/x-ndjson";
/// The status of what is too large (RFC 9110 §15.5.14).
const TOO_LARGE: u16 = 413;

/// One address.
pub(crate) struct HttpCollector {
    client: Client,
    url: Url,
    token: Option<Secret>,
}

impl HttpCollector {
    /// Reads the authorities; asks nobody.
    pub(crate) fn new(forward: &Forward) -> anyhow::Result<Self> {
        let client = Client::new(forward.authorities.as_deref()).context("SORTIE_AUDIT_FORWARD_CA_FILE")?;
        Ok(Self { client, url: forward.url.clone(), token: forward.token.clone() })
    }

    async fn post(&self, consignment: &Consignment) -> Result<(), NotTaken> {
        let mut body = consignment.lines.join("\n");
        body.push('\n');
        let authorization = self.token.as_ref().map(|it| format!("Bearer {}", it.reveal()));
        let ask = Ask { url: &self.url, authorization, post: Some((LINES, body.into())) };
        let host = self.url.host_str().unwrap_or_default();
        match self.client.send(ask).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) if answer.status.as_u16() == TOO_LARGE => {
                Err(NotTaken::TooMuch(format!("{host} takes less at once than {} entries", consignment.lines.len())))
            }
            Ok(answer) => Err(NotTaken::Away {
                why: format!("{host} answered with status {}", answer.status.as_u16()),
                retry_after: retry_after(&answer),
            }),
            Err(error) => Err(NotTaken::Away { why: error.to_string(), retry_after: None }),
        }
    }
}

/// In seconds; a date is not worth a calendar here.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.headers.get("retry-after")?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

impl Collector for HttpCollector {
    fn take<'a>(&'a self, consignment: &'a Consignment) -> BoxFuture<'a, Result<(), NotTaken>> {
        Box::pin(self.post(consignment))
    }
}
