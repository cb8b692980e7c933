//! Categories, people, requests for access, explanations.

use serde::{Deserialize, Serialize};
use sortie_control::{
    access::{
        explain::{Explanation, Question},
        request::RequestView,
    },
    catalog::category::CategoryView,
};
use sortie_core::{
    policy::{Action, Outcome},
    port::access::Person,
};
use utoipa::ToSchema;

use super::{names, rfc3339};

/// A category.
#[derive(Serialize, ToSchema)]
pub struct CategoryOut {
    id: String,
    name: String,
    description: String,
    tenant_id: String,
    /// Whether one may change it and its people.
    can_manage: bool,
    created_at: String,
    updated_at: String,
}

impl From<&CategoryView> for CategoryOut {
    fn from(view: &CategoryView) -> Self {
        let category = &view.category;
        Self {
            id: category.id.to_string(),
            name: category.name.clone(),
            description: category.description.clone(),
            tenant_id: category.tenant.to_string(),
            can_manage: view.can_manage,
            created_at: rfc3339(category.created_at),
            updated_at: rfc3339(category.updated_at),
        }
    }
}

/// What is said about a category.
#[derive(Deserialize, ToSchema)]
pub struct CategoryBody {
    /// Unique in the tenant.
    pub name: String,
    /// A few words.
    #[serde(default, deserialize_with = "super::or_default")]
    pub description: String,
}

/// Who is meant.
#[derive(Deserialize, ToSchema)]
pub struct UserBody {
    /// The person's id.
    pub user_id: String,
}

/// A person, as others of the tenant may know them.
#[derive(Serialize, ToSchema)]
pub struct PersonOut {
    id: String,
    username: String,
    display_name: String,
}

impl From<&Person> for PersonOut {
    fn from(person: &Person) -> Self {
        Self { id: person.id.to_string(), username: person.username.clone(), display_name: person.display_name.clone() }
    }
}

/// Why one asks for access.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessRequestBody {
    /// For who decides.
    #[serde(default, deserialize_with = "super::or_default")]
    pub message: String,
}

/// What is said about a decision.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// For who asked.
    #[serde(default, deserialize_with = "super::or_default")]
    pub note: String,
}

/// A request for access.
#[derive(Serialize, ToSchema)]
pub struct AccessRequestOut {
    id: String,
    app_id: String,
    app_name: String,
    category_id: String,
    user_id: String,
    username: String,
    message: String,
    /// `pending`, `granted`, `refused` or `withdrawn`.
    #[schema(value_type = names::RequestStatusName)]
    status: &'static str,
    #[schema(required)]
    decided_by: Option<String>,
    decision_note: String,
    #[schema(required)]
    decided_at: Option<String>,
    created_at: String,
    /// Whether one may grant or refuse it.
    can_decide: bool,
}

impl From<&RequestView> for AccessRequestOut {
    fn from(view: &RequestView) -> Self {
        let request = &view.request;
        Self {
            id: request.id.to_string(),
            app_id: request.app.to_string(),
            app_name: request.app_name.clone(),
            category_id: request.category.to_string(),
            user_id: request.user.to_string(),
            username: request.username.clone(),
            message: request.message.clone(),
            status: request.status.name(),
            decided_by: request.decided_by.clone(),
            decision_note: request.decision_note.clone(),
            decided_at: request.decided_at.map(rfc3339),
            created_at: rfc3339(request.created_at),
            can_decide: view.can_decide,
        }
    }
}

/// Kind and id.
#[derive(Serialize, ToSchema)]
pub struct ObjectOut {
    kind: &'static str,
    id: String,
}

/// Who it is about.
#[derive(Serialize, ToSchema)]
pub struct PrincipalOut {
    id: String,
    username: String,
}

/// What may be done, and which rule says so.
#[derive(Serialize, ToSchema)]
pub struct ExplanationOut {
    /// `granted`, `denied` or `hidden`.
    #[schema(value_type = names::DecisionName)]
    decision: &'static str,
    /// The rule's code: stable.
    rule: &'static str,
    /// The rule in a sentence.
    because: &'static str,
    action: &'static str,
    object: ObjectOut,
    principal: PrincipalOut,
}

impl ExplanationOut {
    /// The answer with its question.
    pub fn new(explanation: Explanation, action: Action, question: &Question) -> Self {
        let (kind, id) = question.names();
        Self {
            decision: match explanation.outcome {
                Outcome::Granted => "granted",
                Outcome::Denied => "denied",
                Outcome::Hidden => "hidden",
            },
            rule: explanation.rule,
            because: explanation.because,
            action: action.name(),
            object: ObjectOut { kind, id: id.to_owned() },
            principal: PrincipalOut { id: explanation.user.to_string(), username: explanation.username },
        }
    }
}
