//! Sharing: what owners and administrators do.

use http::Response;
use sortie_core::id::{SessionId, ShareId, ViewerId};

use super::{
    created, ok,
    sessions::{one, shown},
};
use crate::{
    answer::Body,
    body::{MOST_AUTH, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::{
        session::SessionOut,
        sharing::{ControlBody, ObserveBody, ShareBody, ShareOut, ViewerOut},
    },
};

/// Whom a session is shared with.
#[utoipa::path(get, path = "/api/sessions/{id}/shares", tag = "sharing", params(("id" = String, Path)),
    responses((status = 200, body = Vec<ShareOut>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn shares(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let shares = cx.control().shares_of(&cx.caller()?, &id).await?;
    Ok(ok(&shares.iter().map(ShareOut::from).collect::<Vec<_>>()))
}

/// Shares a session with a user, or makes a link. The link is in this answer only.
#[utoipa::path(post, path = "/api/sessions/{id}/shares", tag = "sharing", params(("id" = String, Path)),
    request_body = ShareBody,
    responses((status = 201, body = ShareOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn share(cx: Context, id: SessionId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: ShareBody = payload.json(MOST_AUTH).await?;
    let origin = cx.visit.origin.as_ref().map(ToString::to_string);
    let origin = origin.ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))?;
    let made = cx.control().share_session(&caller, &id, said.try_into()?).await?;
    let (session, share) = (percent_encode(id.as_str()), percent_encode(made.share.id.as_str()));
    Ok(created(&format!("/api/sessions/{session}/shares/{share}"), &ShareOut::made(&made, &origin)))
}

/// Takes a share back; who came by it is out within seconds.
#[utoipa::path(delete, path = "/api/sessions/{id}/shares/{share}", tag = "sharing",
    params(("id" = String, Path), ("share" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn unshare(cx: &Context, id: SessionId, share: ShareId) -> Result<Response<Body>, ApiError> {
    cx.control().unshare(&cx.caller()?, &id, &share).await?;
    Ok(no_content())
}

/// Sessions that others share with the caller, newest first.
#[utoipa::path(get, path = "/api/sessions/shared", tag = "sharing",
    responses((status = 200, body = Vec<SessionOut>), (status = 401, body = Problem)))]
pub(crate) async fn shared(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let sessions = cx.control().shared_sessions(&caller).await?;
    Ok(ok(&shown(cx, &caller, &sessions).await?))
}

/// Who watches, and who waits to be let in.
#[utoipa::path(get, path = "/api/sessions/{id}/viewers", tag = "sharing", params(("id" = String, Path)),
    responses((status = 200, body = Vec<ViewerOut>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn viewers(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let lines = cx.control().viewers_of(&cx.caller()?, &id).await?;
    Ok(ok(&lines.iter().map(ViewerOut::from).collect::<Vec<_>>()))
}

/// Sends everybody away but the owner; with `revoke=true` every share is taken back, too.
#[utoipa::path(delete, path = "/api/sessions/{id}/viewers", tag = "sharing",
    params(("id" = String, Path), ("revoke" = Option<bool>, Query)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn cut_all(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let revoke = match cx.query.get("revoke") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(ApiError::bad_request("bad_parameter", "revoke must be true or false")),
    };
    cx.control().cut_viewers(&cx.caller()?, &id, revoke).await?;
    Ok(no_content())
}

/// Sends one viewer away, for good as far as this share goes.
#[utoipa::path(delete, path = "/api/sessions/{id}/viewers/{viewer}", tag = "sharing",
    params(("id" = String, Path), ("viewer" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn cut(cx: &Context, id: SessionId, viewer: ViewerId) -> Result<Response<Body>, ApiError> {
    cx.control().cut_viewer(&cx.caller()?, &id, &viewer).await?;
    Ok(no_content())
}

/// Lets somebody in who waits.
#[utoipa::path(post, path = "/api/sessions/{id}/viewers/{viewer}/admit", tag = "sharing",
    params(("id" = String, Path), ("viewer" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn admit(cx: &Context, id: SessionId, viewer: ViewerId) -> Result<Response<Body>, ApiError> {
    cx.control().admit_viewer(&cx.caller()?, &id, &viewer).await?;
    Ok(no_content())
}

/// Sends somebody away who waits.
#[utoipa::path(post, path = "/api/sessions/{id}/viewers/{viewer}/refuse", tag = "sharing",
    params(("id" = String, Path), ("viewer" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn refuse(cx: &Context, id: SessionId, viewer: ViewerId) -> Result<Response<Body>, ApiError> {
    cx.control().refuse_viewer(&cx.caller()?, &id, &viewer).await?;
    Ok(no_content())
}

/// Hands control over to one viewer, so that everybody else only watches; null takes it back.
#[utoipa::path(post, path = "/api/sessions/{id}/control", tag = "sharing", params(("id" = String, Path)),
    request_body = ControlBody,
    responses((status = 200, body = SessionOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hand_over(cx: Context, id: SessionId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: ControlBody = payload.json(MOST_AUTH).await?;
    cx.control().hand_control(&caller, &id, said.viewer()?.as_ref()).await?;
    let session = cx.control().find_session(&caller, &id).await?;
    one(&cx, &caller, &session).await
}

/// Lets an administrator watch for an hour, for a reason that the audit keeps.
#[utoipa::path(post, path = "/api/sessions/{id}/observe", tag = "sharing", params(("id" = String, Path)),
    request_body = ObserveBody,
    responses((status = 200, body = SessionOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn observe(cx: Context, id: SessionId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: ObserveBody = payload.json(MOST_AUTH).await?;
    let session = cx.control().observe_session(&caller, &id, &said.reason).await?;
    one(&cx, &caller, &session).await
}
