//! Rows of `session_shares`, `session_viewers` and `session_streams`.

use diesel::prelude::*;
use sortie_core::{
    secret::TokenHash,
    sharing::{LiveStream, Permission, Recipient, Share, Viewer, ViewerRole, ViewerState},
};

use super::{Corrupt, Reading};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{session_shares, session_streams, session_viewers},
};

/// One share.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session_shares, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct ShareRow {
    id: String,
    pub(crate) session_id: String,
    user_id: Option<String>,
    permission: String,
    share_token: Option<String>,
    created_by: String,
    created_at: Moment,
    tenant_id: String,
    username: String,
    expires_at: Moment,
    max_uses: Option<i64>,
    uses: i64,
    approval: bool,
    guests: bool,
}

impl ShareRow {
    /// The row of a share; a link's with the hash of its secret.
    pub(crate) fn new(share: &Share, secret: Option<&TokenHash>) -> Self {
        let (user, username, max_uses, approval, guests) = match &share.recipient {
            Recipient::User { id, name } => (Some(id.as_str().to_owned()), name.clone(), None, false, false),
            Recipient::Link { max_uses, approval, guests } => {
                (None, String::new(), max_uses.map(i64::from), *approval, *guests)
            }
        };
        Self {
            id: share.id.as_str().to_owned(),
            session_id: share.session.as_str().to_owned(),
            user_id: user,
            permission: share.permission.name().to_owned(),
            share_token: secret.map(|it| it.as_str().to_owned()),
            created_by: share.created_by.as_str().to_owned(),
            created_at: share.created_at.into(),
            tenant_id: share.tenant.as_str().to_owned(),
            username,
            expires_at: share.expires_at.into(),
            max_uses,
            uses: i64::from(share.uses),
            approval,
            guests,
        }
    }
}

impl TryFrom<ShareRow> for Share {
    type Error = Corrupt;

    fn try_from(row: ShareRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "session_shares", id: &row.id };
        let count = |column, number: i64| {
            u32::try_from(number).map_err(|_| reading.corrupt(column, format_args!("is no count: {number}")))
        };
        let recipient = match &row.user_id {
            Some(user) => Recipient::User { id: reading.id("user_id", user)?, name: row.username.clone() },
            None => Recipient::Link {
                max_uses: row.max_uses.map(|it| count("max_uses", it)).transpose()?,
                approval: row.approval,
                guests: row.guests,
            },
        };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            session: reading.id("session_id", &row.session_id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            recipient,
            permission: reading.choice("permission", &row.permission, Permission::parse)?,
            uses: count("uses", row.uses)?,
            expires_at: row.expires_at.into(),
            created_by: reading.id("created_by", &row.created_by)?,
            created_at: row.created_at.into(),
        })
    }
}

/// One viewer.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session_viewers, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct ViewerRow {
    pub(crate) id: String,
    pub(crate) session_id: String,
    tenant_id: String,
    pub(crate) share_id: Option<String>,
    user_id: Option<String>,
    name: String,
    role: String,
    permission: String,
    state: String,
    reason: Option<String>,
    token_hash: Option<String>,
    created_at: Moment,
    expires_at: Moment,
}

impl ViewerRow {
    /// The row of a viewer; a guest's with the hash of its cookie.
    pub(crate) fn new(viewer: &Viewer, guest: Option<&TokenHash>) -> Self {
        Self {
            id: viewer.id.as_str().to_owned(),
            session_id: viewer.session.as_str().to_owned(),
            tenant_id: viewer.tenant.as_str().to_owned(),
            share_id: viewer.share.as_ref().map(|it| it.as_str().to_owned()),
            user_id: viewer.user.as_ref().map(|it| it.as_str().to_owned()),
            name: viewer.name.clone(),
            role: viewer.role.name().to_owned(),
            permission: viewer.permission.name().to_owned(),
            state: viewer.state.name().to_owned(),
            reason: viewer.reason.clone(),
            token_hash: guest.map(|it| it.as_str().to_owned()),
            created_at: viewer.created_at.into(),
            expires_at: viewer.expires_at.into(),
        }
    }
}

impl TryFrom<ViewerRow> for Viewer {
    type Error = Corrupt;

    fn try_from(row: ViewerRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "session_viewers", id: &row.id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            session: reading.id("session_id", &row.session_id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            share: reading.optional_id("share_id", row.share_id.as_deref())?,
            user: reading.optional_id("user_id", row.user_id.as_deref())?,
            name: row.name.clone(),
            role: reading.choice("role", &row.role, ViewerRole::parse)?,
            permission: reading.choice("permission", &row.permission, Permission::parse)?,
            state: reading.choice("state", &row.state, ViewerState::parse)?,
            reason: row.reason.clone(),
            expires_at: row.expires_at.into(),
            created_at: row.created_at.into(),
        })
    }
}

/// One connection.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = session_streams, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct StreamRow {
    id: String,
    session_id: String,
    viewer_id: Option<String>,
    replica: String,
    opened_at: Moment,
}

impl From<&LiveStream> for StreamRow {
    fn from(stream: &LiveStream) -> Self {
        Self {
            id: stream.id.as_str().to_owned(),
            session_id: stream.session.as_str().to_owned(),
            viewer_id: stream.viewer.as_ref().map(|it| it.as_str().to_owned()),
            replica: stream.replica.clone(),
            opened_at: stream.opened_at.into(),
        }
    }
}

impl TryFrom<StreamRow> for LiveStream {
    type Error = Corrupt;

    fn try_from(row: StreamRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "session_streams", id: &row.id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            session: reading.id("session_id", &row.session_id)?,
            viewer: reading.optional_id("viewer_id", row.viewer_id.as_deref())?,
            replica: row.replica.clone(),
            opened_at: row.opened_at.into(),
        })
    }
}
