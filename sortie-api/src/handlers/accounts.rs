//! Accounts, for administrators.

use std::collections::HashMap;

use http::{Response, StatusCode};
use sortie_control::account::users::UserFields;
use sortie_core::{id::UserId, user::User};

use super::{created, ok};
use crate::{
    answer::{self, Body},
    body::{MOST, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::{
        account::{Account, AccountBody},
        credential::{ResetLinkOut, SignInOut},
        rfc3339,
    },
};

/// Everybody, by name.
#[utoipa::path(get, path = "/api/admin/users", tag = "administration",
    responses((status = 200, body = Vec<Account>), (status = 403, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let users = cx.control().users(&caller).await?;
    let facts = cx.control().account_facts(&caller).await?;
    let facts: HashMap<_, _> = facts.iter().map(|it| (&it.user, it)).collect();
    Ok(ok(&users.iter().map(|it| Account::new(it, facts.get(&it.id).copied())).collect::<Vec<_>>()))
}

/// Makes an account.
#[utoipa::path(post, path = "/api/admin/users", tag = "administration", request_body = AccountBody,
    responses((status = 201, body = Account), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: AccountBody = payload.json(MOST).await?;
    let user = cx.control().create_user(&caller, UserFields::from(said)).await?;
    let location = format!("/api/admin/users/{}", percent_encode(user.id.as_str()));
    Ok(created(&location, &account(&cx, &user).await?))
}

/// One account.
#[utoipa::path(get, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = Account), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    let user = cx.control().find_user(&cx.caller()?, &id).await?;
    Ok(ok(&account(cx, &user).await?))
}

/// Replaces what an account says.
#[utoipa::path(put, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    request_body = AccountBody,
    responses((status = 200, body = Account), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update(cx: Context, id: UserId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: AccountBody = payload.json(MOST).await?;
    let user = cx.control().update_user(&caller, &id, UserFields::from(said)).await?;
    Ok(ok(&account(&cx, &user).await?))
}

/// Deletes an account.
#[utoipa::path(delete, path = "/api/admin/users/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn delete(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().delete_user(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// Makes a link with which the person sets a new password: it is shown this once.
#[utoipa::path(post, path = "/api/admin/users/{id}/reset", tag = "administration", params(("id" = String, Path)),
    responses((status = 201, body = ResetLinkOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn reset(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    let origin =
        cx.visit.origin.as_ref().ok_or_else(|| ApiError::bad_request("no_host", "the request names no host"))?;
    let (secret, expires_at) = cx.control().create_reset_link(&cx.caller()?, &id).await?;
    let url = format!("{origin}/reset#{}", secret.reveal());
    Ok(answer::json(StatusCode::CREATED, &ResetLinkOut { url, expires_at: rfc3339(expires_at) }))
}

/// Switches the person's second factor off.
#[utoipa::path(delete, path = "/api/admin/users/{id}/second-factor", tag = "administration",
    params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_second_factor(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().remove_second_factor(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// The person's sign-ins, the last used first.
#[utoipa::path(get, path = "/api/admin/users/{id}/sign-ins", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = Vec<SignInOut>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn sign_ins(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let sign_ins = cx.control().sign_ins_of(&caller, &id).await?;
    let current = &caller.principal.sign_in;
    Ok(ok(&sign_ins.iter().map(|it| SignInOut::new(it, current)).collect::<Vec<_>>()))
}

/// Ends every sign-in and token of the person.
#[utoipa::path(delete, path = "/api/admin/users/{id}/sign-ins", tag = "administration", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn end_sign_ins(cx: &Context, id: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().end_sign_ins_of(&cx.caller()?, &id).await?;
    Ok(no_content())
}

async fn account(cx: &Context, user: &User) -> Result<Account, ApiError> {
    let facts = cx.control().facts_of(&cx.caller()?, user).await?;
    Ok(Account::new(user, facts.as_ref()))
}
