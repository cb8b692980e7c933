//! Secrets for services' environment: set and forgotten, never shown.

use http::Response;
use serde::Deserialize;
use sortie_core::{secret::Secret, services::secret::MOST_BYTES};
use utoipa::ToSchema;

use super::{ok, services::Asker};
use crate::{
    answer::Body,
    body::Payload,
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    wire::services::SecretOut,
};

/// Room for the value with every character escaped, and the object around it.
const MOST: usize = 6 * MOST_BYTES + 64;

/// A secret's value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretIn {
    /// What the variable holds.
    value: String,
}

/// Every secret, without its value.
#[utoipa::path(get, path = "/api/v1/secrets", tag = "services",
    responses((status = 200, body = Vec<SecretOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    let heads = cx.control().service_secrets(asker.operator(cx)).await?;
    Ok(ok(&heads.iter().map(SecretOut::from).collect::<Vec<_>>()))
}

/// Sets a secret. What runs with the value before is made anew.
#[utoipa::path(put, path = "/api/v1/secrets/{name}", tag = "services", params(("name" = String, Path)),
    request_body = SecretIn,
    responses((status = 200, body = SecretOut), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn set(cx: Context, name: &str, payload: Payload) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(&cx)?;
    let said: SecretIn = payload.json(MOST).await?;
    let head = cx.control().set_service_secret(asker.operator(&cx), name, Secret::new(said.value)).await?;
    Ok(ok(&SecretOut::from(&head)))
}

/// Forgets a secret. What runs with it runs on, and is not made anew before it is set again.
#[utoipa::path(delete, path = "/api/v1/secrets/{name}", tag = "services", params(("name" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(cx: &Context, name: &str) -> Result<Response<Body>, ApiError> {
    let asker = Asker::of(cx)?;
    cx.control().delete_service_secret(asker.operator(cx), name).await?;
    Ok(no_content())
}
