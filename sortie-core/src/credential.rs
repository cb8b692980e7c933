//! What people prove themselves with besides a password: second factors, recovery codes, links, browsers that are known.

use std::time::Duration;

use crate::{
    id::UserId,
    secret::{Secret, TokenHash},
    sign_in::ClientKind,
    time::Timestamp,
};

/// Seconds that one code of a second factor lasts (RFC 6238 §5.2).
pub const FACTOR_STEP_SECONDS: i64 = 30;
/// Digits of a code.
pub const FACTOR_DIGITS: usize = 6;
/// How many steps a person's clock may be off, either way.
pub const FACTOR_LEEWAY: i64 = 1;
/// How many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;
/// How long a second factor is waited for after the password was right.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_mins(5);
/// How many codes may be tried against one challenge.
pub const CHALLENGE_TRIES: i32 = 5;
/// How long a link to set a new password is good.
pub const RESET_LIFETIME: Duration = Duration::from_hours(24);
/// How long a browser or a network is remembered after it last signed in.
pub const KNOWN_LIFETIME: Duration = Duration::from_hours(180 * 24);
/// The most personal access tokens that one person may have at a time.
pub const MOST_TOKENS: usize = 100;

/// A person's second factor.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    /// Whose.
    pub user: UserId,
    /// The secret that the person's device shares, in base 32. Shown once, when it is made.
    pub secret: Secret,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the person proved to have it. Before that it asks nobody for anything.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was taken: neither it nor an earlier one is taken again.
    pub last_step: i64,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
}

impl SecondFactor {
    /// Whether signing in asks for it.
    pub fn is_on(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

/// The steps whose codes are good at a time, for a factor whose last step this was.
pub fn good_steps(now: Timestamp, last_step: i64) -> std::ops::RangeInclusive<i64> {
    let step = now.as_micros().div_euclid(1_000_000 * FACTOR_STEP_SECONDS);
    (step - FACTOR_LEEWAY).max(last_step + 1)..=step + FACTOR_LEEWAY
}

/// A code that proves a second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactorProof {
    /// The code of this step.
    Step(i64),
    /// A recovery code, by its hash.
    RecoveryCode(TokenHash),
}

/// A recovery code as it is hashed: people leave out hyphens, or type capitals.
pub fn normal_code(typed: &str) -> String {
    typed.chars().filter(|it| !it.is_whitespace() && *it != '-').flat_map(char::to_lowercase).take(100).collect()
}

/// A sign-in whose password was right and whose second factor is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The hash of what the client shows.
    pub token: TokenHash,
    /// Whose.
    pub user: UserId,
    /// With what kind of client.
    pub client: ClientKind,
    /// When the password was right.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// How many codes were tried.
    pub tries: i32,
}

/// A link with which a person sets a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// The hash of the link's secret.
    pub token: TokenHash,
    /// Whose password.
    pub user: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A browser or a network from which somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOrigin {
    /// The hash of the browser's token, or of account and network.
    pub mark: TokenHash,
    /// Who signed in.
    pub user: UserId,
    /// When last.
    pub last_used_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_was_used_is_not_good_again_nor_are_earlier_ones() {
        let now = Timestamp::from_micros(1_000 * 30_000_000);
        assert_eq!(good_steps(now, 0), 999..=1_001);
        assert_eq!(good_steps(now, 1_000), 1_001..=1_001);
        assert!(good_steps(now, 1_001).is_empty());
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        assert_eq!(normal_code(" ABCde-12345 \n"), "abcde12345");
    }
}
