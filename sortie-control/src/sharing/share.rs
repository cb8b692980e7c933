//! Making shares and taking them back.

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::{SessionId, ShareId, UserId},
    invalid::Invalid,
    policy::{Action, Caller},
    secret::Secret,
    session::Session,
    sharing::{MOST_SHARES, Permission, Recipient, Share, ShareTerms, Sharing, Viewer, ViewerRole, ViewerState},
};
use tracing::info;

use super::CONTROL_LINKS;
use crate::{Control, ControlError};

/// Whom a share is to be for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The user with this id.
    User(UserId),
    /// The user with this sign-in name.
    Named(String),
    /// Whoever has the link.
    Link,
}

/// What an owner asks for.
#[derive(Clone, Debug)]
pub struct ShareRequest {
    /// For whom.
    pub wanted: Wanted,
    /// What it allows.
    pub permission: Permission,
    /// How long, how often, for whom.
    pub terms: ShareTerms,
}

/// A share that was just made.
#[derive(Clone, Debug)]
pub struct MadeShare {
    /// The share.
    pub share: Share,
    /// A link's secret: known now, and never again.
    pub secret: Option<Secret>,
}

impl Control {
    /// Lets a user, or whoever has a link, see the caller's session.
    pub async fn share_session(
        &self,
        caller: &Caller,
        id: &SessionId,
        request: ShareRequest,
    ) -> Result<MadeShare, ControlError> {
        let session = self.live_session_for(caller, id, Action::ShareSession, "share this session").await?;
        if request.permission == Permission::ReadWrite {
            self.session_for(caller, id, Action::ShareControl, "let others type in this session").await?;
        }
        let now = self.now();
        let expires_at = now.plus(request.terms.life()?);
        let recipient = self.recipient(&session, &request).await?;
        let sharing = self.sharing_of(id).await?;
        check_room(&sharing, &recipient, now)?;
        let share = Share {
            id: self.ids().share(),
            session: session.id.clone(),
            tenant: session.tenant.clone(),
            recipient,
            permission: request.permission,
            uses: 0,
            expires_at,
            created_by: caller.principal.user.clone(),
            created_at: now,
        };
        let viewer = self.invited(&share);
        let secret = viewer.is_none().then(|| self.ports.credentials.new_token());
        let people: Vec<UserId> = viewer.iter().map(Viewer::identity).collect();
        let change = self.sharing_change(
            Actor::from_caller(caller),
            AuditAction::CreateShare,
            &session,
            Some((SessionEventKind::ViewersChanged, people)),
            share_details(&share),
        );
        let hash = secret.as_ref().map(|(_, hash)| hash);
        self.ports.sharing.insert_share(&share, hash, viewer.as_ref(), change).await?;
        info!(session.id = %id, share.id = %share.id, permission = share.permission.name(), "Session shared");
        self.committed().await;
        Ok(MadeShare { share, secret: secret.map(|(secret, _)| secret) })
    }

    /// The good shares of a session, oldest first.
    pub async fn shares_of(&self, caller: &Caller, id: &SessionId) -> Result<Vec<Share>, ControlError> {
        self.session_for(caller, id, Action::ManageViewers, "see who this session is shared with").await?;
        let now = self.now();
        Ok(self.sharing_of(id).await?.shares.into_iter().filter(|it| it.is_good(now)).collect())
    }

    /// Takes a share back: whoever came by it is out within seconds.
    pub async fn unshare(&self, caller: &Caller, id: &SessionId, share: &ShareId) -> Result<(), ControlError> {
        let session = self.session_for(caller, id, Action::ManageViewers, "take this share back").await?;
        let sharing = self.sharing_of(id).await?;
        let mine = sharing.viewers.iter().filter(|it| it.share.as_ref() == Some(share));
        let people = mine.map(Viewer::identity).collect();
        let change = self.sharing_change(
            Actor::from_caller(caller),
            AuditAction::DeleteShare,
            &session,
            Some((SessionEventKind::ViewersChanged, people)),
            vec![("share_id", share.to_string())],
        );
        let deleted = self.ports.sharing.delete_shares(id, Some(share), change).await?;
        if deleted.is_empty() {
            return Err(ControlError::not_found("share", share));
        }
        info!(session.id = %id, share.id = %share, "Share taken back");
        self.committed().await;
        Ok(())
    }

    async fn recipient(&self, session: &Session, request: &ShareRequest) -> Result<Recipient, ControlError> {
        let found = match &request.wanted {
            Wanted::Link => {
                let controls = request.permission == Permission::ReadWrite;
                if controls && !self.switch(&session.tenant, CONTROL_LINKS).await? {
                    return Err(ControlError::Denied("give control by a link here; invite a user instead"));
                }
                return Ok(request.terms.link()?);
            }
            Wanted::User(id) => self.ports.accounts.find_user(id).await?,
            Wanted::Named(name) => self.ports.accounts.find_user_by_name(name).await?,
        };
        request.terms.check_personal()?;
        let mut user = found.filter(|it| !it.disabled);
        if let Some(known) = &user
            && !self.is_member(&session.tenant, known).await?
        {
            user = None;
        }
        let user = user.ok_or_else(|| match &request.wanted {
            Wanted::User(id) => ControlError::not_found("user", id),
            Wanted::Named(name) => ControlError::not_found("user", name),
            Wanted::Link => ControlError::not_found("user", &""),
        })?;
        if user.id == session.owner {
            return Err(Invalid::new("user_id", "is the owner's").into());
        }
        let person = self.as_principal(&user, self.ids().sign_in()).await?;
        if !self.is_welcome(session, Some(&person)).await? {
            return Err(ControlError::Denied("invite somebody who may not use this app"));
        }
        Ok(Recipient::User { id: user.id, name: user.username })
    }

    /// The viewer that a share for one user makes at once.
    fn invited(&self, share: &Share) -> Option<Viewer> {
        let Recipient::User { id, name } = &share.recipient else { return None };
        Some(Viewer {
            id: self.ids().viewer(),
            session: share.session.clone(),
            tenant: share.tenant.clone(),
            share: Some(share.id.clone()),
            user: Some(id.clone()),
            name: name.clone(),
            role: ViewerRole::Viewer,
            permission: share.permission,
            state: ViewerState::Admitted,
            reason: None,
            expires_at: share.expires_at,
            created_at: share.created_at,
        })
    }
}

/// One share for each user, and not more than a person can keep in view.
fn check_room(sharing: &Sharing, recipient: &Recipient, now: sortie_core::time::Timestamp) -> Result<(), ControlError> {
    let good: Vec<_> = sharing.shares.iter().filter(|it| it.is_good(now)).collect();
    if good.len() >= MOST_SHARES {
        return Err(ControlError::Conflict(format!("a session has at most {MOST_SHARES} shares; take one back first")));
    }
    let is_same = |share: &&Share| match (&share.recipient, recipient) {
        (Recipient::User { id, .. }, Recipient::User { id: wanted, .. }) => id == wanted,
        _ => false,
    };
    if good.iter().any(is_same) {
        return Err(ControlError::Conflict(
            "it is shared with this user already; take that share back first".to_owned(),
        ));
    }
    Ok(())
}

fn share_details(share: &Share) -> Vec<(&'static str, String)> {
    let mut details = vec![
        ("share_id", share.id.to_string()),
        ("permission", share.permission.name().to_owned()),
        ("expires_at", share.expires_at.as_micros().to_string()),
    ];
    match &share.recipient {
        Recipient::User { id, name } => {
            details.push(("shared_with_id", id.to_string()));
            details.push(("shared_with", name.clone()));
        }
        Recipient::Link { max_uses, approval, guests } => {
            details.push(("link", "true".to_owned()));
            details.push(("max_uses", max_uses.map_or_else(|| "any".to_owned(), |it| it.to_string())));
            details.push(("approval", approval.to_string()));
            details.push(("guests", guests.to_string()));
        }
    }
    details
}
