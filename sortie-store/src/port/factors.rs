//! Second factors, their recovery codes, and the sign-ins that wait for them.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    credential::{Challenge, FactorProof, SecondFactor},
    secret::TokenHash,
    user::User,
};

use super::change::{Kind, record};
use crate::{
    connection::AnyConnection,
    error::Failure,
    moment::Moment,
    row::{
        credential::{ChallengeRow, SecondFactorRow},
        user::UserRow,
    },
    schema::{
        recovery_codes::{self, dsl as codes},
        second_factors::{self, dsl},
        sign_in_challenges::{self, dsl as challenges},
        users,
    },
};

/// A user's factor.
pub(super) fn find(connection: &mut AnyConnection, user: String) -> Result<Option<SecondFactor>, Failure> {
    let row = dsl::second_factors.find(user.clone()).select(SecondFactorRow::as_select());
    let Some(row) = row.first::<SecondFactorRow>(connection).optional()? else { return Ok(None) };
    let left = codes::recovery_codes.filter(codes::user_id.eq(user)).count().get_result(connection)?;
    Ok(Some(row.with_codes(left)?))
}

/// Writes a factor that is not confirmed yet.
pub(super) fn begin(connection: &mut AnyConnection, row: SecondFactorRow, change: &Change) -> Result<(), Failure> {
    let pending = dsl::second_factors.filter(dsl::user_id.eq(row.user_id.clone())).filter(dsl::confirmed_at.is_null());
    diesel::delete(pending).execute(connection)?;
    diesel::insert_into(second_factors::table).values(row).execute(connection).map_err(Failure::taken)?;
    Ok(record(connection, Kind::Access, change)?)
}

/// Confirms a factor.
pub(super) fn confirm(
    connection: &mut AnyConnection,
    user: &str,
    step: i64,
    hashes: Vec<String>,
    change: &Change,
) -> Result<(), Failure> {
    let pending = dsl::second_factors
        .filter(dsl::user_id.eq(user.to_owned()))
        .filter(dsl::confirmed_at.is_null())
        .filter(dsl::last_step.lt(step));
    let confirmed = (dsl::confirmed_at.eq(Moment::from(change.at)), dsl::last_step.eq(step));
    if diesel::update(pending).set(confirmed).execute(connection)? == 0 {
        return Err(Failure::Conflict);
    }
    write_codes(connection, user, hashes)?;
    Ok(record(connection, Kind::Access, change)?)
}

/// Writes recovery codes over the ones there.
pub(super) fn replace_codes(
    connection: &mut AnyConnection,
    user: &str,
    hashes: Vec<String>,
    change: &Change,
) -> Result<(), Failure> {
    // Written over with itself: so that nobody takes it away meanwhile.
    let on = dsl::second_factors.filter(dsl::user_id.eq(user.to_owned())).filter(dsl::confirmed_at.is_not_null());
    if diesel::update(on).set(dsl::user_id.eq(dsl::user_id)).execute(connection)? == 0 {
        return Err(Failure::Conflict);
    }
    write_codes(connection, user, hashes)?;
    Ok(record(connection, Kind::Access, change)?)
}

fn write_codes(connection: &mut AnyConnection, user: &str, hashes: Vec<String>) -> QueryResult<()> {
    diesel::delete(codes::recovery_codes.filter(codes::user_id.eq(user.to_owned()))).execute(connection)?;
    for hash in hashes {
        let row = (codes::user_id.eq(user.to_owned()), codes::code_hash.eq(hash));
        diesel::insert_into(recovery_codes::table).values(row).execute(connection)?;
    }
    Ok(())
}

/// Uses a proof up; answers whether it was good.
pub(super) fn use_proof(
    connection: &mut AnyConnection,
    user: String,
    proof: &FactorProof,
    change: Option<&Change>,
) -> Result<bool, Failure> {
    let spent = match proof {
        FactorProof::Step(step) => {
            let earlier = dsl::second_factors
                .filter(dsl::user_id.eq(user))
                .filter(dsl::confirmed_at.is_not_null())
                .filter(dsl::last_step.lt(*step));
            diesel::update(earlier).set(dsl::last_step.eq(*step)).execute(connection)?
        }
        FactorProof::RecoveryCode(hash) => {
            diesel::delete(codes::recovery_codes.find((user, hash.as_str().to_owned()))).execute(connection)?
        }
    };
    if let (1.., Some(change)) = (spent, change) {
        record(connection, Kind::Access, change)?;
    }
    Ok(spent > 0)
}

/// Removes a factor; answers whether there was one.
pub(super) fn remove(connection: &mut AnyConnection, user: String, change: &Change) -> Result<bool, Failure> {
    // The recovery codes go with the row they refer to.
    let removed = diesel::delete(dsl::second_factors.find(user)).execute(connection)?;
    if removed > 0 {
        record(connection, Kind::Access, change)?;
    }
    Ok(removed > 0)
}

/// Counts one try against a challenge.
pub(super) fn try_challenge(
    connection: &mut AnyConnection,
    token: &TokenHash,
    most: i32,
    now: Moment,
) -> Result<Option<(Challenge, User)>, Failure> {
    let token = token.as_str().to_owned();
    let good = challenges::sign_in_challenges
        .filter(challenges::token_hash.eq(token.clone()))
        .filter(challenges::expires_at.gt(now))
        .filter(challenges::tries.lt(most));
    if diesel::update(good).set(challenges::tries.eq(challenges::tries + 1)).execute(connection)? == 0 {
        return Ok(None);
    }
    let both = (ChallengeRow::as_select(), UserRow::as_select());
    let query = challenges::sign_in_challenges.find(token).inner_join(users::table).select(both);
    let (challenge, user) = query.first::<(ChallengeRow, UserRow)>(connection)?;
    Ok(Some((challenge.try_into()?, user.try_into()?)))
}

/// Removes challenges and links that ran out; answers how many.
pub(super) fn prune_challenges(connection: &mut AnyConnection, now: Moment) -> QueryResult<usize> {
    diesel::delete(sign_in_challenges::table.filter(challenges::expires_at.lt(now))).execute(connection)
}
