//! Accounts, for administrators.

use http::Response;
use sortie_control::account::users::UserFields;
use sortie_core::id::UserId;

use super::{created, ok};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::account::{Account, AccountBody},
};

/// Everybody, by name.
#[utoipa::path(get, path = "/api/admin/users", tag = "administration",
    responses((status = 200, body = Vec<Account>), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let users = cx.control().users(&cx.caller()?).await?;
    Ok(ok(&users.iter().map(Account::from).collect::<Vec<_>>()))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/admin/users", tag = "administration", request_body = AccountBody,
    responses((status = 201, body = Account), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: AccountBody = payload.json(MOST).await?;
    let user = cx.control().create_user(&caller, UserFields::from(said)).await?;
    Ok(created(&format!("/api/admin/users/{}", percent_encode(user.id.as_str())), &Account::from(&user)))
}

/// One account.
#[utoipa::path(get, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = Account), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    Ok(ok(&Account::from(&cx.control().find_user(&cx.caller()?, &id).await?)))
}

/// Replaces what an account says.
#[utoipa::path(put, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    request_body = AccountBody,
    responses((status = 200, body = Account), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update(cx: Context, id: UserId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: AccountBody = payload.json(MOST).await?;
    Ok(ok(&Account::from(&cx.control().update_user(&caller, &id, UserFields::from(said)).await?)))
}

/// Deletes an account.
#[utoipa::path(delete, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn delete(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().delete_user(&cx.caller()?, &id).await?;
    Ok(no_content())
}
