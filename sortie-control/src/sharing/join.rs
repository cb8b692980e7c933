//! Coming by a link.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Outcome},
    event::SessionEventKind,
    id::{RequestId, TenantId, UserId, ViewerId},
    policy::{self, Action, Caller, Object},
    port::PortError,
    secret::{Secret, TokenHash},
    session::Session,
    sharing::{
        MOST_VIEWERS, Part, Recipient, Share, Sharing, Viewer, ViewerRole, ViewerState, guest_identity, guest_name,
    },
    throttle::Lane,
    time::Timestamp,
};
use tracing::info;

use super::GUEST_SHARES;
use crate::{Control, ControlError};

/// How often a join that lost a race against the same person's other tab is tried again.
const TRIES: usize = 3;

/// Who comes.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who is signed in, if somebody is.
    pub caller: Option<Caller>,
    /// What a guest calls itself.
    pub name: String,
    /// From which address.
    pub source_ip: String,
    /// In which request.
    pub request: RequestId,
}

/// A guest's sign-in: good for one session.
#[derive(Clone, Debug)]
pub struct GuestSignIn {
    /// The cookie's token.
    pub token: Secret,
    /// Until when it is good.
    pub ends_at: Timestamp,
    /// As whom.
    pub caller: Caller,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Which session.
    pub session: Session,
    /// Which viewer one is; `None` for the owner.
    pub viewer: Option<Viewer>,
    /// A fresh guest's sign-in.
    pub guest: Option<GuestSignIn>,
}

/// How far somebody has come who came by a link.
#[derive(Clone, Debug)]
pub enum JoinStanding {
    /// The owner was not there yet.
    Waiting,
    /// Come in.
    Admitted(Box<Session>),
    /// Not, or not any more.
    Refused,
}

impl Control {
    /// Exchanges a link's secret. Secrets that are wrong, ended, used up or of an ended session look the same.
    pub async fn join_share(&self, visitor: &Visitor, secret: &Secret) -> Result<Joined, ControlError> {
        if let Some(caller) = &visitor.caller {
            Self::check_scopes(caller, Action::UseSession, "join sessions")?;
        }
        let lanes = [Lane::of_links(&visitor.source_ip)];
        self.charge(&lanes).await?;
        let joined = self.join_by(visitor, &self.ports.credentials.hash_token(secret.reveal())).await;
        if matches!(joined, Err(ControlError::NoSuchLink)) {
            self.note_refusal(visitor).await?;
        } else {
            // The secret was right, or was not judged.
            self.forgive(&lanes).await;
        }
        joined
    }

    async fn join_by(&self, visitor: &Visitor, hash: &TokenHash) -> Result<Joined, ControlError> {
        for _ in 0..TRIES {
            match self.try_join(visitor, hash).await {
                // The same person came by another tab.
                Err(ControlError::VersionMismatch) => {}
                settled => return settled,
            }
        }
        Err(ControlError::Conflict("the share keeps changing; try again".to_owned()))
    }

    async fn try_join(&self, visitor: &Visitor, hash: &TokenHash) -> Result<Joined, ControlError> {
        let now = self.now();
        let share = self.ports.sharing.find_link(hash).await?.filter(|it| it.is_good(now));
        let share = share.ok_or(ControlError::NoSuchLink)?;
        let session = self.ports.sessions.find_session(&share.session).await?;
        let session = session.filter(|it| !it.status.is_final()).ok_or(ControlError::NoSuchLink)?;
        let sharing = self.sharing_of(&session.id).await?;
        let user = match &visitor.caller {
            Some(caller) if caller.principal.guest.is_none() => {
                let part = Some(Part::Viewer(share.permission));
                if !policy::may(&caller.principal, Action::ViewSession, object(&session, part)).is_granted() {
                    return Err(ControlError::NoSuchLink);
                }
                if caller.principal.user == session.owner {
                    return Ok(Joined { session, viewer: None, guest: None });
                }
                Some(caller.principal.user.clone())
            }
            _ => None,
        };
        if let Some(known) = known_by(&sharing, &share, visitor) {
            return match known.state {
                ViewerState::Waiting | ViewerState::Admitted => {
                    Ok(Joined { session, viewer: Some(known.clone()), guest: None })
                }
                ViewerState::Refused | ViewerState::Cut | ViewerState::Left => Err(ControlError::NoSuchLink),
            };
        }
        self.come_in(visitor, &session, &share, &sharing, user, now).await
    }

    async fn come_in(
        &self,
        visitor: &Visitor,
        session: &Session,
        share: &Share,
        sharing: &Sharing,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Joined, ControlError> {
        let Recipient::Link { approval, guests, .. } = share.recipient else { return Err(ControlError::NoSuchLink) };
        if user.is_none() && !(guests && self.switch(&session.tenant, GUEST_SHARES).await?) {
            return Err(ControlError::SignInNeeded);
        }
        let person = visitor.caller.as_ref().map(|it| &it.principal).filter(|_| user.is_some());
        if !self.is_welcome(session, person).await? {
            let denied = ControlError::Denied("come to a session whose app is not for you");
            return Err(if user.is_some() { denied } else { ControlError::SignInNeeded });
        }
        // A guest brings nothing that tells them from the one who was sent away.
        let approval = approval || (user.is_none() && sharing.has_sent_away(&share.id));
        let here = sharing.viewers.iter().filter(|it| it.may_watch(now) || it.is_waiting(now)).count();
        if here >= MOST_VIEWERS {
            return Err(ControlError::Conflict(format!("at most {MOST_VIEWERS} people come to one session")));
        }
        let viewer = self.comer(visitor, share, user, approval, now);
        let token = viewer.user.is_none().then(|| self.ports.credentials.new_token());
        let kind = if approval { SessionEventKind::JoinRequested } else { SessionEventKind::ViewersChanged };
        let details = vec![
            ("share_id", share.id.to_string()),
            ("viewer_id", viewer.id.to_string()),
            ("state", viewer.state.name().to_owned()),
            ("guest", viewer.user.is_none().to_string()),
        ];
        let caller = acting(visitor, &viewer);
        let told = Some((kind, viewer.user.iter().cloned().collect()));
        let change = self.sharing_change(Actor::from_caller(&caller), AuditAction::JoinShare, session, told, details);
        let guest = token.as_ref().map(|(_, hash)| hash);
        match self.ports.sharing.join(&share.id, &viewer, guest, change).await {
            Ok(true) => {}
            Ok(false) => return Err(ControlError::NoSuchLink),
            Err(PortError::Conflict) => return Err(ControlError::VersionMismatch),
            Err(error) => return Err(error.into()),
        }
        info!(session.id = %session.id, viewer.id = %viewer.id, "Somebody came by a link");
        self.committed().await;
        let ends_at = viewer.expires_at;
        let guest = token.map(|(token, _)| GuestSignIn { token, ends_at, caller });
        Ok(Joined { session: session.clone(), viewer: Some(viewer), guest })
    }

    fn comer(&self, visitor: &Visitor, share: &Share, user: Option<UserId>, approval: bool, now: Timestamp) -> Viewer {
        let name = match &visitor.caller {
            Some(caller) if user.is_some() => caller.principal.username.clone(),
            _ => guest_name(&visitor.name),
        };
        // A guest's sign-in lasts no longer than a browser's.
        let longest = if user.is_some() { share.expires_at } else { now.plus(self.settings.browser_lifetime) };
        Viewer {
            id: self.ids().viewer(),
            session: share.session.clone(),
            tenant: share.tenant.clone(),
            share: Some(share.id.clone()),
            user,
            name,
            role: ViewerRole::Viewer,
            permission: share.permission,
            state: if approval { ViewerState::Waiting } else { ViewerState::Admitted },
            reason: None,
            expires_at: share.expires_at.min(longest),
            created_at: now,
        }
    }

    /// How far the caller has come with one join of the own.
    pub async fn join_standing(&self, caller: &Caller, id: &ViewerId) -> Result<JoinStanding, ControlError> {
        let missing = || ControlError::not_found("join", id);
        let viewer = self.ports.sharing.find_viewer(id).await?.ok_or_else(missing)?;
        if viewer.identity() != caller.principal.user || viewer.role != ViewerRole::Viewer {
            return Err(missing());
        }
        let now = self.now();
        if viewer.is_waiting(now) {
            return Ok(JoinStanding::Waiting);
        }
        if !viewer.may_watch(now) {
            return Ok(JoinStanding::Refused);
        }
        Ok(JoinStanding::Admitted(Box::new(self.find_session(caller, &viewer.session).await?)))
    }

    async fn note_refusal(&self, visitor: &Visitor) -> Result<(), ControlError> {
        let actor = match &visitor.caller {
            Some(caller) => Actor::from_caller(caller),
            None => Actor {
                name: "stranger".to_owned(),
                source_ip: Some(visitor.source_ip.clone()),
                request: Some(visitor.request.clone()),
                tenant: TenantId::default_tenant(),
                ..Actor::system()
            },
        };
        let entry = AuditEntry::new(actor, AuditAction::JoinShare, Vec::new()).with_outcome(Outcome::Denied);
        Ok(self.ports.records.record_access(&entry, self.now()).await?)
    }
}

/// The session as the policy sees it.
pub(super) fn object(session: &Session, part: Option<Part>) -> Object<'_> {
    Object::Session { id: &session.id, tenant: &session.tenant, owner: &session.owner, part }
}

/// The viewer that the visitor already is by this share.
fn known_by<'a>(sharing: &'a Sharing, share: &Share, visitor: &Visitor) -> Option<&'a Viewer> {
    let identity = &visitor.caller.as_ref()?.principal.user;
    sharing.viewers.iter().find(|it| it.share.as_ref() == Some(&share.id) && it.identity() == *identity)
}

/// As whom a visitor acts: the user, or the guest that it becomes.
fn acting(visitor: &Visitor, viewer: &Viewer) -> Caller {
    match &visitor.caller {
        Some(caller) if viewer.user.is_some() => caller.clone(),
        _ => Caller {
            tenant: viewer.tenant.clone(),
            principal: super::guest::principal(viewer, guest_identity(&viewer.id)),
            source_ip: visitor.source_ip.clone(),
            request: visitor.request.clone(),
        },
    }
}
