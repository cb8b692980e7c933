//! What a provider answers, before anything in it is believed.

use http::{StatusCode, header};
use sortie_http::Answer;

use crate::error::OidcError;

/// The body as text of JSON, after a 200.
pub(crate) fn json<'a>(answer: &'a Answer, what: &str) -> Result<&'a [u8], OidcError> {
    if answer.status != StatusCode::OK {
        return Err(OidcError::away(format!("{what} was answered with status {}", answer.status.as_u16())));
    }
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || kind.ends_with("+json") {
        Ok(&answer.body)
    } else {
        Err(OidcError::refused(format!("{what} was not answered in JSON")))
    }
}
