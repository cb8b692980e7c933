//! Signing in through another service: on the way there, on the way back, and its word that somebody signed out.

use http::{HeaderValue, Response, StatusCode, header};
use sortie_control::{
    ControlError,
    account::sso::{PATIENCE, SsoAnswer, SsoError},
};
use sortie_core::{local_path::LocalPath, secret::Secret};
use tracing::warn;

use super::site::sign_in_remedy;
use crate::{
    answer::{self, Body},
    body::{MOST_AUTH, Payload},
    context::Context,
    error::{ApiError, Problem},
    guard::{Origin, cookie},
    rates::address_key,
};

/// Says that the browser was already sent to the address at which a sign-in can be finished.
const SENT: &str = "sent";

/// Sends a browser to the service that signs people in.
#[utoipa::path(get, path = "/api/auth/oidc/login", tag = "sign-in",
    params(("redirect" = Option<String>, Query, description = "the path to go to afterwards; `/` where none is given")),
    responses((status = 302, description = "to the service"), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn login(cx: &Context) -> Result<Response<Body>, ApiError> {
    let face = cx.api.settings.sso.as_ref().filter(|_| cx.control().has_sso()).ok_or_else(ApiError::no_such_path)?;
    if let Some(remedy) = sign_in_remedy(cx) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "sign_in_needs_https", remedy));
    }
    let redirect = match cx.query.get("redirect") {
        Some(text) => LocalPath::parse(text).map_err(|invalid| ApiError::invalid("redirect", invalid.rule))?,
        None => LocalPath::root(),
    };
    let origin = own_origin(cx)?;
    let finishes_at = Origin::of_url(&face.redirect_url);
    if let Some(other) = finishes_at.filter(|it| it != origin && !cx.query.has(SENT)) {
        // The cookie must be where the browser comes back to.
        return Ok(to(&format!("{other}/api/auth/oidc/login?{}", cx.query.with(SENT, "1"))));
    }
    cx.api
        .limiters
        .sign_ins_per_address
        .count(&address_key(cx.visit.client))
        .map_err(|wait| ApiError::too_many("too_many_attempts", wait))?;
    match cx.control().begin_sso(redirect).await {
        Ok(begun) => {
            let set = cookie::set_sso(origin, begun.kept.reveal(), PATIENCE.as_secs());
            Ok(answer::with_header(to(&begun.address), header::SET_COOKIE, &set))
        }
        Err(error) => back_to_sign_in(&error).ok_or_else(|| failure(error)),
    }
}

/// Takes a browser back from the service: signed in, or to the page that says why not.
#[utoipa::path(get, path = "/api/auth/oidc/callback", tag = "sign-in",
    params(("state" = Option<String>, Query, description = "as it was sent there"),
        ("code" = Option<String>, Query, description = "good once, for the service's tokens"),
        ("iss" = Option<String>, Query, description = "which service answers"),
        ("error" = Option<String>, Query, description = "that the service refused")),
    responses((status = 302, description = "to the path asked for, or to `/sign-in?problem=<code>`"),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn callback(cx: &Context) -> Result<Response<Body>, ApiError> {
    if !cx.control().has_sso() {
        return Err(ApiError::no_such_path());
    }
    cx.api
        .limiters
        .sign_ins_per_address
        .count(&address_key(cx.visit.client))
        .map_err(|wait| ApiError::too_many("too_many_attempts", wait))?;
    let origin = own_origin(cx)?;
    // An answer with an error is no answer with a code, whatever else it holds.
    let code = cx.query.only("code").filter(|_| !cx.query.has("error"));
    let answer = SsoAnswer {
        state: cx.query.only("state").unwrap_or_default().to_owned(),
        code: code.map(Secret::new),
        issuer: cx.query.only("iss").map(str::to_owned),
        kept: cookie::read(&cx.headers, &cookie::sso_name(origin)).map(Secret::new),
        source_ip: cx.visit.client.to_string(),
        user_agent: cx.header(header::USER_AGENT).unwrap_or_default().to_owned(),
        request: cx.request.clone(),
    };
    let response = match cx.control().finish_sso(answer).await {
        Ok((signed_in, redirect)) => {
            let seconds = signed_in.ends_at.since(cx.control().now()).as_secs();
            let set = cookie::set(origin, signed_in.token.reveal(), seconds);
            answer::with_header(to(redirect.as_str()), header::SET_COOKIE, &set)
        }
        Err(error) => back_to_sign_in(&error).ok_or_else(|| failure(error))?,
    };
    // What bound the browser to this one sign-in has served, well or badly.
    Ok(answer::with_header(response, header::SET_COOKIE, &cookie::set_sso(origin, "", 0)))
}

/// Ends sign-ins at the word of the service (OpenID Connect Back-Channel Logout 1.0).
#[utoipa::path(post, path = "/api/auth/oidc/backchannel-logout", tag = "sign-in",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`logout_token`"),
    responses((status = 200, description = "done"), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub(crate) async fn backchannel_logout(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    if !cx.control().has_sso() {
        return Err(ApiError::no_such_path());
    }
    let form = payload.form(MOST_AUTH).await?;
    let refused = || ApiError::bad_request("invalid_logout_token", "the logout token was not accepted");
    let token = form.only("logout_token").map(Secret::new).ok_or_else(refused)?;
    match cx.control().obey_logout(&token, &cx.visit.client.to_string(), &cx.request).await {
        Ok(()) => Ok(answer::bare(StatusCode::OK)),
        Err(SsoError::Refused) => Err(refused()),
        Err(error) => Err(failure(error)),
    }
}

fn own_origin(cx: &Context) -> Result<&Origin, ApiError> {
    cx.visit.origin.as_ref().ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))
}

/// 302.
fn to(address: &str) -> Response<Body> {
    let mut response = answer::bare(StatusCode::FOUND);
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// To the page where people can try again or sign in otherwise; `None` where that would not help.
fn back_to_sign_in(error: &SsoError) -> Option<Response<Body>> {
    let problem = match error {
        SsoError::State => "sso_state",
        SsoError::Refused => "sso_refused",
        SsoError::Away => "sso_unavailable",
        SsoError::NotAllowed => "sso_not_allowed",
        SsoError::Account => "sso_account",
        SsoError::Own(ControlError::Unavailable { source, .. }) => {
            warn!(error = %source, "Single sign-on failed for something of our own that is away");
            "sso_unavailable"
        }
        SsoError::Off | SsoError::Own(_) => return None,
    };
    Some(to(&format!("/sign-in?problem={problem}")))
}

fn failure(error: SsoError) -> ApiError {
    match error {
        SsoError::Own(own) => own.into(),
        SsoError::Off => ApiError::no_such_path(),
        SsoError::State | SsoError::Refused | SsoError::Away | SsoError::NotAllowed | SsoError::Account => {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "sso_unavailable", error.to_string())
        }
    }
}
