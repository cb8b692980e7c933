//! Rows of `users` and `user_preferences`.

use diesel::prelude::*;
use sortie_core::{
    preferences::{Preferences, Theme},
    user::{PasswordHash, Role, User},
};

use super::{Corrupt, Reading, to_json};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{user_preferences, users},
};

/// One person. Columns of older systems that no rule reads are left to their defaults and never overwritten.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct UserRow {
    pub(crate) id: String,
    username: String,
    username_lower: String,
    email: Option<String>,
    display_name: Option<String>,
    password_hash: Option<String>,
    roles: String,
    pub(crate) tenant_id: String,
    disabled: bool,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
    last_sign_in_at: Option<Moment>,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let roles: Vec<_> = user.roles.iter().map(|it| it.name()).collect();
        Self {
            id: user.id.as_str().to_owned(),
            username: user.username.clone(),
            username_lower: user.username.to_lowercase(),
            email: Some(user.email.clone()),
            display_name: Some(user.display_name.clone()),
            password_hash: user.password.as_ref().map(|it| it.as_str().to_owned()),
            roles: to_json(&roles),
            tenant_id: user.tenant.as_str().to_owned(),
            disabled: user.disabled,
            version: user.version,
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
            last_sign_in_at: user.last_sign_in_at.map(Moment::from),
        }
    }
}

impl UserRow {
    /// Whether this is exactly the person's sign-in name.
    pub(crate) fn is_called(&self, username: &str) -> bool {
        self.username == username
    }
}

impl TryFrom<UserRow> for User {
    type Error = Corrupt;

    fn try_from(row: UserRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "users", id: &row.id };
        let roles: Vec<String> = reading.list("roles", Some(&row.roles))?;
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            username: row.username.clone(),
            display_name: row.display_name.clone().unwrap_or_default(),
            email: row.email.clone().unwrap_or_default(),
            password: row.password_hash.clone().filter(|it| !it.is_empty()).map(PasswordHash::new),
            // A role that nobody knows grants nothing.
            roles: roles.iter().filter_map(|it| Role::parse(it)).collect(),
            disabled: row.disabled,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            last_sign_in_at: row.last_sign_in_at.map(Into::into),
        })
    }
}

/// One person's preferences.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = user_preferences, primary_key(user_id))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct PreferencesRow {
    pub(crate) user_id: String,
    theme: Option<String>,
    collapsed_categories: Option<String>,
    favorites: Option<String>,
    updated_at: Option<Moment>,
    tenant_id: String,
}

impl PreferencesRow {
    /// The row of a person of a tenant.
    pub(crate) fn new(user: &str, tenant: &str, preferences: &Preferences) -> Self {
        Self {
            user_id: user.to_owned(),
            theme: preferences.theme.map(|it| it.name().to_owned()),
            collapsed_categories: Some(to_json(&preferences.collapsed_categories)),
            favorites: Some(to_json(&preferences.favorites)),
            updated_at: preferences.updated_at.map(Moment::from),
            tenant_id: tenant.to_owned(),
        }
    }
}

impl TryFrom<PreferencesRow> for Preferences {
    type Error = Corrupt;

    fn try_from(row: PreferencesRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "user_preferences", id: &row.user_id };
        Ok(Self {
            theme: row.theme.as_deref().and_then(Theme::parse),
            collapsed_categories: reading.list("collapsed_categories", row.collapsed_categories.as_deref())?,
            favorites: reading.list("favorites", row.favorites.as_deref())?,
            updated_at: row.updated_at.map(Into::into),
        })
    }
}
