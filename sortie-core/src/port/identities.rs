//! Single sign-on at rest.

use super::PortResult;
use crate::{
    audit::Change,
    id::SignInId,
    secret::TokenHash,
    sign_in::SignIn,
    sso::{CategoryGrant, Identity, KnownIdentity, LogoutNotice, PendingSignIn, ProviderSession},
    time::Timestamp,
    user::User,
};

/// What became of a provider's notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// It was obeyed before.
    SeenBefore,
    /// These sign-ins ended now; none where none was good.
    Ended(Vec<SignInId>),
}

/// Keeps identities of providers and the sign-ins that hang on them. Every write with a [`Change`] commits it too, or nothing.
pub trait IdentityStore: Send + Sync {
    /// Writes down a sign-in that was begun. Nobody is anybody yet: no audit entry.
    fn begin_sso<'a>(&'a self, pending: &'a PendingSignIn) -> PortResult<'a, ()>;

    /// Takes a sign-in that was begun: of any number that ask, one gets it, once. One that ran out is nobody's.
    fn take_sso<'a>(&'a self, state: &'a TokenHash, now: Timestamp) -> PortResult<'a, Option<PendingSignIn>>;

    /// An identity that signed in before, and its user.
    fn find_identity<'a>(&'a self, identity: &'a Identity) -> PortResult<'a, Option<(KnownIdentity, User)>>;

    /// Inserts a user and the identity that is theirs. `Conflict` when the identity is known, or when anybody has the name in
    /// any case of its letters; `Rejected` when the tenant has all of its accounts, however many come at once.
    fn insert_identity<'a>(&'a self, known: &'a KnownIdentity, user: &'a User, change: Change) -> PortResult<'a, ()>;

    /// Writes an identity and its user over the ones there; `Conflict` when `before` is not the user's version any more.
    fn update_identity<'a>(
        &'a self,
        before: i64,
        known: &'a KnownIdentity,
        user: &'a User,
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Makes the rights in categories that groups give to a user exactly these; those that were given by hand stay. Answers the
    /// names of categories that the user's home tenant does not have: for them nothing is given. Where nothing changes nothing
    /// is written, the change neither.
    fn give_category_rights<'a>(
        &'a self,
        user: &'a User,
        grants: &'a [CategoryGrant],
        change: Change,
    ) -> PortResult<'a, Vec<String>>;

    /// Inserts a sign-in with the provider's session that it hangs on; `Conflict` when the user is gone.
    fn insert_sso_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn,
        session: &'a ProviderSession,
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Ends the good sign-ins that a notice means, once. The change is written only where one ended.
    fn obey_logout<'a>(&'a self, notice: &'a LogoutNotice, change: Change) -> PortResult<'a, LogoutOutcome>;

    /// Removes begun sign-ins and notices that ran out before this time; answers how many. Housekeeping: no audit entry.
    fn prune_sso(&self, before: Timestamp) -> PortResult<'_, u64>;
}
