//! Who else may see a session: what its owner shares, who came by it, and who has control.

mod attend;

pub use attend::{Attendance, Part};

use crate::{
    id::{SessionId, ShareId, StreamId, TenantId, UserId, ViewerId},
    invalid::{Invalid, Problems},
    time::Timestamp,
};
use std::time::Duration;

/// How long a share lasts where nobody says otherwise.
pub const USUAL_LIFE: Duration = Duration::from_hours(24);
/// How long a share may last.
pub const LONGEST_LIFE: Duration = Duration::from_hours(30 * 24);
/// How short a share may last.
pub const SHORTEST_LIFE: Duration = Duration::from_mins(1);
/// How often a link may be used at most, where that is limited at all.
pub const MOST_USES: u32 = 10_000;
/// How many good shares one session may have.
pub const MOST_SHARES: usize = 50;
/// How many people may be let in, or wait, at one session.
pub const MOST_VIEWERS: usize = 200;
/// How long an administrator may observe for one stated reason.
pub const OBSERVATION: Duration = Duration::from_hours(1);

/// What a share allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Looking.
    ReadOnly,
    /// Looking, typing, pointing.
    ReadWrite,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 2] = [Self::ReadOnly, Self::ReadWrite];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::ReadWrite => "read_write",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Whom a share is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// One user.
    User {
        /// Who.
        id: UserId,
        /// The sign-in name when the share was made.
        name: String,
    },
    /// Whoever has the link. Its secret is known to the owner only; we keep a hash.
    Link {
        /// How many may come by it; `None` for any number.
        max_uses: Option<u32>,
        /// Whether the owner lets in each one.
        approval: bool,
        /// Whether people without an account may come.
        guests: bool,
    },
}

/// What the owner of a session lets others do, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// Of which session.
    pub session: SessionId,
    /// The session's tenant.
    pub tenant: TenantId,
    /// For whom.
    pub recipient: Recipient,
    /// What it allows.
    pub permission: Permission,
    /// How many came by it.
    pub uses: u32,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}

impl Share {
    /// Whether it is good at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// What is asked for a new share, before its rules were applied.
#[derive(Clone, Debug, Default)]
pub struct ShareTerms {
    /// Seconds until it ends.
    pub expires_in: Option<i64>,
    /// How many may come by it.
    pub max_uses: Option<i64>,
    /// Whether the owner lets in each one.
    pub approval: bool,
    /// Whether people without an account may come.
    pub guests: bool,
}

impl ShareTerms {
    /// How long it lasts.
    pub fn life(&self) -> Result<Duration, Invalid> {
        let Some(seconds) = self.expires_in else { return Ok(USUAL_LIFE) };
        let life = u64::try_from(seconds).ok().map(Duration::from_secs);
        life.filter(|it| (SHORTEST_LIFE..=LONGEST_LIFE).contains(it)).ok_or_else(|| {
            let (least, most) = (SHORTEST_LIFE.as_secs(), LONGEST_LIFE.as_secs());
            Invalid::new("expires_in", format!("must be between {least} and {most} seconds"))
        })
    }

    /// The link that is asked for.
    pub fn link(&self) -> Result<Recipient, Invalid> {
        let uses = |it: i64| {
            let uses = u32::try_from(it).ok().filter(|it| (1..=MOST_USES).contains(it));
            uses.ok_or_else(|| Invalid::new("max_uses", format!("must be between 1 and {MOST_USES}")))
        };
        let max_uses = self.max_uses.map(uses).transpose()?;
        Ok(Recipient::Link { max_uses, approval: self.approval, guests: self.guests })
    }

    /// Refuses what makes sense for links only.
    pub fn check_personal(&self) -> Result<(), Problems> {
        let only = |field: &str| Invalid::new(field, "is for links only");
        let mut broken = Vec::new();
        broken.extend(self.max_uses.map(|_| only("max_uses")));
        broken.extend(self.approval.then(|| only("approval")));
        broken.extend(self.guests.then(|| only("guests")));
        Problems::check(broken)
    }
}

/// As what somebody is at another's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerRole {
    /// Let in by the owner.
    Viewer,
    /// An administrator with a stated reason.
    Observer,
}

impl ViewerRole {
    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Observer => "observer",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Viewer, Self::Observer].into_iter().find(|it| it.name() == name)
    }
}

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerState {
    /// Waits for the owner.
    Waiting,
    /// May watch.
    Admitted,
    /// Was sent away.
    Refused,
    /// Was let in, and sent away later.
    Cut,
    /// Went.
    Left,
}

impl ViewerState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Admitted, Self::Refused, Self::Cut, Self::Left];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Refused => "refused",
            Self::Cut => "cut",
            Self::Left => "left",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One person at another's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Its id: the same for all of the person's connections.
    pub id: ViewerId,
    /// At which session.
    pub session: SessionId,
    /// The session's tenant.
    pub tenant: TenantId,
    /// By which share; observers come by none. The share's end is the viewer's.
    pub share: Option<ShareId>,
    /// Who; `None` for a guest.
    pub user: Option<UserId>,
    /// The sign-in name, or what a guest calls itself.
    pub name: String,
    /// As what.
    pub role: ViewerRole,
    /// What the share allows.
    pub permission: Permission,
    /// How far.
    pub state: ViewerState,
    /// Why an administrator observes.
    pub reason: Option<String>,
    /// Until when, if nothing else happens.
    pub expires_at: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
}

impl Viewer {
    /// Whether the person may watch at this time.
    pub fn may_watch(&self, now: Timestamp) -> bool {
        self.state == ViewerState::Admitted && now < self.expires_at
    }

    /// Whether the person waits at this time.
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.state == ViewerState::Waiting && now < self.expires_at
    }

    /// Whether the person may have control at this time.
    pub fn may_control(&self, now: Timestamp) -> bool {
        self.may_watch(now) && self.role == ViewerRole::Viewer && self.permission == Permission::ReadWrite
    }

    /// The identity that the person acts under: the user's, or one that only this viewer has.
    pub fn identity(&self) -> UserId {
        self.user.clone().unwrap_or_else(|| guest_identity(&self.id))
    }
}

/// The identity of a guest. No account has it: those are made by the id source, which knows no such prefix.
pub fn guest_identity(viewer: &ViewerId) -> UserId {
    let text = format!("guest {viewer}");
    // INVARIANT: a viewer's id is one of ours: short, printable.
    UserId::new(text).unwrap_or_else(|invalid| unreachable!("a viewer's id is no id: {invalid}"))
}

/// The name that a guest goes by: what it says, without what would disturb a list; never empty.
pub fn guest_name(said: &str) -> String {
    let plain: String = said.chars().filter(|it| !it.is_control()).take(40).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() { "Guest".to_owned() } else { plain }
}

/// One connection to a session's screen, on whatever replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStream {
    /// Its id.
    pub id: StreamId,
    /// To which session.
    pub session: SessionId,
    /// Whose, if it is not the owner's.
    pub viewer: Option<ViewerId>,
    /// On which replica.
    pub replica: String,
    /// Since when.
    pub opened_at: Timestamp,
}

/// Everything about others at one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// What is shared, oldest first. Ended ones may be among them.
    pub shares: Vec<Share>,
    /// Who came, oldest first.
    pub viewers: Vec<Viewer>,
    /// To whom control was handed over.
    pub control: Option<ViewerId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lasts_a_day_and_never_longer_than_a_month() {
        let life = |expires_in| ShareTerms { expires_in, ..ShareTerms::default() }.life();
        assert_eq!(life(None).unwrap(), Duration::from_hours(24));
        assert_eq!(life(Some(60)).unwrap(), Duration::from_mins(1));
        for bad in [-1, 0, 59, 30 * 24 * 3_600 + 1, i64::MIN, i64::MAX] {
            assert_eq!(life(Some(bad)).unwrap_err().field, "expires_in", "{bad}");
        }
    }

    #[test]
    fn a_link_is_good_once_or_more_often_but_never_for_nobody() {
        let link = |max_uses| ShareTerms { max_uses, ..ShareTerms::default() }.link();
        assert!(link(None).is_ok() && link(Some(1)).is_ok());
        for bad in [0, -1, i64::from(MOST_USES) + 1, i64::MAX] {
            assert_eq!(link(Some(bad)).unwrap_err().field, "max_uses", "{bad}");
        }
    }

    #[test]
    fn what_is_for_links_only_is_refused_for_a_user() {
        let terms = ShareTerms { max_uses: Some(1), approval: true, guests: true, expires_in: None };
        assert_eq!(terms.check_personal().unwrap_err().list().len(), 3);
    }

    #[test]
    fn a_guest_cannot_bring_a_name_that_disturbs_a_list() {
        assert_eq!(guest_name(" \u{7}Ada\n  L. "), "Ada L.");
        assert_eq!(guest_name("\t"), "Guest");
        assert_eq!(guest_name(&"x".repeat(900)).len(), 40);
    }
}
