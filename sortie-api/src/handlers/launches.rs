//! Opening link apps, and who launched what how often.

use http::Response;
use sortie_control::ControlError;
use sortie_core::id::AppId;

use super::{created, ok};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    error::{ApiError, Problem},
    wire::record::{AnalyticsOut, LinkOut, OpenLinkBody},
};

/// Counts the opening of a link app and answers where it leads.
#[utoipa::path(post, path = "/api/analytics/launch", tag = "apps", request_body = OpenLinkBody,
    responses((status = 201, body = LinkOut), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn open_link(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: OpenLinkBody = payload.json(MOST).await?;
    let app = AppId::new(said.app_id).map_err(ControlError::from)?;
    let url = cx.control().open_link(&caller, &app).await?;
    Ok(created("/api/analytics", &LinkOut { url }))
}

/// Launches per app and day.
#[utoipa::path(get, path = "/api/analytics", tag = "administration",
    params(("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = AnalyticsOut), (status = 403, body = Problem)))]
pub(crate) async fn analytics(cx: &Context) -> Result<Response<Body>, ApiError> {
    let counts = cx.control().launch_counts(&cx.caller()?, cx.time("from")?, cx.time("to")?).await?;
    Ok(ok(&AnalyticsOut::from(counts)))
}

/// The same under its older name.
#[utoipa::path(get, path = "/api/analytics/stats", tag = "administration",
    params(("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = AnalyticsOut), (status = 403, body = Problem)))]
pub(crate) async fn analytics_stats(cx: &Context) -> Result<Response<Body>, ApiError> {
    analytics(cx).await
}
