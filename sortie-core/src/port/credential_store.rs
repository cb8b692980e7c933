//! At rest: what slows guessing down, second factors, links to set a password, known browsers, lists of sign-ins.

use std::time::Duration;

use super::{PortResult, accounts::SignIns};
use crate::{
    audit::Change,
    credential::{Challenge, FactorProof, KnownOrigin, ResetLink, SecondFactor},
    id::{SignInId, TenantId, UserId},
    secret::TokenHash,
    sign_in::SignIn,
    throttle::Lane,
    time::Timestamp,
    user::User,
};

/// What administrators see of an account besides the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Whose.
    pub user: UserId,
    /// `local`, or `oidc` for people of a provider.
    pub provider: String,
    /// Whether a second factor is on.
    pub second_factor: bool,
}

/// Keeps credentials. Every write with a [`Change`] commits it too, or nothing at all.
pub trait CredentialStore: Send + Sync {
    /// Charges one try to lanes, or answers how long to wait: see [`crate::throttle::charge_all`]. Of any number of tries at
    /// once each counts.
    fn charge_lanes<'a>(&'a self, lanes: &'a [Lane], now: Timestamp) -> PortResult<'a, Result<(), Duration>>;

    /// Takes the charge of a try that turned out well back: see [`crate::throttle::settle`].
    fn settle_lanes<'a>(&'a self, lanes: &'a [Lane], now: Timestamp) -> PortResult<'a, ()>;

    /// Which of these marks somebody signed in with after a time.
    fn known_origins<'a>(
        &'a self,
        user: &'a UserId,
        marks: &'a [TokenHash],
        after: Timestamp,
    ) -> PortResult<'a, Vec<TokenHash>>;

    /// Writes down from where somebody signed in. No audit entry: the sign-in has one.
    fn remember_origins<'a>(&'a self, origins: &'a [KnownOrigin]) -> PortResult<'a, ()>;

    /// Writes a user over the one with version `before`, ends those sign-ins, and forgets the user's links to set a password and
    /// the sign-ins that wait for a second factor; answers which sign-ins ended. `Conflict` when that is not its version any more.
    fn replace_user<'a>(
        &'a self,
        before: i64,
        user: &'a User,
        ending: &'a SignIns,
        change: Change,
    ) -> PortResult<'a, Vec<SignInId>>;

    /// Inserts a link to set a password; the user's earlier ones are gone.
    fn insert_reset_link<'a>(&'a self, link: &'a ResetLink, change: Change) -> PortResult<'a, ()>;

    /// A link and its user. One that ran out, too.
    fn find_reset_link<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<(ResetLink, User)>>;

    /// The good sign-ins of a user, the last used first; tokens too.
    fn list_sign_ins<'a>(&'a self, user: &'a UserId, now: Timestamp) -> PortResult<'a, Vec<SignIn>>;

    /// A user's second factor.
    fn second_factor<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Option<SecondFactor>>;

    /// Writes a factor that is not confirmed yet over another such one; `Conflict` when a confirmed one is there.
    fn begin_second_factor<'a>(&'a self, factor: &'a SecondFactor, change: Change) -> PortResult<'a, ()>;

    /// Confirms a factor with the code of a step, and writes its recovery codes. `Conflict` when it is confirmed already or gone.
    fn confirm_second_factor<'a>(
        &'a self,
        user: &'a UserId,
        step: i64,
        recovery_codes: &'a [TokenHash],
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Uses a proof up; answers whether it was good: a step later than the last one, or a recovery code that is left. With
    /// `None` for the change there is nothing to tell but the sign-in that follows.
    fn use_factor_proof<'a>(
        &'a self,
        user: &'a UserId,
        proof: &'a FactorProof,
        change: Option<Change>,
    ) -> PortResult<'a, bool>;

    /// Writes recovery codes over the ones there; `Conflict` when no factor is confirmed.
    fn replace_recovery_codes<'a>(
        &'a self,
        user: &'a UserId,
        recovery_codes: &'a [TokenHash],
        change: Change,
    ) -> PortResult<'a, ()>;

    /// Removes a factor with its recovery codes; answers whether there was one. Where there was none nothing is written.
    fn remove_second_factor<'a>(&'a self, user: &'a UserId, change: Change) -> PortResult<'a, bool>;

    /// Writes down that a second factor is waited for. Nobody is signed in yet: no audit entry.
    fn insert_challenge<'a>(&'a self, challenge: &'a Challenge) -> PortResult<'a, ()>;

    /// Counts one try against a challenge and answers it with its user; `None` when it is unknown, ran out or had `most` tries.
    fn try_challenge<'a>(
        &'a self,
        token: &'a TokenHash,
        most: i32,
        now: Timestamp,
    ) -> PortResult<'a, Option<(Challenge, User)>>;

    /// Removes a challenge; answers whether it was there: of any number that ask, one gets it.
    fn take_challenge<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, bool>;

    /// What administrators see besides the accounts of a tenant.
    fn account_facts<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<AccountFacts>>;

    /// Removes what ran out before this time: lanes, known origins, links, challenges. Housekeeping: no audit entry.
    fn prune_credentials(&self, now: Timestamp) -> PortResult<'_, u64>;
}
