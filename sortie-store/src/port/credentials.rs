//! Credentials; sign-ins, lanes and second factors are next door.

use std::time::Duration;

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    credential::{Challenge, FactorProof, KNOWN_LIFETIME, KnownOrigin, ResetLink, SecondFactor},
    id::{SignInId, TenantId, UserId},
    port::{CredentialStore, PortResult, accounts::SignIns, credential_store::AccountFacts},
    secret::TokenHash,
    sign_in::SignIn,
    throttle::{FORGOTTEN_AFTER, Lane},
    time::Timestamp,
    user::User,
};

use super::{
    change::{Kind, record},
    factors, lanes, sign_ins,
};
use crate::{
    Store, dialect,
    error::Failure,
    moment::Moment,
    row::{
        Reading,
        credential::{ChallengeRow, ResetLinkRow, SecondFactorRow},
        readable,
        user::UserRow,
    },
    schema::{
        reset_links::{self, dsl as links},
        second_factors::dsl as second,
        sign_in_challenges::{self, dsl as challenges},
        users::{self, dsl},
    },
};

fn texts(hashes: &[TokenHash]) -> Vec<String> {
    hashes.iter().map(|it| it.as_str().to_owned()).collect()
}

impl CredentialStore for Store {
    fn charge_lanes<'a>(&'a self, lanes: &'a [Lane], now: Timestamp) -> PortResult<'a, Result<(), Duration>> {
        let lanes = lanes.to_vec();
        self.write(move |connection| Ok(lanes::charge(connection, lanes, now)?))
    }

    fn settle_lanes<'a>(&'a self, lanes: &'a [Lane], now: Timestamp) -> PortResult<'a, ()> {
        let lanes = lanes.to_vec();
        self.write(move |connection| Ok(lanes::settle(connection, lanes, now)?))
    }

    fn known_origins<'a>(
        &'a self,
        user: &'a UserId,
        marks: &'a [TokenHash],
        after: Timestamp,
    ) -> PortResult<'a, Vec<TokenHash>> {
        let (user, marks) = (user.as_str().to_owned(), texts(marks));
        self.read(move |connection| {
            let known = lanes::known_origins(connection, user, marks, after.into())?;
            Ok(known.into_iter().map(TokenHash::new).collect())
        })
    }

    fn remember_origins<'a>(&'a self, origins: &'a [KnownOrigin]) -> PortResult<'a, ()> {
        let origins = origins.to_vec();
        self.write(move |connection| {
            for origin in origins {
                let at = Moment::from(origin.last_used_at);
                dialect::remember_origin(connection, origin.mark.as_str(), origin.user.as_str(), at)?;
            }
            Ok(())
        })
    }

    fn replace_user<'a>(
        &'a self,
        before: i64,
        user: &'a User,
        ending: &'a SignIns,
        change: Change,
    ) -> PortResult<'a, Vec<SignInId>> {
        let (row, ending) = (UserRow::from(user), ending.clone());
        self.write(move |connection| {
            let id = row.id.clone();
            let current = dsl::users.filter(dsl::id.eq(id.clone())).filter(dsl::version.eq(before));
            if diesel::update(current).set(row).execute(connection).map_err(Failure::taken)? == 0 {
                return Err(Failure::Conflict);
            }
            let ended = sign_ins::end(connection, &ending, change.at.into())?;
            diesel::delete(links::reset_links.filter(links::user_id.eq(id.clone()))).execute(connection)?;
            let waiting = challenges::sign_in_challenges.filter(challenges::user_id.eq(id));
            diesel::delete(waiting).execute(connection)?;
            record(connection, Kind::Access, &change)?;
            sign_ins::ids(ended)
        })
    }

    fn insert_reset_link<'a>(&'a self, link: &'a ResetLink, change: Change) -> PortResult<'a, ()> {
        let row = ResetLinkRow::from(link);
        self.write(move |connection| {
            let earlier = links::reset_links.filter(links::user_id.eq(row.user_id.clone()));
            diesel::delete(earlier).execute(connection)?;
            diesel::insert_into(reset_links::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Uncached, &change)?)
        })
    }

    fn find_reset_link<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<(ResetLink, User)>> {
        let token = token.as_str().to_owned();
        self.read(move |connection| {
            let both = (ResetLinkRow::as_select(), UserRow::as_select());
            let query = links::reset_links.find(token).inner_join(users::table).select(both);
            let found = query.first::<(ResetLinkRow, UserRow)>(connection).optional()?;
            found.map(|(link, user)| Ok((link.try_into()?, user.try_into()?))).transpose()
        })
    }

    fn list_sign_ins<'a>(&'a self, user: &'a UserId, now: Timestamp) -> PortResult<'a, Vec<SignIn>> {
        let user = user.as_str().to_owned();
        self.read(move |connection| Ok(readable(sign_ins::list(connection, user, now.into())?)))
    }

    fn second_factor<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Option<SecondFactor>> {
        let user = user.as_str().to_owned();
        self.read(move |connection| factors::find(connection, user))
    }

    fn begin_second_factor<'a>(&'a self, factor: &'a SecondFactor, change: Change) -> PortResult<'a, ()> {
        let row = SecondFactorRow::from(factor);
        self.write(move |connection| factors::begin(connection, row, &change))
    }

    fn confirm_second_factor<'a>(
        &'a self,
        user: &'a UserId,
        step: i64,
        recovery_codes: &'a [TokenHash],
        change: Change,
    ) -> PortResult<'a, ()> {
        let (user, hashes) = (user.as_str().to_owned(), texts(recovery_codes));
        self.write(move |connection| factors::confirm(connection, &user, step, hashes, &change))
    }

    fn use_factor_proof<'a>(
        &'a self,
        user: &'a UserId,
        proof: &'a FactorProof,
        change: Option<Change>,
    ) -> PortResult<'a, bool> {
        let (user, proof) = (user.as_str().to_owned(), proof.clone());
        self.write(move |connection| factors::use_proof(connection, user, &proof, change.as_ref()))
    }

    fn replace_recovery_codes<'a>(
        &'a self,
        user: &'a UserId,
        recovery_codes: &'a [TokenHash],
        change: Change,
    ) -> PortResult<'a, ()> {
        let (user, hashes) = (user.as_str().to_owned(), texts(recovery_codes));
        self.write(move |connection| factors::replace_codes(connection, &user, hashes, &change))
    }

    fn remove_second_factor<'a>(&'a self, user: &'a UserId, change: Change) -> PortResult<'a, bool> {
        let user = user.as_str().to_owned();
        self.write(move |connection| factors::remove(connection, user, &change))
    }

    fn insert_challenge<'a>(&'a self, challenge: &'a Challenge) -> PortResult<'a, ()> {
        let row = ChallengeRow::from(challenge);
        self.write(move |connection| {
            diesel::insert_into(sign_in_challenges::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(())
        })
    }

    fn try_challenge<'a>(
        &'a self,
        token: &'a TokenHash,
        most: i32,
        now: Timestamp,
    ) -> PortResult<'a, Option<(Challenge, User)>> {
        let token = token.clone();
        self.write(move |connection| factors::try_challenge(connection, &token, most, now.into()))
    }

    fn take_challenge<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, bool> {
        let token = token.as_str().to_owned();
        self.write(move |connection| {
            Ok(diesel::delete(challenges::sign_in_challenges.find(token)).execute(connection)? > 0)
        })
    }

    fn account_facts<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<AccountFacts>> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| {
            let of_tenant = dsl::users.filter(dsl::tenant_id.eq(tenant)).select((dsl::id, dsl::auth_provider));
            let people: Vec<(String, String)> = of_tenant.load(connection)?;
            let confirmed = second::second_factors.filter(second::confirmed_at.is_not_null()).select(second::user_id);
            let factors: std::collections::HashSet<String> = confirmed.load(connection)?.into_iter().collect();
            let facts = |(id, provider): (String, String)| {
                let user = Reading { table: "users", id: &id }.id("id", &id)?;
                Ok(AccountFacts { user, provider, second_factor: factors.contains(&id) })
            };
            people.into_iter().map(facts).collect()
        })
    }

    fn prune_credentials(&self, now: Timestamp) -> PortResult<'_, u64> {
        self.write(move |connection| {
            let (lanes, origins) = (now.minus(FORGOTTEN_AFTER), now.minus(KNOWN_LIFETIME));
            let seen = lanes::prune(connection, lanes.into(), origins.into())?;
            let waiting = factors::prune_challenges(connection, now.into())?;
            let old = links::reset_links.filter(links::expires_at.lt(Moment::from(now)));
            let links = diesel::delete(old).execute(connection)?;
            Ok(u64::try_from(seen + waiting + links).unwrap_or(u64::MAX))
        })
    }
}
