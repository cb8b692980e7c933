//! Rows of `sign_ins`.

use diesel::prelude::*;
use sortie_core::{
    secret::TokenHash,
    sign_in::{ClientKind, SignIn},
    token_scope::TokenScope,
};

use super::{Corrupt, Reading, to_json};
use crate::{connection::AnyBackend, moment::Moment, schema::sign_ins};

/// One sign-in.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_ins, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct SignInRow {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) tenant_id: String,
    pub(crate) client: String,
    pub(crate) token_hash: String,
    pub(crate) refresh_hash: Option<String>,
    pub(crate) previous_refresh_hash: Option<String>,
    created_at: Moment,
    pub(crate) last_used_at: Moment,
    pub(crate) expires_at: Moment,
    ends_at: Moment,
    revoked_at: Option<Moment>,
    source_ip: String,
    user_agent: String,
    name: String,
    scopes: Option<String>,
}

impl SignInRow {
    /// The row of a sign-in; its tenant is the user's, which the row of the user knows.
    pub(crate) fn new(sign_in: &SignIn) -> Self {
        let hash = |it: &Option<TokenHash>| it.as_ref().map(|it| it.as_str().to_owned());
        Self {
            id: sign_in.id.as_str().to_owned(),
            user_id: sign_in.user.as_str().to_owned(),
            tenant_id: String::new(),
            client: sign_in.client.name().to_owned(),
            token_hash: sign_in.token.as_str().to_owned(),
            refresh_hash: hash(&sign_in.refresh),
            previous_refresh_hash: hash(&sign_in.previous_refresh),
            created_at: sign_in.created_at.into(),
            last_used_at: sign_in.last_used_at.into(),
            expires_at: sign_in.expires_at.into(),
            ends_at: sign_in.ends_at.into(),
            revoked_at: sign_in.revoked_at.map(Moment::from),
            source_ip: sign_in.source_ip.clone(),
            user_agent: sign_in.user_agent.clone(),
            name: sign_in.name.clone(),
            scopes: sign_in.scopes.as_ref().map(|it| to_json(&it.iter().map(|it| it.name()).collect::<Vec<_>>())),
        }
    }
}

impl TryFrom<SignInRow> for SignIn {
    type Error = Corrupt;

    fn try_from(row: SignInRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "sign_ins", id: &row.id };
        let scopes: Option<Vec<String>> = row.scopes.as_ref().map(|it| reading.json("scopes", it)).transpose()?;
        Ok(Self {
            id: reading.id("id", &row.id)?,
            user: reading.id("user_id", &row.user_id)?,
            client: reading.choice("client", &row.client, ClientKind::parse)?,
            token: TokenHash::new(row.token_hash.clone()),
            refresh: row.refresh_hash.clone().map(TokenHash::new),
            previous_refresh: row.previous_refresh_hash.clone().map(TokenHash::new),
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.into(),
            expires_at: row.expires_at.into(),
            ends_at: row.ends_at.into(),
            revoked_at: row.revoked_at.map(Into::into),
            source_ip: row.source_ip.clone(),
            user_agent: row.user_agent.clone(),
            name: row.name.clone(),
            // A scope that nobody knows permits nothing.
            scopes: scopes.map(|it| it.iter().filter_map(|it| TokenScope::parse(it)).collect()),
        })
    }
}
