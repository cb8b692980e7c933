//! Another service that vouches for people.

use super::PortResult;
use crate::{
    secret::Secret,
    sso::{Assertion, AuthorizationRequest, LogoutNotice, Redemption},
    time::Timestamp,
};

/// Asks a provider who somebody is. `Unavailable` means that it does not answer now; `Rejected` that it answered what must not
/// be believed, in words for the log.
pub trait IdentityProvider: Send + Sync {
    /// Asks the provider whether it is there, without any person.
    fn probe(&self) -> PortResult<'_, ()>;

    /// The provider's address to which a browser is sent.
    fn authorization<'a>(&'a self, request: &'a AuthorizationRequest) -> PortResult<'a, String>;

    /// Takes a code to the provider and answers what its tokens say, after every check.
    fn redeem<'a>(&'a self, redemption: &'a Redemption, now: Timestamp) -> PortResult<'a, Assertion>;

    /// Reads a provider's notice that somebody signed out, after every check but whether it was seen before.
    fn logout_notice<'a>(&'a self, token: &'a Secret, now: Timestamp) -> PortResult<'a, LogoutNotice>;
}
