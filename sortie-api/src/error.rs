//! Failures as problem documents (RFC 9457): a status, a stable code, a sentence for outside, and the cause for the log only.

use std::{borrow::Cow, time::Duration};

use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use sortie_control::ControlError;
use sortie_core::{
    id::RequestId,
    invalid::{Invalid, Problems},
    port::{BoxError, DatabaseAway},
};
use utoipa::ToSchema;

use crate::answer::{self, Body};

/// One field and the rule that it breaks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field, e.g. `egress_policy.rules[0].cidr`.
    pub field: String,
    /// The rule, completing "the field …".
    pub rule: String,
}

/// The body of every failure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says more.
    pub r#type: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What happened, for people.
    pub detail: String,
    /// What happened, for programs. Stable.
    pub code: String,
    /// The request, as it is named in the log.
    pub request_id: String,
    /// The fields that break rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// A failure on its way out.
#[derive(Debug, thiserror::Error)]
#[error("{} {}: {}", .0.status, .0.code, .0.detail)]
pub struct ApiError(Box<Anatomy>);

#[derive(Debug)]
struct Anatomy {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldProblem>,
    retry_after: Option<Duration>,
    allow: Option<String>,
    inside: Option<BoxError>,
}

impl ApiError {
    /// A failure with a code and a sentence, both shown outside.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Anatomy {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            inside: None,
        }))
    }

    fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    fn caused_by(mut self, inside: impl Into<BoxError>) -> Self {
        self.0.inside = Some(inside.into());
        self
    }

    /// 400.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401 without a good credential.
    pub(crate) fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "sign in first")
    }

    /// 403 for somebody without an account.
    pub(crate) fn not_for_guests() -> Self {
        Self::new(StatusCode::FORBIDDEN, "denied", "guests reach the session that they were let into, and nothing else")
    }

    /// 404 for a tenant that is not there, or not for the caller.
    pub(crate) fn unknown_tenant() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_tenant", "there is no such tenant, or you are not a member of it")
    }

    /// 404 for a path that means nothing.
    pub(crate) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    /// 429.
    pub(crate) fn too_many(code: &'static str, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, "too many requests; try again later").retry_after(wait)
    }

    /// 405 with what is allowed.
    pub(crate) fn wrong_method(allow: String) -> Self {
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path has other methods");
        error.0.allow = Some(allow);
        error
    }

    /// 422 with one field.
    pub(crate) fn invalid(field: &str, rule: impl Into<String>) -> Self {
        ControlError::Invalid(Problems::from(Invalid::new(field, rule))).into()
    }

    /// 500: someone must look. Nothing of the cause is shown.
    pub(crate) fn internal(inside: impl Into<BoxError>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something unexpected happened").caused_by(inside)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The cause, for the log.
    pub fn inside(&self) -> Option<&BoxError> {
        self.0.inside.as_ref()
    }

    /// The answer.
    pub(crate) fn into_response(self, request: &RequestId) -> Response<Body> {
        let Anatomy { status, code, detail, errors, retry_after, allow, inside: _ } = *self.0;
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into_owned(),
            code: code.into_owned(),
            request_id: request.to_string(),
            errors,
        };
        let mut response = answer::json(status, &problem);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if let Some(allow) = allow.and_then(|it| HeaderValue::try_from(it).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::UPGRADE_REQUIRED => {
                headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            // What is left of the body will not be read.
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        let said = error.to_string();
        match error {
            ControlError::NotFound { kind, .. } => {
                Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {kind}"))
            }
            ControlError::Denied(_) => Self::new(StatusCode::FORBIDDEN, "denied", said),
            ControlError::ScopeMissing(_) => Self::new(StatusCode::FORBIDDEN, "scope_missing", said),
            ControlError::Conflict(_) => Self::new(StatusCode::CONFLICT, "conflict", said),
            ControlError::InUse { code, .. } => Self::new(StatusCode::CONFLICT, code, said),
            ControlError::VersionMismatch => Self::new(StatusCode::PRECONDITION_FAILED, "version_mismatch", said),
            ControlError::Quota { retry_after, .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "quota_exceeded", said).retry_after(retry_after)
            }
            ControlError::Invalid(problems) => {
                let fields = problems.list().iter();
                let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", said);
                error.0.errors =
                    fields.map(|it| FieldProblem { field: it.field.clone(), rule: it.rule.clone() }).collect();
                error
            }
            ControlError::Refused(refusal) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, refusal.message)
            }
            ControlError::NotLaunchable => Self::new(StatusCode::CONFLICT, "app_not_launchable", said),
            ControlError::NoSuchLink => Self::new(StatusCode::NOT_FOUND, "no_such_link", said),
            ControlError::SignInNeeded => Self::new(StatusCode::UNAUTHORIZED, "sign_in_needed", said),
            ControlError::ReasonNeeded => Self::new(StatusCode::FORBIDDEN, "reason_needed", said),
            ControlError::BadCredentials => Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", said),
            // Signing in answers it as what it is; elsewhere nobody is asked for a code.
            ControlError::SecondFactorNeeded { .. } => {
                Self::new(StatusCode::UNAUTHORIZED, "second_factor_needed", said)
            }
            ControlError::InvalidCode => Self::new(StatusCode::UNAUTHORIZED, "invalid_code", said),
            ControlError::InvalidToken => Self::new(StatusCode::UNAUTHORIZED, "invalid_token", said),
            ControlError::RegistrationClosed => Self::new(StatusCode::FORBIDDEN, "registration_closed", said),
            ControlError::TooManyAttempts { retry_after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", said).retry_after(retry_after)
            }
            ControlError::Unavailable { retry_after, source } if source.is::<DatabaseAway>() => {
                let said = "the database does not answer just now; what runs goes on, and what was kept is there: try again in a moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", said)
                    .retry_after(retry_after)
                    .caused_by(source)
            }
            ControlError::Unavailable { retry_after, source } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", said)
                    .retry_after(retry_after)
                    .caused_by(source)
            }
            ControlError::Internal(inside) => Self::internal(inside),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_inside_is_never_shown() {
        let error = ApiError::from(ControlError::Internal("password=hunter2".into()));
        assert!(!error.to_string().contains("hunter2"));
        assert!(error.inside().is_some_and(|it| it.to_string().contains("hunter2")));
    }
}
