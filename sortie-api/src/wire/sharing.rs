//! Shares and viewers.

use serde::{Deserialize, Serialize};
use sortie_control::sharing::{
    share::{MadeShare, ShareRequest, Wanted},
    viewers::ViewerLine,
};
use sortie_core::{
    id::{UserId, ViewerId},
    sharing::{Part, Permission, Recipient, Share, ShareTerms},
};
use utoipa::ToSchema;

use super::{names, rfc3339, session::SessionOut};
use crate::error::ApiError;

/// Whom to share a session with: exactly one of `user_id`, `username` and `link_share: true`.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShareBody {
    user_id: Option<String>,
    username: Option<String>,
    link_share: bool,
    /// `read_only` or `read_write`.
    #[schema(value_type = Option<names::PermissionName>)]
    permission: Option<String>,
    /// Seconds; a day where nothing is said, at most 30 days.
    expires_in: Option<i64>,
    /// For links: how many may come.
    max_uses: Option<i64>,
    /// For links: whether the owner lets in each one.
    approval: bool,
    /// For links: whether people without an account may come.
    guests: bool,
}

impl TryFrom<ShareBody> for ShareRequest {
    type Error = ApiError;

    fn try_from(body: ShareBody) -> Result<Self, ApiError> {
        let filled = |text: Option<String>| text.filter(|it| !it.is_empty());
        let wanted = match (filled(body.user_id), filled(body.username), body.link_share) {
            (Some(id), None, false) => {
                Wanted::User(UserId::new(id).map_err(|it| ApiError::invalid("user_id", it.rule))?)
            }
            (None, Some(name), false) => Wanted::Named(name),
            (None, None, true) => Wanted::Link,
            _ => {
                return Err(ApiError::invalid(
                    "user_id",
                    "or username or link_share must be given, and only one of them",
                ));
            }
        };
        let permission = match filled(body.permission).as_deref() {
            None => Permission::ReadOnly,
            Some(name) => Permission::parse(name)
                .ok_or_else(|| ApiError::invalid("permission", "must be read_only or read_write"))?,
        };
        let terms = ShareTerms {
            expires_in: body.expires_in,
            max_uses: body.max_uses,
            approval: body.approval,
            guests: body.guests,
        };
        Ok(Self { wanted, permission, terms })
    }
}

/// A share.
#[derive(Serialize, ToSchema)]
pub struct ShareOut {
    id: String,
    session_id: String,
    /// `user` or `link`.
    #[schema(value_type = names::ShareKindName)]
    kind: &'static str,
    #[schema(required)]
    user_id: Option<String>,
    #[schema(required)]
    username: Option<String>,
    #[schema(value_type = names::PermissionName)]
    permission: &'static str,
    expires_at: String,
    #[schema(required)]
    max_uses: Option<u32>,
    uses: u32,
    approval: bool,
    guests: bool,
    created_by: String,
    created_at: String,
    /// The link, in the answer that makes it only.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl From<&Share> for ShareOut {
    fn from(share: &Share) -> Self {
        let (user, max_uses, approval, guests) = match &share.recipient {
            Recipient::User { id, name } => (Some((id.to_string(), name.clone())), None, false, false),
            Recipient::Link { max_uses, approval, guests } => (None, *max_uses, *approval, *guests),
        };
        let (user_id, username) = user.unzip();
        Self {
            id: share.id.to_string(),
            session_id: share.session.to_string(),
            kind: if user_id.is_some() { "user" } else { "link" },
            user_id,
            username,
            permission: share.permission.name(),
            expires_at: rfc3339(share.expires_at),
            max_uses,
            uses: share.uses,
            approval,
            guests,
            created_by: share.created_by.to_string(),
            created_at: rfc3339(share.created_at),
            url: None,
        }
    }
}

impl ShareOut {
    /// With the link, which begins with this address. The secret stands behind `#`, which browsers do not send.
    pub(crate) fn made(made: &MadeShare, origin: &str) -> Self {
        let url = made.secret.as_ref().map(|it| format!("{origin}/join#{}", it.reveal()));
        Self { url, ..Self::from(&made.share) }
    }
}

/// A link's secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinBody {
    /// What stands behind `#` in the link.
    pub token: String,
    /// What a guest wants to be called.
    #[serde(default)]
    pub name: Option<String>,
}

/// How far one has come.
#[derive(Serialize, ToSchema)]
pub struct JoinOut {
    /// Asked for with `GET /api/sessions/joins/{id}`.
    pub join_id: String,
    /// `waiting`, `admitted` or `refused`.
    #[schema(value_type = names::JoinStatusName)]
    pub status: &'static str,
    /// The session, once one is admitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionOut>,
}

/// Somebody who watches, or waits to.
#[derive(Serialize, ToSchema)]
pub struct ViewerOut {
    /// `owner` for the owner.
    id: String,
    #[schema(required)]
    user_id: Option<String>,
    username: String,
    guest: bool,
    /// `owner`, `viewer` or `observer`.
    #[schema(value_type = names::ViewerRoleName)]
    role: &'static str,
    #[schema(value_type = names::PermissionName)]
    permission: &'static str,
    has_control: bool,
    /// `connected` or `waiting`.
    #[schema(value_type = names::ViewerStateName)]
    state: &'static str,
    #[schema(required)]
    share_id: Option<String>,
    since: String,
}

impl From<&ViewerLine> for ViewerOut {
    fn from(line: &ViewerLine) -> Self {
        let (role, permission) = match line.part {
            Part::Owner => ("owner", Permission::ReadWrite),
            Part::Viewer(permission) => ("viewer", permission),
            Part::Observer => ("observer", Permission::ReadOnly),
        };
        Self {
            id: line.id.as_ref().map_or_else(|| OWNER.to_owned(), ToString::to_string),
            user_id: line.user.as_ref().map(ToString::to_string),
            username: line.name.clone(),
            guest: line.user.is_none(),
            role,
            permission: permission.name(),
            has_control: line.has_control,
            state: if line.is_waiting { "waiting" } else { "connected" },
            share_id: line.share.as_ref().map(ToString::to_string),
            since: rfc3339(line.since),
        }
    }
}

/// What the owner is called among the viewers.
const OWNER: &str = "owner";

/// To whom control goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlBody {
    /// The viewer; null takes control back.
    viewer_id: Option<String>,
}

impl ControlBody {
    /// The viewer; `None` for the owner.
    pub(crate) fn viewer(self) -> Result<Option<ViewerId>, ApiError> {
        let id = self.viewer_id.filter(|it| it != OWNER);
        id.map(ViewerId::new).transpose().map_err(|it| ApiError::invalid("viewer_id", it.rule))
    }
}

/// Why an administrator wants to watch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObserveBody {
    /// 3 to 500 characters; kept in the audit.
    #[serde(default)]
    pub reason: String,
}
