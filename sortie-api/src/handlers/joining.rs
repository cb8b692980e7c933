//! Coming by a link: with an account, or without one.

use http::{Response, StatusCode, header};
use sortie_control::sharing::join::{GuestSignIn, JoinStanding, Joined, Visitor};
use sortie_core::{id::ViewerId, policy::Caller, secret::Secret, sharing::ViewerState};

use super::{ok, sessions::shown, site::sign_in_remedy};
use crate::{
    answer::{self, Body},
    body::{MOST_AUTH, Payload},
    context::Context,
    error::{ApiError, Problem},
    guard::cookie,
    rates::address_key,
    wire::{
        session::SessionOut,
        sharing::{JoinBody, JoinOut},
    },
};

/// Exchanges the secret of a link: 200 with the session, or 202 while the owner is to decide. A guest gets a cookie.
#[utoipa::path(post, path = "/api/sessions/shares/join", tag = "sharing", request_body = JoinBody,
    responses((status = 200, body = SessionOut), (status = 202, body = JoinOut), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn join(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    if let Some(remedy) = sign_in_remedy(&cx).filter(|_| cx.signed_in.is_none()) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "sign_in_needs_https", remedy));
    }
    let counted = cx.api.limiters.joins.count(&address_key(cx.visit.client));
    counted.map_err(|wait| ApiError::too_many("too_many_attempts", wait))?;
    let said: JoinBody = payload.json(MOST_AUTH).await?;
    let visitor = Visitor {
        caller: cx.signed_in.is_some().then(|| cx.caller()).transpose()?,
        name: said.name.unwrap_or_default(),
        source_ip: cx.visit.client.to_string(),
        request: cx.request.clone(),
    };
    let joined = cx.control().join_share(&visitor, &Secret::new(said.token)).await?;
    let caller = joined.guest.as_ref().map(|it| it.caller.clone()).or(visitor.caller);
    let caller = caller.ok_or_else(ApiError::not_signed_in)?;
    let answer = joined_answer(&cx, &caller, &joined).await?;
    match &joined.guest {
        Some(guest) => with_cookie(&cx, answer, guest),
        None => Ok(answer),
    }
}

async fn joined_answer(cx: &Context, caller: &Caller, joined: &Joined) -> Result<Response<Body>, ApiError> {
    match &joined.viewer {
        Some(viewer) if viewer.state == ViewerState::Waiting => {
            let out = JoinOut { join_id: viewer.id.to_string(), status: "waiting", session: None };
            Ok(answer::json(StatusCode::ACCEPTED, &out))
        }
        _ => super::sessions::one(cx, caller, &joined.session).await,
    }
}

fn with_cookie(cx: &Context, response: Response<Body>, guest: &GuestSignIn) -> Result<Response<Body>, ApiError> {
    let origin =
        cx.visit.origin.as_ref().ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))?;
    let seconds = guest.ends_at.since(cx.control().now()).as_secs();
    let set = cookie::set(origin, guest.token.reveal(), seconds);
    Ok(answer::with_header(response, header::SET_COOKIE, &set))
}

/// What came of coming by a link that asks the owner.
#[utoipa::path(get, path = "/api/sessions/joins/{id}", tag = "sharing", params(("id" = String, Path)),
    responses((status = 200, body = JoinOut), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn standing(cx: &Context, id: ViewerId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let (status, session) = match cx.control().join_standing(&caller, &id).await? {
        JoinStanding::Waiting => ("waiting", None),
        JoinStanding::Refused => ("refused", None),
        JoinStanding::Admitted(session) => ("admitted", shown(cx, &caller, &[*session]).await?.pop()),
    };
    Ok(ok(&JoinOut { join_id: id.to_string(), status, session }))
}
