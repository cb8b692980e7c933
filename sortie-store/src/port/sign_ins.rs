//! Sign-ins: found by the hashes of their tokens.

use diesel::{prelude::*, sql_types::Bool};
use sortie_core::{
    audit::Change,
    id::SignInId,
    port::accounts::SignIns,
    sign_in::{ClientKind, SignIn},
    user::User,
};

use super::change::{Kind, record};
use crate::{
    connection::{AnyBackend, AnyConnection},
    error::Failure,
    moment::Moment,
    row::{Reading, sign_in::SignInRow, user::UserRow},
    schema::{
        sign_ins::{self, dsl},
        used_refresh_tokens::dsl as used,
        users,
    },
};

/// The hash of a token that somebody showed.
pub(super) enum Token {
    /// Of a cookie or an access token.
    Access(String),
    /// Of a refresh token, or of the one before the last rotation.
    Refresh(String),
}

/// The sign-in with this token and its user.
pub(super) fn find(connection: &mut AnyConnection, token: Token) -> Result<Option<(SignIn, User)>, Failure> {
    let both = (SignInRow::as_select(), UserRow::as_select());
    let query = dsl::sign_ins.inner_join(users::table).select(both).into_boxed::<AnyBackend>();
    let query = match token {
        Token::Access(hash) => query.filter(dsl::token_hash.eq(hash)),
        Token::Refresh(hash) => {
            let used = used::used_refresh_tokens.filter(used::token_hash.eq(hash.clone())).select(used::sign_in_id);
            let spent = dsl::previous_refresh_hash.eq(hash.clone()).assume_not_null().or(dsl::id.eq_any(used));
            query.filter(dsl::refresh_hash.eq(hash).assume_not_null().or(spent))
        }
    };
    let found = query.first::<(SignInRow, UserRow)>(connection).optional()?;
    found.map(|(sign_in, user)| Ok((sign_in.try_into()?, user.try_into()?))).transpose()
}

/// Inserts a sign-in; `Conflict` when its user is gone.
pub(super) fn insert(connection: &mut AnyConnection, mut row: SignInRow, change: &Change) -> Result<(), Failure> {
    let user = users::table.filter(users::id.eq(row.user_id.clone()));
    let tenant: Option<String> = if row.client == ClientKind::Token.name() {
        // Locked, as the other way does: the row refers to it.
        diesel::update(user)
            .set(users::id.eq(users::id))
            .returning(users::tenant_id)
            .get_result(connection)
            .optional()?
    } else {
        let noted = diesel::update(user).set(users::last_sign_in_at.eq(Moment::from(change.at)));
        noted.returning(users::tenant_id).get_result(connection).optional()?
    };
    row.tenant_id = tenant.ok_or(Failure::Conflict)?;
    diesel::insert_into(sign_ins::table).values(row).execute(connection)?;
    Ok(record(connection, Kind::Access, change)?)
}

/// Writes new tokens over the sign-in whose refresh token is `before`.
pub(super) fn rotate(
    connection: &mut AnyConnection,
    before: String,
    row: SignInRow,
    change: &Change,
) -> Result<(), Failure> {
    let current = dsl::sign_ins
        .filter(dsl::id.eq(row.id.clone()))
        .filter(dsl::refresh_hash.eq(before.clone()))
        .filter(dsl::revoked_at.is_null());
    let tokens = (
        dsl::token_hash.eq(row.token_hash),
        dsl::refresh_hash.eq(row.refresh_hash),
        dsl::previous_refresh_hash.eq(row.previous_refresh_hash),
        dsl::last_used_at.eq(row.last_used_at),
        dsl::expires_at.eq(row.expires_at),
    );
    if diesel::update(current).set(tokens).execute(connection)? == 0 {
        return Err(Failure::Conflict);
    }
    let spent = (used::token_hash.eq(before), used::sign_in_id.eq(row.id), used::used_at.eq(Moment::from(change.at)));
    diesel::insert_into(used::used_refresh_tokens).values(spent).execute(connection)?;
    Ok(record(connection, Kind::Access, change)?)
}

/// Writes down use: each time only where it is later than the stored one.
pub(super) fn touch(connection: &mut AnyConnection, mut uses: Vec<(String, Moment, Moment)>) -> QueryResult<()> {
    // In one order, so that two replicas that write the same rows do not wait for each other in a circle.
    uses.sort();
    for (id, used, expires) in uses {
        let good = dsl::sign_ins.filter(dsl::id.eq(id)).filter(dsl::revoked_at.is_null());
        let earlier = good.clone().filter(dsl::last_used_at.lt(used));
        diesel::update(earlier).set(dsl::last_used_at.eq(used)).execute(connection)?;
        let shorter = good.filter(dsl::expires_at.lt(expires));
        diesel::update(shorter).set(dsl::expires_at.eq(expires)).execute(connection)?;
    }
    Ok(())
}

/// Those that somebody could still use at a time. A refresh token outlives the access token beside it.
type Good = Box<dyn BoxableExpression<sign_ins::table, AnyBackend, SqlType = Bool>>;

fn good(at: Moment) -> Good {
    let usable = dsl::expires_at.gt(at).or(dsl::refresh_hash.is_not_null());
    Box::new(dsl::revoked_at.is_null().and(dsl::ends_at.gt(at)).and(usable))
}

/// The good sign-ins of a user, the last used first.
pub(super) fn list(connection: &mut AnyConnection, user: String, at: Moment) -> QueryResult<Vec<SignInRow>> {
    let of_user = dsl::sign_ins.filter(dsl::user_id.eq(user)).filter(good(at));
    of_user.order((dsl::last_used_at.desc(), dsl::id.desc())).select(SignInRow::as_select()).load(connection)
}

/// Revokes the good ones; answers which. Where none was good nothing changed, so nothing is written down either.
pub(super) fn revoke(
    connection: &mut AnyConnection,
    which: &SignIns,
    change: &Change,
) -> Result<Vec<SignInId>, Failure> {
    let revoked = end(connection, which, change.at.into())?;
    note_revoked(connection, revoked, change)
}

/// Revokes the good ones and writes nothing else down; answers which.
pub(super) fn end(connection: &mut AnyConnection, which: &SignIns, at: Moment) -> QueryResult<Vec<String>> {
    let token = ClientKind::Token.name();
    let query = diesel::update(dsl::sign_ins).filter(good(at)).into_boxed::<AnyBackend>();
    let query = match which {
        SignIns::One(id) => query.filter(dsl::id.eq(id.as_str().to_owned())),
        SignIns::Of { user, except } => query
            .filter(dsl::user_id.eq(user.as_str().to_owned()))
            .filter(dsl::id.ne(except.as_ref().map_or("", |it| it.as_str()).to_owned())),
        SignIns::Interactive { user, except } => query
            .filter(dsl::user_id.eq(user.as_str().to_owned()))
            .filter(dsl::id.ne(except.as_ref().map_or("", |it| it.as_str()).to_owned()))
            .filter(dsl::client.ne(token)),
        SignIns::Token { user, id } => query
            .filter(dsl::user_id.eq(user.as_str().to_owned()))
            .filter(dsl::id.eq(id.as_str().to_owned()))
            .filter(dsl::client.eq(token)),
        SignIns::NoToken { user, id } => query
            .filter(dsl::user_id.eq(user.as_str().to_owned()))
            .filter(dsl::id.eq(id.as_str().to_owned()))
            .filter(dsl::client.ne(token)),
    };
    query.set(dsl::revoked_at.eq(at)).returning(dsl::id).get_results(connection)
}

/// The same for sign-ins by id.
pub(super) fn revoke_these(
    connection: &mut AnyConnection,
    ids: Vec<String>,
    change: &Change,
) -> Result<Vec<SignInId>, Failure> {
    let at = Moment::from(change.at);
    let good = dsl::sign_ins.filter(dsl::id.eq_any(ids)).filter(good(at));
    let revoked = diesel::update(good).set(dsl::revoked_at.eq(at)).returning(dsl::id).get_results(connection)?;
    note_revoked(connection, revoked, change)
}

fn note_revoked(
    connection: &mut AnyConnection,
    revoked: Vec<String>,
    change: &Change,
) -> Result<Vec<SignInId>, Failure> {
    if !revoked.is_empty() {
        record(connection, Kind::Access, change)?;
    }
    ids(revoked)
}

/// The ids of sign-ins as they are stored.
pub(super) fn ids(stored: Vec<String>) -> Result<Vec<SignInId>, Failure> {
    let id = |it: String| Ok(Reading { table: "sign_ins", id: &it }.id("id", &it)?);
    stored.into_iter().map(id).collect()
}

/// Removes what ended, was revoked or ran out before this time.
pub(super) fn prune(connection: &mut AnyConnection, before: Moment) -> QueryResult<u64> {
    let ran_out = dsl::expires_at.lt(before).and(dsl::refresh_hash.is_null());
    let ended = dsl::ends_at.lt(before).or(ran_out).or(dsl::revoked_at.lt(before).assume_not_null());
    let removed = diesel::delete(dsl::sign_ins.filter(ended)).execute(connection)?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}
