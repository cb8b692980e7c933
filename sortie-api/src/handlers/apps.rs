//! The catalog.

use http::{Response, StatusCode, header};
use sortie_control::{ControlError, catalog::AppView};
use sortie_core::id::AppId;

use super::{created, ok, with_next};
use crate::{
    answer::{self, Body},
    body::{MOST, Payload},
    context::Context,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::app::{AppBody, AppOut, AppsAnswer, PublicApp, PublicApps},
};

/// The apps that the caller may see; strangers get the public ones' display fields.
#[utoipa::path(get, path = "/api/apps", tag = "apps",
    params(("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = AppsAnswer), (status = 304), (status = 401, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let (control, catalog) = (cx.control(), &cx.api.catalog);
    if cx.signed_in.is_none() {
        // A program whose token has ended shall not take the public part for the whole.
        if cx.headers.contains_key(header::AUTHORIZATION) {
            return Err(ApiError::not_signed_in());
        }
        if !cx.api.settings.anonymous_catalog {
            return Ok(ok(&Vec::<PublicApp>::new()));
        }
        return Ok(catalog.for_strangers(control).await?.answer(&cx.headers));
    }
    let caller = cx.caller()?;
    let page = cx.page(None)?;
    if page.limit.is_none() {
        return Ok(catalog.for_caller(control, &caller).await?.answer(&cx.headers));
    }
    let found = control.list_apps(&caller, &page).await?;
    let out: Vec<AppOut> = found.items.iter().map(AppOut::new).collect();
    Ok(with_next(ok(&out), cx, found.next.as_deref()))
}

/// The anonymous catalog in its older shape.
#[utoipa::path(get, path = "/apps.json", tag = "apps", responses((status = 200, body = PublicApps)))]
pub(crate) async fn public(cx: &Context) -> Result<Response<Body>, ApiError> {
    let apps = if cx.api.settings.anonymous_catalog { cx.control().anonymous_apps().await? } else { Vec::new() };
    Ok(ok(&PublicApps { applications: apps.iter().map(PublicApp::from).collect() }))
}

/// Makes an app.
#[utoipa::path(post, path = "/api/apps", tag = "apps", request_body = AppBody,
    responses((status = 201, body = AppOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let mut said: AppBody = payload.json(MOST).await?;
    let id = std::mem::take(&mut said.id);
    let fields = said.into_fields().map_err(ControlError::from)?;
    let view = cx.control().create_app(&caller, &id, fields).await?;
    let location = format!("/api/apps/{}", percent_encode(view.app.id.as_str()));
    Ok(tagged(created(&location, &AppOut::new(&view)), &view))
}

/// One app.
#[utoipa::path(get, path = "/api/apps/{id}", tag = "apps", params(("id" = String, Path)),
    responses((status = 200, body = AppOut), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: AppId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let view = cx.control().find_app(&caller, &id).await?;
    Ok(one(&view))
}

/// Replaces an app. With `If-Match` only the version that is named there.
#[utoipa::path(put, path = "/api/apps/{id}", tag = "apps", params(("id" = String, Path)), request_body = AppBody,
    responses((status = 200, body = AppOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update(cx: Context, id: AppId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let expected = expected_version(&cx)?;
    let said: AppBody = payload.json(MOST).await?;
    let fields = said.into_fields().map_err(ControlError::from)?;
    let view = cx.control().update_app(&caller, &id, expected, fields).await?;
    Ok(one(&view))
}

/// Deletes an app; its sessions go on.
#[utoipa::path(delete, path = "/api/apps/{id}", tag = "apps", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(cx: &Context, id: AppId) -> Result<Response<Body>, ApiError> {
    cx.control().delete_app(&cx.caller()?, &id).await?;
    Ok(answer::bare(StatusCode::NO_CONTENT))
}

fn one(view: &AppView) -> Response<Body> {
    tagged(ok(&AppOut::new(view)), view)
}

fn tagged(response: Response<Body>, view: &AppView) -> Response<Body> {
    answer::with_header(response, header::ETAG, &format!("\"{}\"", view.app.version))
}

fn expected_version(cx: &Context) -> Result<Option<i64>, ApiError> {
    match cx.header(header::IF_MATCH).map(str::trim) {
        None | Some("*") => Ok(None),
        Some(tag) => {
            let version = tag.trim_start_matches("W/").trim_matches('"').parse();
            version.map(Some).map_err(|_| ControlError::VersionMismatch.into())
        }
    }
}
