//! One function per route and method: read the request, call one use case, shape the answer.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod categories;
pub(crate) mod events;
mod export;
pub(crate) mod joining;
pub(crate) mod launches;
pub(crate) mod me;
pub(crate) mod security;
pub(crate) mod service_secrets;
pub(crate) mod services;
pub(crate) mod sessions;
pub(crate) mod sharing;
pub(crate) mod site;
pub(crate) mod sso;
pub(crate) mod tenants;

use http::{Response, StatusCode, header};
use serde::Serialize;

use crate::{
    answer::{self, Body},
    context::Context,
};

/// 200 in JSON.
fn ok<T: Serialize>(value: &T) -> Response<Body> {
    answer::json(StatusCode::OK, value)
}

/// 201 in JSON, with where it is.
fn created<T: Serialize>(location: &str, value: &T) -> Response<Body> {
    answer::with_header(answer::json(StatusCode::CREATED, value), header::LOCATION, location)
}

/// Adds where the next page is, if there is one.
fn with_next(response: Response<Body>, cx: &Context, next: Option<&str>) -> Response<Body> {
    match next {
        Some(cursor) => answer::with_header(response, header::LINK, &cx.next_link(cursor)),
        None => response,
    }
}
