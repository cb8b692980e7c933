//! The audit: looking, choosing, taking all of it away.

use http::{Response, StatusCode, header};
use sortie_control::records::AuditQuery;

use super::{
    export::{self, Format},
    ok, with_next,
};
use crate::{
    answer::{self, Body},
    context::Context,
    error::{ApiError, Problem},
    wire::record::{AuditChoices, AuditOut, AuditPage},
};

/// Rows where nobody says how many.
const USUAL: u32 = 100;

/// Entries, newest first.
#[utoipa::path(get, path = "/api/audit", tag = "audit",
    params(("user" = Option<String>, Query), ("action" = Option<String>, Query), ("from" = Option<String>, Query),
        ("to" = Option<String>, Query), ("limit" = Option<u32>, Query), ("offset" = Option<u64>, Query),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = AuditPage), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let offset = match cx.query.get("offset") {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| ApiError::bad_request("bad_parameter", "offset must be a whole number"))?
        }
    };
    let (page, total) = cx.control().audit(&caller, query(cx)?, &cx.page(Some(USUAL))?, offset).await?;
    let logs = page.items.into_iter().map(AuditOut::from).collect();
    Ok(with_next(ok(&AuditPage { logs, total }), cx, page.next.as_deref()))
}

/// All of it, as a file.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit",
    params(("format" = Option<String>, Query), ("user" = Option<String>, Query), ("action" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403, body = Problem)))]
pub(crate) async fn export(cx: Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let name = cx.query.get("format").unwrap_or("csv");
    let format = Format::parse(name)
        .ok_or_else(|| ApiError::bad_request("bad_parameter", "format must be one of csv, jsonl"))?;
    let filter = cx.control().begin_export(&caller, query(&cx)?).await?;
    let pieces = export::pieces(cx.api.control.clone(), filter, format);
    let response = answer::typed(StatusCode::OK, format.content_type(), answer::streamed(pieces));
    let disposition = format!("attachment; filename=\"{}\"", format.file_name());
    Ok(answer::with_header(response, header::CONTENT_DISPOSITION, &disposition))
}

/// What can be filtered by.
#[utoipa::path(get, path = "/api/audit/filters", tag = "audit",
    responses((status = 200, body = AuditChoices), (status = 403, body = Problem)))]
pub(crate) async fn choices(cx: &Context) -> Result<Response<Body>, ApiError> {
    let (actions, users) = cx.control().audit_choices(&cx.caller()?).await?;
    Ok(ok(&AuditChoices { actions, users }))
}

fn query(cx: &Context) -> Result<AuditQuery, ApiError> {
    Ok(AuditQuery {
        user: cx.query.get("user").map(str::to_owned),
        action: cx.query.get("action").map(str::to_owned),
        from: cx.time("from")?,
        to: cx.time("to")?,
    })
}
