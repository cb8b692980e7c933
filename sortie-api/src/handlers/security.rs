//! The own credentials: sign-ins, personal access tokens, the second factor.

use http::{Response, StatusCode};
use sortie_control::account::own::TokenFields;
use sortie_core::{id::SignInId, secret::Secret};

use super::ok;
use crate::{
    answer::{self, Body},
    body::{MOST_AUTH, Payload},
    context::Context,
    entry::no_content,
    error::{ApiError, Problem},
    text::percent_encode,
    wire::credential::{
        CodeBody, FactorSecret, PasswordAndCode, PasswordBody, RecoveryCodes, SecondFactorOut, SignInOut, TokenBody,
        TokenOut,
    },
};

/// The own sign-ins, the last used first.
#[utoipa::path(get, path = "/api/me/sign-ins", tag = "me",
    responses((status = 200, body = Vec<SignInOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn sign_ins(cx: &Context) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let sign_ins = cx.control().own_sign_ins(&caller).await?;
    let current = &caller.principal.sign_in;
    Ok(ok(&sign_ins.iter().map(|it| SignInOut::new(it, current)).collect::<Vec<_>>()))
}

/// Ends all of them but this one.
#[utoipa::path(delete, path = "/api/me/sign-ins", tag = "me",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn end_other_sign_ins(cx: &Context) -> Result<Response<Body>, ApiError> {
    cx.control().end_other_sign_ins(&cx.caller()?).await?;
    Ok(no_content())
}

/// Ends one of them.
#[utoipa::path(delete, path = "/api/me/sign-ins/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn end_sign_in(cx: &Context, id: SignInId) -> Result<Response<Body>, ApiError> {
    cx.control().end_own_sign_in(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// The own personal access tokens, the newest first.
#[utoipa::path(get, path = "/api/me/tokens", tag = "me",
    responses((status = 200, body = Vec<TokenOut>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn tokens(cx: &Context) -> Result<Response<Body>, ApiError> {
    let tokens = cx.control().own_tokens(&cx.caller()?).await?;
    Ok(ok(&tokens.iter().map(TokenOut::from).collect::<Vec<_>>()))
}

/// Makes one: it is shown this once.
#[utoipa::path(post, path = "/api/me/tokens", tag = "me", request_body = TokenBody,
    responses((status = 201, body = TokenOut), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn create_token(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: TokenBody = payload.json(MOST_AUTH).await?;
    let (token, text) = cx.control().create_token(&caller, TokenFields::from(said)).await?;
    Ok(answer::json(StatusCode::CREATED, &TokenOut::fresh(&token, &text)))
}

/// Ends one.
#[utoipa::path(delete, path = "/api/me/tokens/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn revoke_token(cx: &Context, id: SignInId) -> Result<Response<Body>, ApiError> {
    cx.control().revoke_token(&cx.caller()?, &id).await?;
    Ok(no_content())
}

/// The own second factor.
#[utoipa::path(get, path = "/api/me/second-factor", tag = "me",
    responses((status = 200, body = SecondFactorOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn second_factor(cx: &Context) -> Result<Response<Body>, ApiError> {
    Ok(ok(&SecondFactorOut::from(cx.control().own_second_factor(&cx.caller()?).await?)))
}

/// Makes its secret: it is shown this once, and asks nobody for anything until it is confirmed.
#[utoipa::path(post, path = "/api/me/second-factor", tag = "me", request_body = PasswordBody,
    responses((status = 201, body = FactorSecret), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn begin_second_factor(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: PasswordBody = payload.json(MOST_AUTH).await?;
    let secret = cx.control().begin_second_factor(&caller, &Secret::new(said.password)).await?;
    let issuer = percent_encode(&cx.api.settings.branding.tenant_name);
    let account = percent_encode(&caller.principal.username);
    let secret = secret.reveal().to_owned();
    let otpauth_url = format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}");
    Ok(answer::json(StatusCode::CREATED, &FactorSecret { secret, otpauth_url }))
}

/// Switches it on; answers recovery codes, which are shown this once.
#[utoipa::path(post, path = "/api/me/second-factor/confirm", tag = "me", request_body = CodeBody,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn confirm_second_factor(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: CodeBody = payload.json(MOST_AUTH).await?;
    let codes = cx.control().confirm_second_factor(&caller, &Secret::new(said.code)).await?;
    Ok(ok(&RecoveryCodes::from(codes)))
}

/// Switches it off.
#[utoipa::path(post, path = "/api/me/second-factor/disable", tag = "me", request_body = PasswordAndCode,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn disable_second_factor(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: PasswordAndCode = payload.json(MOST_AUTH).await?;
    let (password, code) = (Secret::new(said.password), Secret::new(said.code));
    cx.control().disable_second_factor(&caller, &password, &code).await?;
    Ok(no_content())
}

/// New recovery codes, which are shown this once; the old ones are good no more.
#[utoipa::path(post, path = "/api/me/second-factor/recovery-codes", tag = "me", request_body = PasswordAndCode,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn renew_recovery_codes(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: PasswordAndCode = payload.json(MOST_AUTH).await?;
    let (password, code) = (Secret::new(said.password), Secret::new(said.code));
    let codes = cx.control().renew_recovery_codes(&caller, &password, &code).await?;
    Ok(ok(&RecoveryCodes::from(codes)))
}
