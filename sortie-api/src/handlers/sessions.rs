//! Sessions: what people do with them.

use http::Response;
use sortie_control::session::launch::LaunchRequest;
use sortie_core::{
    id::{SessionId, UserId},
    policy::Caller,
    session::{Session, Status},
};

use super::{created, ok, with_next};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::{
        record::QuotasOut,
        session::{LaunchBody, SessionOut},
    },
};

/// The caller's sessions, newest first; another person's for administrators.
#[utoipa::path(get, path = "/api/sessions", tag = "sessions",
    params(("status" = Option<String>, Query), ("user_id" = Option<String>, Query), ("limit" = Option<u32>, Query),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Vec<SessionOut>), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let owner = cx.query.get("user_id").map(UserId::new).transpose();
    let owner = owner.map_err(|it| ApiError::bad_request("bad_parameter", it.to_string()))?;
    let page = cx.page(None)?;
    let found = cx.control().list_sessions(&caller, owner, statuses(cx)?, &page).await?;
    let out = shown(cx, &caller, &found.items).await?;
    Ok(with_next(ok(&out), cx, found.next.as_deref()))
}

/// Everybody's sessions, newest first.
#[utoipa::path(get, path = "/api/admin/sessions", tag = "administration",
    params(("status" = Option<String>, Query), ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Vec<SessionOut>), (status = 403, body = Problem)))]
pub(crate) async fn list_all(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let found = cx.control().list_all_sessions(&caller, statuses(cx)?, &cx.page(None)?).await?;
    let out = shown(cx, &caller, &found.items).await?;
    Ok(with_next(ok(&out), cx, found.next.as_deref()))
}

/// Launches an app.
#[utoipa::path(post, path = "/api/sessions", tag = "sessions", request_body = LaunchBody,
    responses((status = 201, body = SessionOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn launch(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: LaunchBody = payload.json(MOST).await?;
    let session = cx.control().launch(&caller, LaunchRequest::try_from(said)?).await?;
    cx.api.metrics.launched();
    begun(&cx, &caller, &session).await
}

/// One session.
#[utoipa::path(get, path = "/api/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 200, body = SessionOut), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let session = cx.control().find_session(&caller, &id).await?;
    one(cx, &caller, &session).await
}

/// Ends a session; one that has ended already is success, too.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn terminate(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    cx.control().terminate_session(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// Stops a running session, or cancels one that is still being made.
#[utoipa::path(post, path = "/api/sessions/{id}/stop", tag = "sessions", params(("id" = String, Path)),
    responses((status = 200, body = SessionOut), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn stop(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let session = cx.control().stop_session(&caller, &id).await?;
    one(cx, &caller, &session).await
}

/// Starts again: a new session that replaces this one.
#[utoipa::path(post, path = "/api/sessions/{id}/restart", tag = "sessions", params(("id" = String, Path)),
    responses((status = 201, body = SessionOut), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn restart(cx: &Context, id: SessionId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let session = cx.control().restart_session(&caller, &id).await?;
    cx.api.metrics.launched();
    begun(cx, &caller, &session).await
}

/// What is in use and what may be.
#[utoipa::path(get, path = "/api/quotas", tag = "sessions", responses((status = 200, body = QuotasOut)))]
pub(crate) async fn quotas(cx: &Context) -> Result<Response<Body>, ApiError> {
    Ok(ok(&QuotasOut::from(cx.control().quotas(&cx.caller()?).await?)))
}

fn statuses(cx: &Context) -> Result<Vec<Status>, ApiError> {
    let names = cx.query.get("status").unwrap_or_default().split(',').map(str::trim).filter(|it| !it.is_empty());
    let known = |name: &str| {
        Status::parse(name).ok_or_else(|| {
            let names: Vec<_> = Status::ALL.iter().map(|it| it.name()).collect();
            ApiError::bad_request("bad_parameter", format!("status must be one of {}", names.join(", ")))
        })
    };
    names.map(known).collect()
}

pub(super) async fn shown(cx: &Context, caller: &Caller, sessions: &[Session]) -> Result<Vec<SessionOut>, ApiError> {
    if sessions.is_empty() {
        return Ok(Vec::new());
    }
    let apps = cx.api.catalog.for_caller(cx.control(), caller).await?;
    let views = cx.control().session_views(caller, sessions).await?;
    let both = sessions.iter().zip(&views);
    Ok(both.map(|(it, view)| SessionOut::new(it, &caller.principal, apps.icon(&it.app), view)).collect())
}

pub(super) async fn one(cx: &Context, caller: &Caller, session: &Session) -> Result<Response<Body>, ApiError> {
    let apps = cx.api.catalog.for_caller(cx.control(), caller).await?;
    let view = cx.control().session_view(caller, session).await?;
    Ok(ok(&SessionOut::new(session, &caller.principal, apps.icon(&session.app), &view)))
}

async fn begun(cx: &Context, caller: &Caller, session: &Session) -> Result<Response<Body>, ApiError> {
    let apps = cx.api.catalog.for_caller(cx.control(), caller).await?;
    let location = format!("/api/sessions/{}", percent_encode(session.id.as_str()));
    let view = cx.control().session_view(caller, session).await?;
    Ok(created(&location, &SessionOut::new(session, &caller.principal, apps.icon(&session.app), &view)))
}
