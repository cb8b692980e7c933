//! Reading request bodies: bounded in size and time, and only JSON.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::body::Body as _;
use serde::de::DeserializeOwned;
use sortie_core::port::BoxError;

use crate::{error::ApiError, text::Query};

/// The largest body where nothing else is said.
pub(crate) const MOST: usize = 1024 * 1024;
/// The largest body of sign-in routes.
pub(crate) const MOST_AUTH: usize = 16 * 1024;
/// How long a whole body may take, whatever its pace.
const WHOLE: Duration = Duration::from_mins(1);

/// A request's body, not yet read.
pub(crate) type Unread = UnsyncBoxBody<Bytes, BoxError>;

/// A request's body and what is needed to read it.
pub(crate) struct Payload {
    pub(crate) headers: HeaderMap,
    pub(crate) unread: Unread,
    /// How long it may pause.
    pub(crate) patience: Duration,
}

impl Payload {
    /// Reads JSON of at most `most` bytes.
    pub(crate) async fn json<T: DeserializeOwned>(self, most: usize) -> Result<T, ApiError> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !is_json(kind) {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send application/json",
            ));
        }
        let bytes = self.read(most).await?;
        parse(&bytes)
    }

    /// The same, or `None` when there is no body at all.
    pub(crate) async fn json_if_any<T: DeserializeOwned>(self, most: usize) -> Result<Option<T>, ApiError> {
        if self.unread.is_end_stream() { Ok(None) } else { self.json(most).await.map(Some) }
    }

    /// Reads a form of at most `most` bytes.
    pub(crate) async fn form(self, most: usize) -> Result<Query, ApiError> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !is_kind(kind, "application/x-www-form-urlencoded") {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send application/x-www-form-urlencoded",
            ));
        }
        let bytes = self.read(most).await?;
        Ok(Query::parse(std::str::from_utf8(&bytes).ok()))
    }

    async fn read(mut self, most: usize) -> Result<Bytes, ApiError> {
        // A length that is too great is refused before a byte is read.
        if self.unread.size_hint().lower() > most as u64 {
            return Err(too_large(most));
        }
        let patience = self.patience;
        let reading = async {
            let mut bytes = BytesMut::new();
            loop {
                let frame = tokio::time::timeout(patience, self.unread.frame()).await.map_err(|_| too_slow())?;
                let Some(frame) = frame else { return Ok(bytes.freeze()) };
                let frame = frame.map_err(|_| ApiError::bad_request("broken_body", "the body broke off"))?;
                if let Ok(data) = frame.into_data() {
                    if bytes.len() + data.len() > most {
                        return Err(too_large(most));
                    }
                    bytes.extend_from_slice(&data);
                }
            }
        };
        tokio::time::timeout(WHOLE, reading).await.map_err(|_| too_slow())?
    }
}

/// Reads JSON. The reader's own limit on depth (128) holds.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    use serde_json::error::Category;
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        // The reader's own message may quote a value, and a value may be a password: only the place is told.
        Category::Data => {
            let at = format!("line {} column {}", error.line(), error.column());
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("the JSON has the wrong shape at {at}"))
        }
        Category::Syntax | Category::Eof | Category::Io => {
            ApiError::bad_request("malformed_json", "the body is not JSON")
        }
    })
}

fn is_json(content_type: &str) -> bool {
    is_kind(content_type, "application/json")
}

fn is_kind(content_type: &str, wanted: &str) -> bool {
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

fn too_large(most: usize) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", format!("the body may be at most {most} bytes long"))
}

fn too_slow() -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body did not come in time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_nested_beyond_reason_is_refused_and_does_not_overflow() {
        let deep = "[".repeat(100_000);
        let error = parse::<serde_json::Value>(deep.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "malformed_json");
    }

    #[test]
    fn only_json_is_json() {
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(!is_json("text/plain") && !is_json("") && !is_json("application/jsonx"));
    }
}
