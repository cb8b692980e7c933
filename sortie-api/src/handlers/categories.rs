//! Categories, and who manages and uses them.

use http::Response;
use sortie_core::{
    access::CategoryRight,
    id::{CategoryId, UserId},
    port::access::Person,
};

use super::{created, ok};
use crate::{
    answer::Body,
    body::{MOST, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::access::{CategoryBody, CategoryOut, PersonOut, UserBody},
};

/// The categories that one sees, by name.
#[utoipa::path(get, path = "/api/categories", tag = "categories",
    responses((status = 200, body = Vec<CategoryOut>), (status = 401, body = Problem)))]
pub(crate) async fn list(cx: &Context) -> Result<Response<Body>, ApiError> {
    let found = cx.control().list_categories(&cx.caller()?).await?;
    Ok(ok(&found.iter().map(CategoryOut::from).collect::<Vec<_>>()))
}

/// Makes a category.
#[utoipa::path(post, path = "/api/categories", tag = "categories", request_body = CategoryBody,
    responses((status = 201, body = CategoryOut), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: CategoryBody = payload.json(MOST).await?;
    let made = cx.control().create_category(&caller, &said.name, &said.description).await?;
    let location = format!("/api/categories/{}", percent_encode(made.category.id.as_str()));
    Ok(created(&location, &CategoryOut::from(&made)))
}

/// One category.
#[utoipa::path(get, path = "/api/categories/{id}", tag = "categories", params(("id" = String, Path)),
    responses((status = 200, body = CategoryOut), (status = 404, body = Problem)))]
pub(crate) async fn find(cx: &Context, id: CategoryId) -> Result<Response<Body>, ApiError> {
    Ok(ok(&CategoryOut::from(&cx.control().find_category(&cx.caller()?, &id).await?)))
}

/// Gives it another name and description; its apps and the rights in it stay.
#[utoipa::path(put, path = "/api/categories/{id}", tag = "categories", params(("id" = String, Path)),
    request_body = CategoryBody,
    responses((status = 200, body = CategoryOut), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn update(cx: Context, id: CategoryId, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: CategoryBody = payload.json(MOST).await?;
    Ok(ok(&CategoryOut::from(&cx.control().update_category(&caller, &id, &said.name, &said.description).await?)))
}

/// Deletes a category in which no app is.
#[utoipa::path(delete, path = "/api/categories/{id}", tag = "categories", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn delete(cx: &Context, id: CategoryId) -> Result<Response<Body>, ApiError> {
    cx.control().delete_category(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// Who manages it: ids, or with `?expand=users` people.
#[utoipa::path(get, path = "/api/categories/{id}/admins", tag = "categories",
    params(("id" = String, Path), ("expand" = Option<String>, Query)),
    responses((status = 200, body = Vec<String>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn admins(cx: &Context, id: CategoryId) -> Result<Response<Body>, ApiError> {
    people(cx, &id, CategoryRight::Admin).await
}

/// Makes somebody an administrator of it.
#[utoipa::path(post, path = "/api/categories/{id}/admins", tag = "categories", params(("id" = String, Path)),
    request_body = UserBody,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn add_admin(cx: Context, id: CategoryId, payload: Payload) -> Result<Response<Body>, ApiError> {
    give(&cx, &id, CategoryRight::Admin, payload).await
}

/// Takes that away.
#[utoipa::path(delete, path = "/api/categories/{id}/admins/{userId}", tag = "categories",
    params(("id" = String, Path), ("userId" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_admin(cx: &Context, id: CategoryId, user: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().take_category_right(&cx.caller()?, &id, CategoryRight::Admin, &user).await?;
    Ok(no_content())
}

/// Who uses its approved apps: ids, or with `?expand=users` people.
#[utoipa::path(get, path = "/api/categories/{id}/approved-users", tag = "categories",
    params(("id" = String, Path), ("expand" = Option<String>, Query)),
    responses((status = 200, body = Vec<String>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn approved(cx: &Context, id: CategoryId) -> Result<Response<Body>, ApiError> {
    people(cx, &id, CategoryRight::Approved).await
}

/// Makes somebody an approved user.
#[utoipa::path(post, path = "/api/categories/{id}/approved-users", tag = "categories", params(("id" = String, Path)),
    request_body = UserBody,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn add_approved(cx: Context, id: CategoryId, payload: Payload) -> Result<Response<Body>, ApiError> {
    give(&cx, &id, CategoryRight::Approved, payload).await
}

/// Takes that away.
#[utoipa::path(delete, path = "/api/categories/{id}/approved-users/{userId}", tag = "categories",
    params(("id" = String, Path), ("userId" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn remove_approved(cx: &Context, id: CategoryId, user: UserId) -> Result<Response<Body>, ApiError> {
    cx.control().take_category_right(&cx.caller()?, &id, CategoryRight::Approved, &user).await?;
    Ok(no_content())
}

async fn people(cx: &Context, id: &CategoryId, right: CategoryRight) -> Result<Response<Body>, ApiError> {
    let found: Vec<Person> = cx.control().category_people(&cx.caller()?, id, right).await?;
    Ok(if cx.query.get("expand") == Some("users") {
        ok(&found.iter().map(PersonOut::from).collect::<Vec<_>>())
    } else {
        ok(&found.iter().map(|it| it.id.as_str()).collect::<Vec<_>>())
    })
}

async fn give(
    cx: &Context,
    id: &CategoryId,
    right: CategoryRight,
    payload: Payload,
) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: UserBody = payload.json(MOST).await?;
    let user = UserId::new(said.user_id).map_err(|it| ApiError::invalid("user_id", it.rule))?;
    cx.control().give_category_right(&caller, id, right, &user).await?;
    Ok(no_content())
}
