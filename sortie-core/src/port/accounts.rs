//! People, their sign-ins and their preferences at rest.

use super::{CredentialStore, PortResult};
use crate::{
    audit::Change,
    id::{SignInId, TenantId, UserId},
    preferences::Preferences,
    secret::TokenHash,
    sign_in::SignIn,
    time::Timestamp,
    user::User,
};

/// Which sign-ins are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIns {
    /// One.
    One(SignInId),
    /// Every one of a user, but perhaps one.
    Of {
        /// Whose.
        user: UserId,
        /// The one that stays.
        except: Option<SignInId>,
    },
    /// Every one of a user that is no personal access token, but perhaps one.
    Interactive {
        /// Whose.
        user: UserId,
        /// The one that stays.
        except: Option<SignInId>,
    },
    /// One of a user, if it is a personal access token.
    Token {
        /// Whose.
        user: UserId,
        /// Which.
        id: SignInId,
    },
    /// One of a user, if it is none.
    NoToken {
        /// Whose.
        user: UserId,
        /// Which.
        id: SignInId,
    },
}

/// Keeps accounts. Every write with a [`Change`] commits it too, or nothing at all.
pub trait AccountStore: CredentialStore {
    /// One user.
    fn find_user<'a>(&'a self, id: &'a UserId) -> PortResult<'a, Option<User>>;

    /// One user by the sign-in name: the exact name first, else the one that differs in case only.
    fn find_user_by_name<'a>(&'a self, username: &'a str) -> PortResult<'a, Option<User>>;

    /// Every user of a tenant, by name.
    fn list_users<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<User>>;

    /// Inserts a new user; `Conflict` when the name is taken, `Rejected` when the tenant has all of its accounts, however many
    /// come at once.
    fn insert_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, ()>;

    /// Inserts a user if there is none at all; answers whether there was none.
    fn insert_first_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, bool>;

    /// Writes a user over the one with version `before`; `Conflict` when that is not its version any more.
    fn update_user<'a>(&'a self, before: i64, user: &'a User, change: Change) -> PortResult<'a, ()>;

    /// Deletes a user of this version with the sign-ins and preferences. Sessions and audit keep the name.
    fn delete_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, ()>;

    /// The sign-in with this cookie or access token, and its user. Revoked and expired ones too.
    fn find_sign_in<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<(SignIn, User)>>;

    /// The sign-in with this refresh token, or with this one before any of its rotations, and its user.
    fn find_refresh<'a>(&'a self, refresh: &'a TokenHash) -> PortResult<'a, Option<(SignIn, User)>>;

    /// Inserts a sign-in and writes down that its user signed in, unless it is a personal access token; `Conflict` when the user is gone.
    fn insert_sign_in<'a>(&'a self, sign_in: &'a SignIn, change: Change) -> PortResult<'a, ()>;

    /// Writes new tokens and expiry over the sign-in whose refresh token is `before`; `Conflict` when it no longer is.
    fn rotate_sign_in<'a>(&'a self, before: &'a TokenHash, after: &'a SignIn, change: Change) -> PortResult<'a, ()>;

    /// Writes down use: `(sign-in, last used, expires)`. Earlier times than the stored ones change nothing.
    fn touch_sign_ins<'a>(&'a self, uses: &'a [(SignInId, Timestamp, Timestamp)]) -> PortResult<'a, ()>;

    /// Revokes the good ones of these sign-ins; answers which. Where none was good nothing is written, the change neither.
    fn revoke_sign_ins<'a>(&'a self, which: &'a SignIns, change: Change) -> PortResult<'a, Vec<SignInId>>;

    /// Removes sign-ins that ended before this time; answers how many. Housekeeping: no audit entry.
    fn prune_sign_ins(&self, ended_before: Timestamp) -> PortResult<'_, u64>;

    /// A person's preferences; the defaults when none were saved.
    fn preferences<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Preferences>;

    /// Saves a person's preferences.
    fn save_preferences<'a>(
        &'a self,
        user: &'a UserId,
        preferences: &'a Preferences,
        change: Change,
    ) -> PortResult<'a, ()>;
}
