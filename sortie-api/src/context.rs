//! One request, after the checks at the door: everything a handler may know of it besides its body.

use std::sync::Arc;

use http::{HeaderMap, Method, Uri};
use sortie_control::{Control, account::token::Authenticated};
use sortie_core::{id::RequestId, policy::Caller, port::PageRequest};

use crate::{api::Api, error::ApiError, guard::Visit, text::Query, wire::parse_time};
use sortie_core::time::Timestamp;

/// The most rows that one page holds.
const MOST_ROWS: u32 = 1_000;

/// Names the tenant of lists and of new things.
pub(crate) const TENANT: &str = "x-tenant-id";

/// One request.
pub(crate) struct Context {
    pub(crate) api: Arc<Api>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) request: RequestId,
    pub(crate) visit: Visit,
    pub(crate) signed_in: Option<Authenticated>,
    /// The token came in the cookie.
    pub(crate) with_cookie: bool,
}

impl Context {
    /// The use cases.
    pub(crate) fn control(&self) -> &Control {
        &self.api.control
    }

    /// Who asks, in which tenant; fails for strangers, and for a tenant of which the caller is not a member.
    pub(crate) fn caller(&self) -> Result<Caller, ApiError> {
        let signed_in = self.signed_in.as_ref().ok_or_else(ApiError::not_signed_in)?;
        let tenant = match self.header(TENANT) {
            None => &signed_in.principal.tenant,
            Some(text) => signed_in.principal.choose_tenant(text.trim()).ok_or_else(ApiError::unknown_tenant)?,
        };
        Ok(Caller {
            tenant: tenant.clone(),
            principal: signed_in.principal.clone(),
            source_ip: self.visit.client.to_string(),
            request: self.request.clone(),
        })
    }

    /// Whether a browser asks, and not a program: browsers say where a request comes from.
    pub(crate) fn is_browser(&self) -> bool {
        self.headers.contains_key(http::header::ORIGIN) || self.headers.contains_key("sec-fetch-site")
    }

    /// A header's text.
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Which page is asked for. Without a limit everything, or `usual` rows.
    pub(crate) fn page(&self, usual: Option<u32>) -> Result<PageRequest, ApiError> {
        let limit = match self.query.get("limit") {
            None => usual,
            Some(text) => Some(text.parse().ok().filter(|it| (1..=MOST_ROWS).contains(it)).ok_or_else(|| {
                ApiError::bad_request("bad_parameter", format!("limit must be a number between 1 and {MOST_ROWS}"))
            })?),
        };
        let cursor = self.query.get("cursor").map(str::to_owned);
        // A cursor without a limit would be the rest of everything.
        let limit = limit.or_else(|| cursor.as_ref().map(|_| MOST_ROWS));
        Ok(PageRequest { limit, cursor })
    }

    /// A point in time from the query.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.query.get(name) else { return Ok(None) };
        parse_time(text).map(Some).ok_or_else(|| {
            ApiError::bad_request("bad_parameter", format!("{name} must be a time such as 2026-11-21T00:00:00Z"))
        })
    }

    /// The `Link` header's value for the next page.
    pub(crate) fn next_link(&self, cursor: &str) -> String {
        format!("<{}?{}>; rel=\"next\"", self.uri.path(), self.query.with("cursor", cursor))
    }
}
