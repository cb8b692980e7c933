//! From what is stored about a session's viewers to what one person may do at its screen now.

use super::{Permission, Sharing, Viewer, ViewerRole, ViewerState};
use crate::{
    id::{ShareId, UserId, ViewerId},
    time::Timestamp,
};

/// As what somebody is at a session's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is the person's own session.
    Owner,
    /// The owner shares it.
    Viewer(Permission),
    /// An administrator with a stated reason.
    Observer,
}

/// What one person may do at a session's screen, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// As what.
    pub part: Part,
    /// Which viewer; `None` for the owner.
    pub viewer: Option<ViewerId>,
    /// Whether keys and pointer reach the app.
    pub input: bool,
    /// Whether the person chooses the screen's size.
    pub resize: bool,
}

impl Sharing {
    /// The viewer that somebody is: of several the one that may do most.
    pub fn viewer_of(&self, identity: &UserId, now: Timestamp) -> Option<&Viewer> {
        let mine = self.viewers.iter().filter(|it| it.may_watch(now) && it.identity() == *identity);
        mine.max_by_key(|it| match (it.role, it.permission) {
            (ViewerRole::Viewer, Permission::ReadWrite) => (2, self.control.as_ref() == Some(&it.id)),
            (ViewerRole::Viewer, Permission::ReadOnly) => (1, false),
            (ViewerRole::Observer, _) => (0, false),
        })
    }

    /// Who has control instead of everybody who may: the one to whom it was handed over, while that one may have it.
    pub fn controller(&self, now: Timestamp) -> Option<&Viewer> {
        let chosen = self.control.as_ref()?;
        self.viewers.iter().find(|it| it.id == *chosen && it.may_control(now))
    }

    /// Whether an administrator may be looking now.
    pub fn is_observed(&self, now: Timestamp) -> bool {
        self.viewers.iter().any(|it| it.role == ViewerRole::Observer && it.may_watch(now))
    }

    /// Whether somebody who came by this link was sent away.
    pub fn has_sent_away(&self, link: &ShareId) -> bool {
        self.viewers.iter().any(|it| it.share.as_ref() == Some(link) && it.state == ViewerState::Cut)
    }

    /// What somebody may do at the screen; `None` for strangers.
    ///
    /// While control is handed over only the one who has it types; otherwise the owner and whoever may type do. One person
    /// chooses the screen's size: who has control, else the owner.
    pub fn attendance(&self, identity: &UserId, owner: &UserId, now: Timestamp) -> Option<Attendance> {
        let controller = self.controller(now).map(|it| &it.id);
        if identity == owner {
            let has_control = controller.is_none();
            return Some(Attendance { part: Part::Owner, viewer: None, input: has_control, resize: has_control });
        }
        let viewer = self.viewer_of(identity, now)?;
        let has_control = controller == Some(&viewer.id);
        Some(Attendance {
            part: match viewer.role {
                ViewerRole::Viewer => Part::Viewer(viewer.permission),
                ViewerRole::Observer => Part::Observer,
            },
            viewer: Some(viewer.id.clone()),
            input: has_control || (controller.is_none() && viewer.may_control(now)),
            resize: has_control,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{SessionId, TenantId};

    const NOW: Timestamp = Timestamp::from_micros(1_000);

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn viewer(name: &str, permission: Permission) -> Viewer {
        Viewer {
            id: ViewerId::new(format!("v-{name}")).unwrap(),
            session: SessionId::new("s").unwrap(),
            tenant: TenantId::default_tenant(),
            share: Some(ShareId::new("x").unwrap()),
            user: Some(user(name)),
            name: name.to_owned(),
            role: ViewerRole::Viewer,
            permission,
            state: ViewerState::Admitted,
            reason: None,
            expires_at: Timestamp::from_micros(2_000),
            created_at: Timestamp::from_micros(0),
        }
    }

    fn at(sharing: &Sharing, who: &str) -> Option<Attendance> {
        sharing.attendance(&user(who), &user("owner"), NOW)
    }

    #[test]
    fn while_control_is_handed_over_nobody_else_types_not_even_the_owner() {
        let viewers = vec![viewer("ada", Permission::ReadWrite), viewer("bob", Permission::ReadWrite)];
        let mut sharing = Sharing { viewers, ..Sharing::default() };
        for who in ["owner", "ada", "bob"] {
            assert!(at(&sharing, who).unwrap().input, "{who}");
        }
        sharing.control = Some(ViewerId::new("v-ada").unwrap());
        let typing: Vec<_> = ["owner", "ada", "bob"].map(|who| at(&sharing, who).unwrap().input).into();
        assert_eq!(typing, [false, true, false]);
        let sizing: Vec<_> = ["owner", "ada", "bob"].map(|who| at(&sharing, who).unwrap().resize).into();
        assert_eq!(sizing, [false, true, false]);
    }

    #[test]
    fn control_goes_back_to_the_owner_when_the_one_who_has_it_is_cut_or_the_share_ends() {
        let mut sharing = Sharing { viewers: vec![viewer("ada", Permission::ReadWrite)], ..Sharing::default() };
        sharing.control = Some(ViewerId::new("v-ada").unwrap());
        for end in [
            |it: &mut Viewer| it.state = ViewerState::Cut,
            |it: &mut Viewer| it.expires_at = NOW,
            |it: &mut Viewer| it.permission = Permission::ReadOnly,
        ] {
            let mut sharing = sharing.clone();
            end(&mut sharing.viewers[0]);
            assert!(at(&sharing, "owner").unwrap().input);
            assert!(!at(&sharing, "ada").is_some_and(|it| it.input));
        }
    }

    #[test]
    fn a_guest_is_nobody_elses_viewer() {
        let guest = Viewer { user: None, ..viewer("ada", Permission::ReadOnly) };
        let sharing = Sharing { viewers: vec![guest.clone()], ..Sharing::default() };
        assert_eq!(at(&sharing, "ada"), None);
        assert!(sharing.attendance(&guest.identity(), &user("owner"), NOW).is_some());
    }

    proptest! {
        #[test]
        fn only_an_admitted_viewer_with_control_rights_ever_types(
            state in proptest::sample::select(ViewerState::ALL.to_vec()),
            permission in proptest::sample::select(Permission::ALL.to_vec()),
            observer in any::<bool>(),
            handed in any::<bool>(),
            ended in any::<bool>(),
        ) {
            let role = if observer { ViewerRole::Observer } else { ViewerRole::Viewer };
            let mut ada = Viewer { role, state, ..viewer("ada", permission) };
            if ended { ada.expires_at = NOW; }
            let control = handed.then(|| ada.id.clone());
            let sharing = Sharing { viewers: vec![ada], control, ..Sharing::default() };
            let attendance = at(&sharing, "ada");
            let looks = state == ViewerState::Admitted && !ended;
            prop_assert_eq!(attendance.is_some(), looks);
            let types = looks && !observer && permission == Permission::ReadWrite;
            prop_assert_eq!(attendance.as_ref().is_some_and(|it| it.input), types);
            prop_assert_eq!(at(&sharing, "owner").unwrap().input, !(types && handed));
        }
    }
}
