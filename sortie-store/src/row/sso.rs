//! Rows of `sso_identities`, `sso_pending` and `sso_sign_ins`.

use diesel::prelude::*;
use sortie_core::{
    local_path::LocalPath,
    secret::TokenHash,
    sso::{Identity, KnownIdentity, PendingSignIn, ProviderSession},
    user::Role,
};

use super::{Corrupt, Reading, to_json};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{sso_identities, sso_pending, sso_sign_ins},
};

/// One identity and whose it is.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sso_identities, primary_key(issuer, subject))]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct IdentityRow {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) user_id: String,
    roles: String,
    created_at: Moment,
    last_seen_at: Moment,
}

impl From<&KnownIdentity> for IdentityRow {
    fn from(known: &KnownIdentity) -> Self {
        let roles: Vec<_> = known.roles.iter().map(|it| it.name()).collect();
        Self {
            issuer: known.identity.issuer().to_owned(),
            subject: known.identity.subject().to_owned(),
            user_id: known.user.as_str().to_owned(),
            roles: to_json(&roles),
            created_at: known.created_at.into(),
            last_seen_at: known.last_seen_at.into(),
        }
    }
}

impl TryFrom<IdentityRow> for KnownIdentity {
    type Error = Corrupt;

    fn try_from(row: IdentityRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "sso_identities", id: &row.user_id };
        let roles: Vec<String> = reading.list("roles", Some(&row.roles))?;
        Ok(Self {
            identity: Identity::new(row.issuer.clone(), row.subject.clone())
                .map_err(|invalid| reading.corrupt("subject", invalid))?,
            user: reading.id("user_id", &row.user_id)?,
            roles: roles.iter().filter_map(|it| Role::parse(it)).collect(),
            created_at: row.created_at.into(),
            last_seen_at: row.last_seen_at.into(),
        })
    }
}

/// One sign-in that was begun.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sso_pending)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct PendingRow {
    state_hash: String,
    browser_hash: String,
    redirect: String,
    created_at: Moment,
    expires_at: Moment,
}

impl From<&PendingSignIn> for PendingRow {
    fn from(pending: &PendingSignIn) -> Self {
        Self {
            state_hash: pending.state.as_str().to_owned(),
            browser_hash: pending.browser.as_str().to_owned(),
            redirect: pending.redirect.as_str().to_owned(),
            created_at: pending.created_at.into(),
            expires_at: pending.expires_at.into(),
        }
    }
}

impl TryFrom<PendingRow> for PendingSignIn {
    type Error = Corrupt;

    fn try_from(row: PendingRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "sso_pending", id: &row.state_hash };
        Ok(Self {
            redirect: LocalPath::parse(&row.redirect).map_err(|invalid| reading.corrupt("redirect", invalid))?,
            state: TokenHash::new(row.state_hash.clone()),
            browser: TokenHash::new(row.browser_hash),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
        })
    }
}

/// What one sign-in hangs on.
#[derive(Insertable)]
#[diesel(table_name = sso_sign_ins, treat_none_as_default_value = false)]
pub(crate) struct ProviderSessionRow {
    sign_in_id: String,
    issuer: String,
    subject: String,
    session: Option<String>,
}

impl From<&ProviderSession> for ProviderSessionRow {
    fn from(session: &ProviderSession) -> Self {
        Self {
            sign_in_id: session.sign_in.as_str().to_owned(),
            issuer: session.identity.issuer().to_owned(),
            subject: session.identity.subject().to_owned(),
            session: session.session.clone(),
        }
    }
}
