//! Tenants and their members.

use http::Response;
use sortie_control::{Control, tenant::TenantFields};
use sortie_core::id::{TenantId, UserId};

use super::{created, ok};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::tenant::{MemberBody, MemberOut, OwnTenant, TenantBody, TenantOut},
};

/// The own tenants.
#[utoipa::path(get, path = "/api/tenants", tag = "tenants",
    responses((status = 200, body = Vec<OwnTenant>), (status = 401, body = Problem)))]
pub(crate) fn own(cx: &Context) -> Result<Response<Body>, ApiError> {
    let own = Control::own_tenants(&cx.caller()?);
    Ok(ok(&own.into_iter().map(OwnTenant::from).collect::<Vec<_>>()))
}

/// Every tenant; for administrators of a tenant their own.
#[utoipa::path(get, path = "/api/admin/tenants", tag = "tenants",
    responses((status = 200, body = Vec<TenantOut>), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let found = cx.control().list_tenants(&cx.caller()?).await?;
    Ok(ok(&found.iter().map(TenantOut::from).collect::<Vec<_>>()))
}

/// Makes a tenant.
#[utoipa::path(post, path = "/api/admin/tenants", tag = "tenants", request_body = TenantBody,
    responses((status = 201, body = TenantOut), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: TenantBody = payload.json(MOST).await?;
    let made = cx.control().create_tenant(&caller, TenantFields::from(said)).await?;
    let location = format!("/api/admin/tenants/{}", percent_encode(made.id.as_str()));
    Ok(created(&location, &TenantOut::from(&made)))
}

/// One tenant.
#[utoipa::path(get, path = "/api/admin/tenants/{id}", tag = "tenants", params(("id" = String, Path)),
    responses((status = 200, body = TenantOut), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: TenantId) -> Result<Response<Body>, ApiError> {
    Ok(ok(&TenantOut::from(&cx.control().find_tenant(&cx.caller()?, &id).await?)))
}

/// Replaces what is said about it.
#[utoipa::path(put, path = "/api/admin/tenants/{id}", tag = "tenants", params(("id" = String, Path)),
    request_body = TenantBody,
    responses((status = 200, body = TenantOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update(cx: Context, id: TenantId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: TenantBody = payload.json(MOST).await?;
    Ok(ok(&TenantOut::from(&cx.control().update_tenant(&caller, &id, TenantFields::from(said)).await?)))
}

/// Deletes a tenant in which nothing lives any more.
#[utoipa::path(delete, path = "/api/admin/tenants/{id}", tag = "tenants", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn delete(cx: &Context, id: TenantId) -> Result<Response<Body>, ApiError> {
    cx.control().delete_tenant(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// Its members.
#[utoipa::path(get, path = "/api/admin/tenants/{id}/members", tag = "tenants", params(("id" = String, Path)),
    responses((status = 200, body = Vec<MemberOut>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn members(cx: &Context, id: TenantId) -> Result<Response<Body>, ApiError> {
    let found = cx.control().members(&cx.caller()?, &id).await?;
    Ok(ok(&found.iter().map(MemberOut::from).collect::<Vec<_>>()))
}

/// Makes somebody a member, or gives a member these roles.
#[utoipa::path(post, path = "/api/admin/tenants/{id}/members", tag = "tenants", params(("id" = String, Path)),
    request_body = MemberBody,
    responses((status = 200, body = MemberOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn save_member(cx: Context, id: TenantId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: MemberBody = payload.json(MOST).await?;
    let user = UserId::new(said.user_id).map_err(|it| ApiError::invalid("user_id", it.rule))?;
    Ok(ok(&MemberOut::from(&cx.control().save_member(&caller, &id, &user, &said.roles).await?)))
}

/// Ends a membership.
#[utoipa::path(delete, path = "/api/admin/tenants/{id}/members/{userId}", tag = "tenants",
    params(("id" = String, Path), ("userId" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_member(cx: &Context, id: TenantId, user: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().remove_member(&cx.caller()?, &id, &user).await?;
    Ok(no_content())
}
