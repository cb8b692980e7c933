//! What the web app must know first, and the probes.

use serde::Serialize;
use sortie_core::workload::Condition;
use utoipa::ToSchema;

use super::app::CodeAndMessage;

/// Whether one may sign in the way one came.
#[derive(Serialize, ToSchema)]
pub struct SignInDoor {
    /// Whether.
    pub allowed: bool,
    /// If not, what to do about it.
    #[schema(required)]
    pub remedy: Option<String>,
}

/// One kind of limit.
#[derive(Serialize, ToSchema)]
pub struct LimitOut {
    name: &'static str,
    enforced: bool,
}

/// What the runtime found out about its place.
#[derive(Serialize, ToSchema)]
pub struct RuntimeOut {
    kind: &'static str,
    ready: bool,
    problems: Vec<CodeAndMessage>,
    limits: Vec<LimitOut>,
}

impl From<Condition> for RuntimeOut {
    fn from(condition: Condition) -> Self {
        let problems = condition.problems.into_iter();
        Self {
            kind: condition.kind,
            ready: problems.len() == 0,
            problems: problems.map(|it| CodeAndMessage { code: it.code, message: it.message }).collect(),
            limits: condition.limits.into_iter().map(|it| LimitOut { name: it.name, enforced: it.enforced }).collect(),
        }
    }
}

/// What the web app must know first.
#[derive(Serialize, ToSchema)]
pub struct ConfigOut {
    /// The name above the catalog.
    pub tenant_name: String,
    /// The logo's address.
    pub logo_url: String,
    /// A colour.
    pub primary_color: String,
    /// A colour.
    pub secondary_color: String,
    /// Whether people may make accounts themselves.
    pub allow_registration: bool,
    /// A text above the sign-in; empty where an administrator wrote none.
    pub sign_in_notice: String,
    /// Whether another service signs people in.
    pub sso_enabled: bool,
    /// Its name; empty where there is none.
    pub sso_name: String,
    /// Our version.
    pub version: String,
    /// Whether one may sign in the way one came.
    pub sign_in: SignInDoor,
    /// Only for those who are signed in.
    #[schema(required)]
    pub runtime: Option<RuntimeOut>,
}

/// Alive.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    pub status: &'static str,
}

/// Whether this server can serve.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: &'static str,
    /// The database, as it was when the server became ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Health>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}
