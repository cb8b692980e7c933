//! The machine's services, as the container-manager's clients ask for them.

use http::Response;
use serde_json::{Value, json};
use sortie_control::services::Operator;
use sortie_core::{
    policy::Caller,
    services::{AppNumber, Node, snapshot::SnapshotKind},
};

use super::{ok, with_next};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    error::{ApiError, Problem},
    wire::services::{self as wire, ExplainOut, LogOut, from_json, to_json},
};

/// How many lines or snapshots there are where nothing is said.
const USUAL: u32 = 100;
/// The most lines at once.
const MOST_LINES: u32 = 10_000;

/// Who asks, as long as the use cases need it.
pub(super) struct Asker {
    caller: Option<Caller>,
    source_ip: String,
}

impl Asker {
    /// Somebody who is signed in; anybody where the door was opened, but never another site's page.
    pub(super) fn of(cx: &Context) -> Result<Self, ApiError> {
        let source_ip = cx.visit.client.to_string();
        if cx.signed_in.is_some() || !cx.control().services_are_open() {
            return Ok(Self { caller: Some(cx.caller()?), source_ip });
        }
        let is_foreign = match (cx.header("sec-fetch-site"), cx.header(http::header::ORIGIN)) {
            (Some("same-origin" | "none"), _) | (None, None) => false,
            (Some(_), _) => true,
            (None, Some(origin)) => cx.visit.origin.as_ref().is_none_or(|own| own.to_string() != origin),
        };
        if is_foreign {
            return Err(ApiError::not_signed_in());
        }
        Ok(Self { caller: None, source_ip })
    }

    pub(super) fn operator<'a>(&'a self, cx: &'a Context) -> Operator<'a> {
        match &self.caller {
            Some(caller) => Operator::Caller(caller),
            None => Operator::Anyone { source_ip: &self.source_ip, request: &cx.request },
        }
    }
}

/// Which engine runs the services, and whether it is a real one.
#[utoipa::path(get, path = "/api/v1/", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn root(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let view = cx.control().service_state(asker.operator(cx)).await?;
    let mode = view.engine.as_ref().map(|it| if it.kind == "simulated" { "simulated" } else { "real" });
    Ok(ok(&json!({
        "status": "ok",
        "service": "sortie",
        "version": env!("CARGO_PKG_VERSION"),
        "dockerMode": mode,
        "engine": view.engine.map(|it| wire::engine(&it)),
        "documentation": "/openapi.json",
    })))
}

/// What runs and what is wanted.
#[utoipa::path(get, path = "/api/v1/state", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn state(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let view = cx.control().service_state(asker.operator(cx)).await?;
    let stored = cx.control().service_target(asker.operator(cx)).await?;
    Ok(ok(&json!({"current": to_json(&view.state), "target": to_json(&stored.target.write())})))
}

/// What runs.
#[utoipa::path(get, path = "/api/v1/state/current", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn current(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    Ok(ok(&to_json(&cx.control().service_state(asker.operator(cx)).await?.state)))
}

/// What is wanted.
#[utoipa::path(get, path = "/api/v1/state/target", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn target(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    Ok(ok(&to_json(&cx.control().service_target(asker.operator(cx)).await?.target.write())))
}

/// Sets what is wanted; with `dry_run=true` only says what it would take.
#[utoipa::path(post, path = "/api/v1/state/target", tag = "services", params(("dry_run" = Option<bool>, Query)),
    request_body = Object,
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_target(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(&cx)?;
    let only_plan = flag(&cx, "dry_run")?;
    let said: Value = payload.json(MOST).await?;
    if !said.get("apps").is_some_and(Value::is_object) {
        return Err(ApiError::bad_request("not_a_state", "the body must be an object with the object \"apps\" in it"));
    }
    let outcome = cx.control().set_service_target(asker.operator(&cx), &from_json(said), only_plan).await?;
    if only_plan {
        return Ok(ok(&wire::dry_run(&outcome)));
    }
    Ok(ok(&json!({
        "status": "success",
        "message": "Target state set",
        "target": to_json(&outcome.target.write()),
        "snapshot": outcome.id,
    })))
}

/// Asks for a pass at once; what was given up is tried again.
#[utoipa::path(post, path = "/api/v1/state/apply", tag = "services",
    responses((status = 200, body = Object), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn apply(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    cx.control().apply_services(asker.operator(cx)).await?;
    Ok(ok(&json!({"status": "started", "message": "Reconciliation started"})))
}

/// Whether each service is as wanted; if not, why, and what happens next.
#[utoipa::path(get, path = "/api/v1/state/explain", tag = "services",
    responses((status = 200, body = ExplainOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn explain(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    Ok(ok(&ExplainOut::from(&cx.control().service_state(asker.operator(cx)).await?)))
}

/// Kept states and settings, newest first, by their heads alone.
#[utoipa::path(get, path = "/api/v1/state/history", tag = "services",
    params(("type" = Option<String>, Query), ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Vec<Object>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn history(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let kind = match cx.query.get("type") {
        None => None,
        Some(text) => Some(SnapshotKind::parse(text).ok_or_else(|| wrong("type must be current, settings or target"))?),
    };
    let page = cx.control().service_history(asker.operator(cx), kind, cx.page(Some(USUAL))?).await?;
    let heads: Vec<Value> = page.items.iter().map(wire::snapshot_head).collect();
    Ok(with_next(ok(&heads), cx, page.next.as_deref()))
}

/// One kept state, or kept settings; with `against` also where it differs from another one.
#[utoipa::path(get, path = "/api/v1/state/history/{id}", tag = "services",
    params(("id" = i64, Path), ("against" = Option<i64>, Query)),
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn snapshot(cx: &Context, id: &str) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let against = cx.query.get("against").map(number).transpose()?;
    let (kept, differences) = cx.control().service_snapshot(asker.operator(cx), number(id)?, against).await?;
    Ok(ok(&wire::snapshot(&kept, against.map(|_| differences.as_slice()))))
}

/// Wants again what was wanted then.
#[utoipa::path(post, path = "/api/v1/state/history/{id}/restore", tag = "services", params(("id" = i64, Path)),
    responses((status = 200, body = Object), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn restore(cx: &Context, id: &str) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let outcome = cx.control().restore_service_target(asker.operator(cx), number(id)?).await?;
    Ok(ok(&json!({"status": "success", "target": to_json(&outcome.target.write()), "snapshot": outcome.id})))
}

/// How much there is, wanted and running.
#[utoipa::path(get, path = "/api/v1/status", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn status(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let view = cx.control().service_state(asker.operator(cx)).await?;
    let stored = cx.control().service_target(asker.operator(cx)).await?;
    Ok(ok(&json!({
        "current": wire::counts(&view.state),
        "target": wire::counts(&stored.target.write()),
        "isReconciling": view.is_reconciling,
        "lastError": view.last_error,
    })))
}

/// Apps that run, in short.
#[utoipa::path(get, path = "/api/v1/apps", tag = "services",
    responses((status = 200, body = Object), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn apps(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    Ok(ok(&wire::apps(&cx.control().service_state(asker.operator(cx)).await?.state)))
}

/// One app that runs.
#[utoipa::path(get, path = "/api/v1/apps/{id}", tag = "services", params(("id" = u64, Path)),
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn app(cx: &Context, id: &str) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let state = cx.control().service_state(asker.operator(cx)).await?.state;
    let id = app_number(id)?.to_string();
    match state.get("apps").and_then(|it| it.get(&id)) {
        Some(app) => Ok(ok(&to_json(app))),
        None => Err(ApiError::no_such_path()),
    }
}

/// Puts one app into what is wanted.
#[utoipa::path(post, path = "/api/v1/apps/{id}", tag = "services", params(("id" = u64, Path)), request_body = Object,
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn put_app(cx: Context, id: &str, payload: Payload) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(&cx)?;
    let number = app_number(id)?;
    let said = from_json(payload.json(MOST).await?);
    if said.get("appId").is_some_and(|it| *it != Node::number(number.get())) {
        return Err(wrong("appId in the body must be the one in the path"));
    }
    let app = cx.control().put_service_app(asker.operator(&cx), number, &said).await?;
    Ok(ok(&json!({"status": "success", "message": "App set in the target state", "app": to_json(&app.write())})))
}

/// Takes one app out of what is wanted; with `volumes=true` its volumes go, too.
#[utoipa::path(delete, path = "/api/v1/apps/{id}", tag = "services",
    params(("id" = u64, Path), ("volumes" = Option<bool>, Query)),
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn remove_app(cx: &Context, id: &str) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let with_volumes = flag(cx, "volumes")?;
    cx.control().remove_service_app(asker.operator(cx), app_number(id)?, with_volumes).await?;
    Ok(ok(&json!({"status": "success", "message": "App removed from the target state"})))
}

/// The last lines that services said, oldest first.
#[utoipa::path(get, path = "/api/v1/logs", tag = "services",
    params(("serviceName" = Option<String>, Query), ("level" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Object), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn logs(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let limit = match cx.query.get("limit") {
        None => USUAL,
        Some(text) => {
            let read = text.parse().ok().filter(|it| (1..=MOST_LINES).contains(it));
            read.ok_or_else(|| wrong(format!("limit must be a number between 1 and {MOST_LINES}")))?
        }
    };
    let name = cx.query.get("serviceName");
    let lines = cx.control().service_logs(asker.operator(cx), name, limit).await?;
    let level = cx.query.get("level");
    let lines: Vec<LogOut> =
        lines.into_iter().map(LogOut::from).filter(|it| level.is_none_or(|level| it.level == level)).collect();
    Ok(ok(&json!({"logs": lines})))
}

fn wrong(said: impl Into<String>) -> ApiError {
    ApiError::bad_request("bad_parameter", said.into())
}

fn app_number(text: &str) -> Result<AppNumber, ApiError> {
    text.parse().map_err(|()| wrong("the app's id must be a whole number from 1 to 9007199254740991"))
}

fn number(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| wrong("a snapshot's id must be a number"))
}

fn flag(cx: &Context, name: &str) -> Result<bool, ApiError> {
    match cx.query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(wrong(format!("{name} must be true or false"))),
    }
}
