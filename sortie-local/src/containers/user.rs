//! Whose processes those in the containers of sessions are.

use rustix::process::{getgid, getuid};

/// The user of sessions in the images that Sortie ships.
const SESSION: u32 = 1000;

/// A user and a group, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User {
    uid: u32,
    gid: u32,
    is_ours: bool,
}

impl User {
    /// The server's own user, so that it can remove what sessions leave; for a server that is root, the one of sessions.
    pub(super) fn of_sessions() -> Self {
        let (uid, gid) = (getuid(), getgid());
        if uid.is_root() {
            Self { uid: SESSION, gid: SESSION, is_ours: false }
        } else {
            Self { uid: uid.as_raw(), gid: gid.as_raw(), is_ours: true }
        }
    }

    /// Whom files have to be given to; `None` where they are that user's from the start.
    pub(super) fn to_give(self) -> Option<u32> {
        (!self.is_ours).then_some(self.uid)
    }

    /// As engines write it.
    pub(super) fn written(self) -> String {
        format!("{}:{}", self.uid, self.gid)
    }
}
