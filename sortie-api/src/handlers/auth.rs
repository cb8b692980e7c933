//! Signing in and out, the own account, the own password.

use http::{Response, StatusCode, header};
use sortie_control::{
    ControlError,
    account::{
        register::Registration,
        sign_in::{Arrival, SignInAttempt, SignedIn},
    },
};
use sortie_core::{credential::KNOWN_LIFETIME, secret::Secret, sign_in::ClientKind};

use super::{ok, site::sign_in_remedy};
use crate::{
    answer::{self, Body},
    body::{MOST_AUTH, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    guard::cookie,
    wire::{
        account::{BrowserSignIn, ChangePassword, Login, ProgramSignIn, Refresh, SignInAnswer, User},
        credential::{RegistrationBody, ResetBody, SecondFactorAnswer, SecondFactorAsked},
    },
};

/// Signs in. A browser gets a cookie, a program an access token and a refresh token; where a second factor is on, both get a
/// challenge first.
#[utoipa::path(post, path = "/api/auth/login", tag = "sign-in", request_body = Login,
    responses((status = 200, body = SignInAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn login(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    check_way(&cx)?;
    let said: Login = payload.json(MOST_AUTH).await?;
    let (username, password) = (said.username, Secret::new(said.password));
    let arrival = arrival(&cx);
    let answer = cx.control().sign_in(SignInAttempt { username, password, arrival }).await;
    match answer {
        Err(ControlError::SecondFactorNeeded { challenge, expires_at }) => {
            Ok(ok(&SecondFactorAsked::new(&challenge, expires_at)))
        }
        answer => signed_in_answer(&cx, StatusCode::OK, &answer?),
    }
}

/// Completes signing in with a code of the second factor, or with a recovery code.
#[utoipa::path(post, path = "/api/auth/second-factor", tag = "sign-in", request_body = SecondFactorAnswer,
    responses((status = 200, body = SignInAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn second_factor(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    check_way(&cx)?;
    let said: SecondFactorAnswer = payload.json(MOST_AUTH).await?;
    let (challenge, code) = (Secret::new(said.challenge), Secret::new(said.code));
    let signed_in = cx.control().answer_challenge(&challenge, &code, &arrival(&cx)).await?;
    signed_in_answer(&cx, StatusCode::OK, &signed_in)
}

/// Makes an account for oneself, where the installation allows it, and signs in.
#[utoipa::path(post, path = "/api/auth/register", tag = "sign-in", request_body = RegistrationBody,
    responses((status = 201, body = SignInAnswer), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn register(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    check_way(&cx)?;
    let said: RegistrationBody = payload.json(MOST_AUTH).await?;
    let signed_in = cx.control().register(Registration::from(said), &arrival(&cx)).await?;
    signed_in_answer(&cx, StatusCode::CREATED, &signed_in)
}

/// Sets a new password with a link that an administrator made.
#[utoipa::path(post, path = "/api/auth/reset", tag = "sign-in", request_body = ResetBody,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn reset(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    check_way(&cx)?;
    let said: ResetBody = payload.json(MOST_AUTH).await?;
    let (link, new) = (Secret::new(said.token), Secret::new(said.new_password));
    cx.control().reset_password(&link, &new, &arrival(&cx)).await?;
    Ok(no_content())
}

fn check_way(cx: &Context) -> Result<(), ApiError> {
    match sign_in_remedy(cx) {
        Some(remedy) => Err(ApiError::new(StatusCode::FORBIDDEN, "sign_in_needs_https", remedy)),
        None => Ok(()),
    }
}

/// How somebody came.
fn arrival(cx: &Context) -> Arrival {
    let origin = cx.visit.origin.as_ref();
    let device = origin.and_then(|it| cookie::read(&cx.headers, &cookie::device_name(it)));
    Arrival {
        client: if cx.is_browser() { ClientKind::Browser } else { ClientKind::Api },
        source_ip: cx.visit.client.to_string(),
        user_agent: cx.header(header::USER_AGENT).unwrap_or_default().to_owned(),
        device: device.map(Secret::new),
        request: cx.request.clone(),
    }
}

/// A browser gets a cookie, a program its tokens.
fn signed_in_answer(cx: &Context, status: StatusCode, signed_in: &SignedIn) -> Result<Response<Body>, ApiError> {
    if !cx.is_browser() {
        return Ok(answer::json(status, &ProgramSignIn::new(signed_in, now(cx))));
    }
    let origin =
        cx.visit.origin.as_ref().ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))?;
    let seconds = signed_in.ends_at.since(now(cx)).as_secs();
    let body = BrowserSignIn { user: User::from(&signed_in.user) };
    let set = cookie::set(origin, signed_in.token.reveal(), seconds);
    let answer = answer::with_header(answer::json(status, &body), header::SET_COOKIE, &set);
    Ok(match &signed_in.device {
        Some(device) => {
            let set = cookie::set_device(origin, device.reveal(), KNOWN_LIFETIME.as_secs());
            answer::with_header(answer, header::SET_COOKIE, &set)
        }
        None => answer,
    })
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
    let signed_in = cx.control().refresh(&Secret::new(said.refresh_token), &arrival(&cx)).await?;
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
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn password(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: ChangePassword = payload.json(MOST_AUTH).await?;
    let (current, new) = (Secret::new(said.current_password), Secret::new(said.new_password));
    cx.control().change_password(&caller, &current, &new).await?;
    Ok(no_content())
}
