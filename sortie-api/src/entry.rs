//! Every request's way in and out: its id, the checks at the door, the handler in its own task, the headers of the answer.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::BodyExt;
use hyper::upgrade::OnUpgrade;
use sortie_control::account::token::Authenticated;
use sortie_core::{id::RequestId, port::BoxError};
use tracing::{debug, error, warn};

use crate::{
    answer::{self, Body},
    api::Api,
    body::{Payload, Unread},
    context::Context,
    dispatch,
    error::ApiError,
    guard::{self, Peer, Visit, cookie, headers},
    rates::address_key,
    route::{Access, Found, Route},
    text::Query,
};

/// A credential as it was shown.
struct Shown {
    token: String,
    in_cookie: bool,
}

impl Api {
    /// Answers one request of one peer. This is the whole interface: mount it in any hyper server. An answer with status 101
    /// belongs to a stream; the connection must be served with upgrades.
    pub async fn answer<B>(self: Arc<Self>, peer: Peer, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let begun = Instant::now();
        let (mut parts, body) = request.into_parts();
        let id = self.request_id(peer, &parts.headers);
        let visit = self.settings.site.visit(peer, &parts.uri, &parts.headers);
        // On `localhost` it would hold for every other server on that machine, too.
        let pin_https = visit.origin.as_ref().is_some_and(|it| it.is_https() && !it.is_loopback());
        let found = Route::parse(parts.uri.path());
        let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
        let unread: Unread = body.map_err(Into::into).boxed_unsync();
        let upgrade = parts.extensions.remove::<OnUpgrade>();
        let mut response = match self.admit(parts, unread, upgrade, visit, found.clone(), &id).await {
            Ok(response) => response,
            Err(error) => {
                log_failure(&error, &id, &method, &path);
                error.into_response(&id)
            }
        };
        headers::protect(response.headers_mut(), pin_https);
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert("x-request-id", value);
        }
        let template = match &found {
            Found::Route(route) => route.endpoint().template,
            Found::Unknown => "unknown",
            Found::Page => "page",
        };
        let (status, took) = (response.status().as_u16(), begun.elapsed());
        self.metrics.answered(template, &method, status, took);
        debug!(request.id = %id, method = %method, route = template, status, took_us = took.as_micros(), "Request answered");
        response
    }

    /// The checks that need nobody's identity, then the identity, then the handler.
    async fn admit(
        self: &Arc<Self>,
        parts: Parts,
        unread: Unread,
        upgrade: Option<OnUpgrade>,
        visit: Visit,
        found: Found,
        id: &RequestId,
    ) -> Result<Response<Body>, ApiError> {
        check_framing(&parts.headers)?;
        let any_host = matches!(&found, Found::Route(route) if route.endpoint().any_host && is_read(&parts.method));
        if !visit.is_listed && !any_host {
            return Err(ApiError::new(
                StatusCode::MISDIRECTED_REQUEST,
                "wrong_host",
                "this server does not answer under that name; SORTIE_PUBLIC_URL lists the names it answers under",
            ));
        }
        let query = Query::parse(parts.uri.query());
        if query.has("token") || query.has("access_token") {
            return Err(ApiError::bad_request(
                "token_in_url",
                "addresses end up in logs, so credentials are not taken from them; send Authorization: Bearer instead",
            ));
        }
        let route = match found {
            Found::Route(route) => route,
            Found::Unknown => return Err(ApiError::no_such_path()),
            Found::Page => return self.page(&parts),
        };
        check_method(&route, &parts.method)?;
        let shown = Self::shown(&parts.headers, &visit).filter(|_| !route.is_single_sign_on());
        let with_cookie = shown.as_ref().is_some_and(|it| it.in_cookie);
        let changes = guard::is_unsafe(&parts.method) || matches!(route, Route::Stream(_));
        guard::check_origin(&parts.headers, &visit, changes, with_cookie)?;
        let signed_in = self.authenticate(shown, &route).await?;
        if guard::is_unsafe(&parts.method) {
            self.count_write(signed_in.as_ref(), &visit)?;
        }
        let payload = Payload { headers: parts.headers.clone(), unread, patience: self.settings.body_timeout };
        let cx = Context {
            api: Arc::clone(self),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            query,
            request: id.clone(),
            visit,
            signed_in,
            with_cookie,
        };
        self.run(route, cx, payload, upgrade).await
    }

    /// Runs the handler. What changes something runs to its end even when the client leaves; a panic costs one request.
    async fn run(
        self: &Arc<Self>,
        route: Route,
        cx: Context,
        payload: Payload,
        upgrade: Option<OnUpgrade>,
    ) -> Result<Response<Body>, ApiError> {
        let detached = guard::is_unsafe(&cx.method) || matches!(route, Route::OidcCallback);
        let handling = AssertUnwindSafe(dispatch::dispatch(route, cx, payload, upgrade)).catch_unwind();
        let outcome = if detached {
            self.tasks.spawn("request", handling).await.map_err(ApiError::internal)?
        } else {
            handling.await
        };
        outcome.unwrap_or_else(|_| {
            self.metrics.panicked();
            Err(ApiError::internal("the handler panicked"))
        })
    }

    /// The credential: a bearer token goes before the cookie.
    fn shown(headers: &HeaderMap, visit: &Visit) -> Option<Shown> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            let token = token.trim();
            let good = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty();
            return good.then(|| Shown { token: token.to_owned(), in_cookie: false });
        }
        let name = cookie::name(visit.origin.as_ref()?);
        cookie::read(headers, &name).map(|token| Shown { token, in_cookie: true })
    }

    async fn authenticate(&self, shown: Option<Shown>, route: &Route) -> Result<Option<Authenticated>, ApiError> {
        let needed = route.endpoint().access == Access::SignedIn;
        // The token of scrapers is not a person's.
        let is_scraped = matches!(route, Route::Metrics | Route::Healthz | Route::Readyz);
        let found = match shown {
            Some(shown) if !is_scraped => self.control.authenticate(&shown.token).await?,
            _ => None,
        };
        match found {
            Some(it) if it.principal.guest.is_some() && !route.is_for_guests() => {
                if needed {
                    Err(ApiError::not_for_guests())
                } else {
                    Ok(None)
                }
            }
            None if needed => Err(ApiError::not_signed_in()),
            found => Ok(found),
        }
    }

    fn count_write(&self, signed_in: Option<&Authenticated>, visit: &Visit) -> Result<(), ApiError> {
        let key = match signed_in {
            Some(authenticated) => format!("user {}", authenticated.principal.user),
            None => format!("address {}", address_key(visit.client)),
        };
        self.limiters.writes.count(&key).map_err(|wait| ApiError::too_many("too_many_requests", wait))
    }

    /// The web app: its files, and its page for every other path.
    fn page(&self, parts: &Parts) -> Result<Response<Body>, ApiError> {
        if !is_read(&parts.method) {
            return Err(ApiError::wrong_method("GET, HEAD".to_owned()));
        }
        self.assets.answer(parts.uri.path(), &parts.headers).ok_or_else(ApiError::no_such_path)
    }

    /// A proxy that is trusted may name the request; anybody else gets a fresh id.
    fn request_id(&self, peer: Peer, headers: &HeaderMap) -> RequestId {
        let said = headers.get("x-request-id").filter(|_| self.settings.site.trusts(peer.address));
        let legal = |it: &&str| {
            (1..=64).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        let said = said.and_then(|it| it.to_str().ok()).filter(legal).and_then(|it| RequestId::new(it).ok());
        said.unwrap_or_else(Self::new_request_id)
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// A request whose length can be read in two ways is an attack on whoever stands between (RFC 9112 §6.1).
fn check_framing(headers: &HeaderMap) -> Result<(), ApiError> {
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING)) {
        return Err(ApiError::bad_request("ambiguous_request", "the request can be read in two ways"));
    }
    Ok(())
}

fn check_method(route: &Route, method: &Method) -> Result<(), ApiError> {
    let methods = route.endpoint().methods;
    let asked = if *method == Method::HEAD { &Method::GET } else { method };
    if methods.contains(asked) {
        return Ok(());
    }
    let mut allow: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if methods.contains(&Method::GET) {
        allow.push("HEAD");
    }
    Err(ApiError::wrong_method(allow.join(", ")))
}

fn log_failure(failure: &ApiError, id: &RequestId, method: &Method, path: &str) {
    let status = failure.status();
    match failure.inside() {
        Some(inside) if status == StatusCode::INTERNAL_SERVER_ERROR => {
            error!(request.id = %id, method = %method, path, error = %inside, "Request failed");
        }
        Some(inside) => {
            warn!(request.id = %id, method = %method, path, status = status.as_u16(), error = %inside, "Request failed");
        }
        None => debug!(request.id = %id, method = %method, path, code = failure.code(), "Request refused"),
    }
}

/// Without a body, for methods whose answer has none.
pub(crate) fn no_content() -> Response<Body> {
    answer::bare(StatusCode::NO_CONTENT)
}
