//! Rows of `throttles`, `reset_links`, `second_factors` and `sign_in_challenges`.

use diesel::prelude::*;
use sortie_core::{
    credential::{Challenge, ResetLink, SecondFactor},
    secret::{Secret, TokenHash},
    sign_in::ClientKind,
    throttle::Tally,
};

use super::{Corrupt, Reading};
use crate::{
    connection::AnyBackend,
    moment::Moment,
    schema::{reset_links, second_factors, sign_in_challenges, throttles},
};

/// What one lane has seen.
#[derive(Queryable, Selectable)]
#[diesel(table_name = throttles)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct TallyRow {
    failures: i64,
    last_at: Moment,
    next_at: Moment,
}

impl From<TallyRow> for Tally {
    fn from(row: TallyRow) -> Self {
        let failures = u32::try_from(row.failures.max(0)).unwrap_or(u32::MAX);
        Self { failures, last_at: row.last_at.into(), next_at: row.next_at.into() }
    }
}

/// One link to set a password.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = reset_links)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct ResetLinkRow {
    token_hash: String,
    pub(crate) user_id: String,
    created_at: Moment,
    expires_at: Moment,
}

impl From<&ResetLink> for ResetLinkRow {
    fn from(link: &ResetLink) -> Self {
        Self {
            token_hash: link.token.as_str().to_owned(),
            user_id: link.user.as_str().to_owned(),
            created_at: link.created_at.into(),
            expires_at: link.expires_at.into(),
        }
    }
}

impl TryFrom<ResetLinkRow> for ResetLink {
    type Error = Corrupt;

    fn try_from(row: ResetLinkRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "reset_links", id: &row.token_hash };
        Ok(Self {
            user: reading.id("user_id", &row.user_id)?,
            token: TokenHash::new(row.token_hash.clone()),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
        })
    }
}

/// One second factor, without its recovery codes.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = second_factors, treat_none_as_default_value = false)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct SecondFactorRow {
    pub(crate) user_id: String,
    secret: String,
    created_at: Moment,
    confirmed_at: Option<Moment>,
    last_step: i64,
}

impl From<&SecondFactor> for SecondFactorRow {
    fn from(factor: &SecondFactor) -> Self {
        Self {
            user_id: factor.user.as_str().to_owned(),
            secret: factor.secret.reveal().to_owned(),
            created_at: factor.created_at.into(),
            confirmed_at: factor.confirmed_at.map(Moment::from),
            last_step: factor.last_step,
        }
    }
}

impl SecondFactorRow {
    /// The factor with so many recovery codes.
    pub(crate) fn with_codes(self, count: i64) -> Result<SecondFactor, Corrupt> {
        let reading = Reading { table: "second_factors", id: &self.user_id };
        Ok(SecondFactor {
            user: reading.id("user_id", &self.user_id)?,
            secret: Secret::new(self.secret),
            created_at: self.created_at.into(),
            confirmed_at: self.confirmed_at.map(Into::into),
            last_step: self.last_step,
            recovery_codes_left: u32::try_from(count).unwrap_or(0),
        })
    }
}

/// One sign-in that waits for a second factor.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_challenges)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct ChallengeRow {
    token_hash: String,
    user_id: String,
    client: String,
    created_at: Moment,
    expires_at: Moment,
    tries: i32,
}

impl From<&Challenge> for ChallengeRow {
    fn from(challenge: &Challenge) -> Self {
        Self {
            token_hash: challenge.token.as_str().to_owned(),
            user_id: challenge.user.as_str().to_owned(),
            client: challenge.client.name().to_owned(),
            created_at: challenge.created_at.into(),
            expires_at: challenge.expires_at.into(),
            tries: challenge.tries,
        }
    }
}

impl TryFrom<ChallengeRow> for Challenge {
    type Error = Corrupt;

    fn try_from(row: ChallengeRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "sign_in_challenges", id: &row.token_hash };
        Ok(Self {
            user: reading.id("user_id", &row.user_id)?,
            client: reading.choice("client", &row.client, ClientKind::parse)?,
            token: TokenHash::new(row.token_hash.clone()),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
            tries: row.tries,
        })
    }
}
