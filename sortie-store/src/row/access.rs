//! Rows of `categories` and `access_requests`.

use diesel::prelude::*;
use sortie_core::{
    access::request::{AccessRequest, RequestStatus},
    category::Category,
};

use super::{Corrupt, Reading};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{access_requests, categories},
};

/// One category.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = categories, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct CategoryRow {
    pub(crate) id: String,
    pub(crate) name: String,
    description: Option<String>,
    tenant_id: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl CategoryRow {
    /// A category that comes with its first app.
    pub(crate) fn first(id: String, name: String, tenant_id: String, at: Moment) -> Self {
        Self { id, name, description: None, tenant_id, version: 1, created_at: at, updated_at: at }
    }

    /// Whether this is the category that a tenant's app means by id and name.
    pub(crate) fn is_meant(&self, tenant: &str, name: &str) -> bool {
        self.tenant_id == tenant && self.name == name
    }
}

impl From<&Category> for CategoryRow {
    fn from(category: &Category) -> Self {
        Self {
            id: category.id.as_str().to_owned(),
            name: category.name.clone(),
            description: Some(category.description.clone()),
            tenant_id: category.tenant.as_str().to_owned(),
            version: category.version,
            created_at: category.created_at.into(),
            updated_at: category.updated_at.into(),
        }
    }
}

impl TryFrom<CategoryRow> for Category {
    type Error = Corrupt;

    fn try_from(row: CategoryRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "categories", id: &row.id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            name: row.name.clone(),
            description: row.description.clone().unwrap_or_default(),
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    }
}

/// One request for access.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = access_requests, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct RequestRow {
    pub(crate) id: String,
    tenant_id: String,
    app_id: String,
    app_name: String,
    pub(crate) category_id: String,
    pub(crate) user_id: String,
    username: String,
    message: String,
    pub(crate) status: String,
    decided_by: Option<String>,
    decision_note: String,
    decided_at: Option<Moment>,
    created_at: Moment,
}

impl From<&AccessRequest> for RequestRow {
    fn from(request: &AccessRequest) -> Self {
        Self {
            id: request.id.as_str().to_owned(),
            tenant_id: request.tenant.as_str().to_owned(),
            app_id: request.app.as_str().to_owned(),
            app_name: request.app_name.clone(),
            category_id: request.category.as_str().to_owned(),
            user_id: request.user.as_str().to_owned(),
            username: request.username.clone(),
            message: request.message.clone(),
            status: request.status.name().to_owned(),
            decided_by: request.decided_by.clone(),
            decision_note: request.decision_note.clone(),
            decided_at: request.decided_at.map(Moment::from),
            created_at: request.created_at.into(),
        }
    }
}

impl TryFrom<RequestRow> for AccessRequest {
    type Error = Corrupt;

    fn try_from(row: RequestRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "access_requests", id: &row.id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            app: reading.id("app_id", &row.app_id)?,
            app_name: row.app_name.clone(),
            category: reading.id("category_id", &row.category_id)?,
            user: reading.id("user_id", &row.user_id)?,
            username: row.username.clone(),
            message: row.message.clone(),
            status: reading.choice("status", &row.status, RequestStatus::parse)?,
            decided_by: row.decided_by.clone(),
            decision_note: row.decision_note.clone(),
            decided_at: row.decided_at.map(Into::into),
            created_at: row.created_at.into(),
        })
    }
}
