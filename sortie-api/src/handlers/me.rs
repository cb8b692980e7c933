//! The own preferences.

use http::Response;
use sortie_core::preferences::Preferences;

use super::ok;
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    error::{ApiError, Problem},
    wire::account::PreferencesBody,
};

/// The own preferences.
#[utoipa::path(get, path = "/api/me/preferences", tag = "me",
    responses((status = 200, body = PreferencesBody), (status = 401, body = Problem)))]
pub(crate) async fn preferences(cx: &Context) -> Result<Response<Body>, ApiError> {
    Ok(ok(&PreferencesBody::from(cx.control().preferences(&cx.caller()?).await?)))
}

/// Replaces them.
#[utoipa::path(put, path = "/api/me/preferences", tag = "me", request_body = PreferencesBody,
    responses((status = 200, body = PreferencesBody), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn save_preferences(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: PreferencesBody = payload.json(MOST).await?;
    let saved = cx.control().save_preferences(&caller, Preferences::try_from(said)?).await?;
    Ok(ok(&PreferencesBody::from(saved)))
}
