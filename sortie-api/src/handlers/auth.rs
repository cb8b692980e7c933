//! Signing in and out, the own account, the own password.

use http::{Response, StatusCode, header};
use sortie_control::account::sign_in::{SignInAttempt, SignedIn};
use sortie_core::{secret::Secret, sign_in::ClientKind};

use super::{ok, site::sign_in_remedy};
use crate::{
    answer::{self, Body},
    body::{MOST_AUTH, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    guard::cookie,
    rates::address_key,
    wire::account::{BrowserSignIn, ChangePassword, Login, ProgramSignIn, Refresh, User},
};

/// Signs in. A browser gets a cookie, a program an access token and a refresh token.
#[utoipa::path(post, path = "/api/auth/login", tag = "sign-in", request_body = Login,
    responses((status = 200, body = ProgramSignIn), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn login(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    if let Some(remedy) = sign_in_remedy(&cx) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "sign_in_needs_https", remedy));
    }
    let said: Login = payload.json(MOST_AUTH).await?;
    count_attempt(&cx, &said.username)?;
    let client = if cx.is_browser() { ClientKind::Browser } else { ClientKind::Api };
    let attempt = SignInAttempt {
        username: said.username,
        password: Secret::new(said.password),
        client,
        source_ip: cx.visit.client.to_string(),
        request: cx.request.clone(),
    };
    let signed_in = cx.control().sign_in(attempt).await?;
    match client {
        ClientKind::Browser => browser_answer(&cx, &signed_in),
        ClientKind::Api => Ok(ok(&ProgramSignIn::new(&signed_in, now(&cx)))),
    }
}

fn count_attempt(cx: &Context, username: &str) -> Result<(), ApiError> {
    let address = address_key(cx.visit.client);
    let name: String = username.to_lowercase().chars().take(100).collect();
    let limiters = &cx.api.limiters;
    let counted = limiters.sign_ins_per_address.count(&address);
    counted
        .and_then(|()| limiters.sign_ins_per_name.count(&format!("{address} {name}")))
        .map_err(|wait| ApiError::too_many("too_many_attempts", wait))
}

fn browser_answer(cx: &Context, signed_in: &SignedIn) -> Result<Response<Body>, ApiError> {
    let origin =
        cx.visit.origin.as_ref().ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))?;
    let seconds = signed_in.ends_at.since(now(cx)).as_secs();
    let set = cookie::set(origin, signed_in.token.reveal(), seconds);
    let body = BrowserSignIn { user: User::from(&signed_in.user) };
    Ok(answer::with_header(ok(&body), header::SET_COOKIE, &set))
}

fn now(cx: &Context) -> sortie_core::time::Timestamp {
    cx.control().now()
}

/// Ends the sign-in and everything that hangs on it.
#[utoipa::path(post, path = "/api/auth/logout", tag = "sign-in",
    responses((status = 204), (status = 401, body = Problem)))]
pub(crate) async fn logout(cx: &Context) -> Result<Response<Body>, ApiError> {
    cx.control().sign_out(&cx.caller()?).await?;
    Ok(match cx.visit.origin.as_ref().filter(|_| cx.with_cookie) {
        Some(origin) => answer::with_header(no_content(), header::SET_COOKIE, &cookie::clear(origin)),
        None => no_content(),
    })
}

/// Fresh tokens for a refresh token. A browser's cookie is extended by the request itself.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "sign-in", request_body = Option<Refresh>,
    responses((status = 200, body = ProgramSignIn), (status = 401, body = Problem)))]
pub(crate) async fn refresh(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let Some(said) = payload.json_if_any::<Refresh>(MOST_AUTH).await? else {
        let user = cx.control().me(&cx.caller()?).await?;
        return Ok(ok(&BrowserSignIn { user: User::from(&user) }));
    };
    cx.api
        .limiters
        .sign_ins_per_address
        .count(&address_key(cx.visit.client))
        .map_err(|wait| ApiError::too_many("too_many_attempts", wait))?;
    let token = Secret::new(said.refresh_token);
    let signed_in = cx.control().refresh(&token, &cx.visit.client.to_string(), &cx.request).await?;
    Ok(ok(&ProgramSignIn::new(&signed_in, now(&cx))))
}

/// The own account.
#[utoipa::path(get, path = "/api/auth/me", tag = "sign-in",
    responses((status = 200, body = User), (status = 401, body = Problem)))]
pub(crate) async fn me(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let user = User::from(&cx.control().me(&caller).await?);
    Ok(ok(&user.administering(caller.principal.grants.administers.iter())))
}

/// Changes the own password; other sign-ins end.
#[utoipa::path(post, path = "/api/auth/password", tag = "sign-in", request_body = ChangePassword,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn password(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: ChangePassword = payload.json(MOST_AUTH).await?;
    // A stolen sign-in must not become a way to guess the password.
    count_attempt(&cx, &caller.principal.username)?;
    let (current, new) = (Secret::new(said.current_password), Secret::new(said.new_password));
    cx.control().change_password(&caller, &current, &new).await?;
    Ok(no_content())
}
