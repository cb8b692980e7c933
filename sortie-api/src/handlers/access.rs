//! People, requests for access, explanations.

use http::Response;
use sortie_control::access::explain::Question;
use sortie_core::{
    access::request::RequestStatus,
    id::{AccessRequestId, AppId, CategoryId, SessionId, TenantId, UserId},
    invalid::Invalid,
    policy::Action,
};

use super::{created, ok};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    error::{ApiError, Problem},
    wire::access::{AccessRequestBody, AccessRequestOut, DecisionBody, ExplanationOut, PersonOut},
};

/// People of the own tenant.
#[utoipa::path(get, path = "/api/users", tag = "access", params(("q" = Option<String>, Query)),
    responses((status = 200, body = Vec<PersonOut>), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn people(cx: &Context) -> Result<Response<Body>, ApiError> {
    let found = cx.control().people(&cx.caller()?, cx.query.get("q").unwrap_or_default()).await?;
    Ok(ok(&found.iter().map(PersonOut::from).collect::<Vec<_>>()))
}

/// Asks for access to an app.
#[utoipa::path(post, path = "/api/apps/{id}/access-requests", tag = "access", params(("id" = String, Path)),
    request_body = Option<AccessRequestBody>,
    responses((status = 201, body = AccessRequestOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn ask(cx: Context, app: AppId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: AccessRequestBody = payload.json_if_any(MOST).await?.unwrap_or_default();
    let made = cx.control().request_access(&caller, &app, &said.message).await?;
    Ok(created("/api/access-requests", &AccessRequestOut::from(&made)))
}

/// The own requests, and those that one may decide; newest first.
#[utoipa::path(get, path = "/api/access-requests", tag = "access", params(("status" = Option<String>, Query)),
    responses((status = 200, body = Vec<AccessRequestOut>), (status = 400, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let status = match cx.query.get("status") {
        None => None,
        Some(name) => Some(RequestStatus::parse(name).ok_or_else(|| {
            ApiError::bad_request("bad_parameter", "status must be pending, granted, refused or withdrawn")
        })?),
    };
    let found = cx.control().list_access_requests(&cx.caller()?, status).await?;
    Ok(ok(&found.iter().map(AccessRequestOut::from).collect::<Vec<_>>()))
}

/// Makes who asked an approved user of the app's category.
#[utoipa::path(post, path = "/api/access-requests/{id}/grant", tag = "access", params(("id" = String, Path)),
    request_body = Option<DecisionBody>,
    responses((status = 200, body = AccessRequestOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn grant(cx: Context, id: AccessRequestId, payload: Payload) -> Result<Response<Body>, ApiError> {
    decide(&cx, &id, payload, true).await
}

/// Says no.
#[utoipa::path(post, path = "/api/access-requests/{id}/refuse", tag = "access", params(("id" = String, Path)),
    request_body = Option<DecisionBody>,
    responses((status = 200, body = AccessRequestOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn refuse(cx: Context, id: AccessRequestId, payload: Payload) -> Result<Response<Body>, ApiError> {
    decide(&cx, &id, payload, false).await
}

/// Takes the own request back.
#[utoipa::path(post, path = "/api/access-requests/{id}/withdraw", tag = "access", params(("id" = String, Path)),
    responses((status = 200, body = AccessRequestOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn withdraw(cx: &Context, id: AccessRequestId) -> Result<Response<Body>, ApiError> {
    Ok(ok(&AccessRequestOut::from(&cx.control().withdraw_access_request(&cx.caller()?, &id).await?)))
}

/// What may be done with something, and which rule says so.
#[utoipa::path(get, path = "/api/access/explain", tag = "access",
    params(("action" = String, Query), ("app_id" = Option<String>, Query), ("session_id" = Option<String>, Query),
        ("category_id" = Option<String>, Query), ("tenant_id" = Option<String>, Query),
        ("user_id" = Option<String>, Query)),
    responses((status = 200, body = ExplanationOut), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn explain(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let wrong = |what: String| ApiError::bad_request("bad_parameter", what);
    let action = cx.query.get("action").and_then(Action::parse).ok_or_else(|| {
        let names: Vec<_> = Action::ALL.iter().map(|it| it.name()).collect();
        wrong(format!("action must be one of {}", names.join(", ")))
    })?;
    let bad = |it: Invalid| wrong(it.to_string());
    let mut questions = Vec::new();
    for (name, read) in QUESTIONS {
        if let Some(text) = cx.query.get(name) {
            questions.push(read(text).map_err(bad)?);
        }
    }
    let [question] = questions.as_slice() else {
        return Err(wrong("name exactly one of app_id, session_id, category_id, tenant_id".to_owned()));
    };
    let about = cx.query.get("user_id").map(UserId::new).transpose().map_err(bad)?;
    let explanation = cx.control().explain(&caller, action, question, about).await?;
    Ok(ok(&ExplanationOut::new(explanation, action, question)))
}

type ReadQuestion = fn(&str) -> Result<Question, Invalid>;

/// What can be asked about, by the parameter's name.
const QUESTIONS: [(&str, ReadQuestion); 4] = [
    ("app_id", |it| AppId::new(it).map(Question::App)),
    ("session_id", |it| SessionId::new(it).map(Question::Session)),
    ("category_id", |it| CategoryId::new(it).map(Question::Category)),
    ("tenant_id", |it| TenantId::new(it).map(Question::Tenant)),
];

async fn decide(
    cx: &Context,
    id: &AccessRequestId,
    payload: Payload,
    is_granted: bool,
) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: DecisionBody = payload.json_if_any(MOST).await?.unwrap_or_default();
    let settled = cx.control().decide_access_request(&caller, id, is_granted, &said.note).await?;
    Ok(ok(&AccessRequestOut::from(&settled)))
}
