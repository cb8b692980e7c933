//! Single sign-on: identities of providers, sign-ins that were begun, and what hangs on which session over there.

mod rights;

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    port::{IdentityStore, PortResult, identities::LogoutOutcome},
    secret::TokenHash,
    sign_in::SignIn,
    sso::{CategoryGrant, Identity, KnownIdentity, LogoutNotice, PendingSignIn, ProviderSession},
    time::Timestamp,
    user::User,
};

use super::{
    change::{Kind, record},
    sign_ins,
    tenants::quota,
};
use crate::{
    Store,
    connection::{AnyBackend, AnyConnection},
    dialect,
    error::Failure,
    moment::Moment,
    row::{
        sign_in::SignInRow,
        sso::{IdentityRow, PendingRow, ProviderSessionRow},
        user::UserRow,
    },
    schema::{
        sso_identities::{self, dsl as identities},
        sso_logouts::dsl as logouts,
        sso_pending::{self, dsl as pending},
        sso_sign_ins::{self, dsl as hanging},
        users,
    },
};

/// What `users.auth_provider` holds for people of a provider.
const PROVIDER: &str = "oidc";

impl IdentityStore for Store {
    fn begin_sso<'a>(&'a self, begun: &'a PendingSignIn) -> PortResult<'a, ()> {
        let row = PendingRow::from(begun);
        self.write(move |connection| {
            diesel::insert_into(sso_pending::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(())
        })
    }

    fn take_sso<'a>(&'a self, state: &'a TokenHash, now: Timestamp) -> PortResult<'a, Option<PendingSignIn>> {
        let (state, now) = (state.as_str().to_owned(), Moment::from(now));
        self.write(move |connection| {
            let good = pending::sso_pending.filter(pending::state_hash.eq(state)).filter(pending::expires_at.gt(now));
            let taken = diesel::delete(good).returning(sso_pending::all_columns);
            let row: Option<PendingRow> = taken.get_result(connection).optional()?;
            Ok(row.map(PendingSignIn::try_from).transpose()?)
        })
    }

    fn find_identity<'a>(&'a self, identity: &'a Identity) -> PortResult<'a, Option<(KnownIdentity, User)>> {
        let identity = identity.clone();
        self.read(move |connection| {
            let both = (IdentityRow::as_select(), UserRow::as_select());
            let query = identities::sso_identities
                .find((identity.issuer().to_owned(), identity.subject().to_owned()))
                .inner_join(users::table)
                .select(both);
            let found = query.first::<(IdentityRow, UserRow)>(connection).optional()?;
            found.map(|(known, user)| Ok((known.try_into()?, user.try_into()?))).transpose()
        })
    }

    fn insert_identity<'a>(&'a self, known: &'a KnownIdentity, user: &'a User, change: Change) -> PortResult<'a, ()> {
        let (row, person) = (IdentityRow::from(known), UserRow::from(user));
        let name = user.username.to_lowercase();
        self.write(move |connection| {
            let alike = users::table.filter(users::username_lower.eq(name)).select(users::id);
            if alike.first::<String>(connection).optional()?.is_some() {
                return Err(Failure::Conflict);
            }
            quota::admit_account(connection, &person.tenant_id)?;
            let provider = (
                users::auth_provider.eq(PROVIDER),
                users::auth_provider_id.eq(format!("{} {}", row.issuer, row.subject)),
            );
            let own = users::table.find(row.user_id.clone());
            diesel::insert_into(users::table).values(person).execute(connection).map_err(Failure::taken)?;
            diesel::update(own).set(provider).execute(connection)?;
            diesel::insert_into(sso_identities::table).values(row).execute(connection).map_err(Failure::taken)?;
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn update_identity<'a>(
        &'a self,
        before: i64,
        known: &'a KnownIdentity,
        user: &'a User,
        change: Change,
    ) -> PortResult<'a, ()> {
        let (row, person) = (IdentityRow::from(known), UserRow::from(user));
        self.write(move |connection| {
            let current = users::table.find(person.id.clone()).filter(users::version.eq(before));
            if diesel::update(current).set(person).execute(connection).map_err(Failure::taken)? == 0 {
                return Err(Failure::Conflict);
            }
            let own = identities::sso_identities
                .find((row.issuer.clone(), row.subject.clone()))
                .filter(identities::user_id.eq(row.user_id.clone()));
            if diesel::update(own).set(row).execute(connection)? == 0 {
                return Err(Failure::Conflict);
            }
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn give_category_rights<'a>(
        &'a self,
        user: &'a User,
        grants: &'a [CategoryGrant],
        change: Change,
    ) -> PortResult<'a, Vec<String>> {
        let (id, tenant) = (user.id.as_str().to_owned(), user.tenant.as_str().to_owned());
        let grants = grants.to_vec();
        self.write(move |connection| rights::give_exactly(connection, &id, &tenant, &grants, &change))
    }

    fn insert_sso_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn,
        session: &'a ProviderSession,
        change: Change,
    ) -> PortResult<'a, ()> {
        let (row, hangs) = (SignInRow::new(sign_in), ProviderSessionRow::from(session));
        self.write(move |connection| {
            sign_ins::insert(connection, row, &change)?;
            diesel::insert_into(sso_sign_ins::table).values(hangs).execute(connection)?;
            Ok(())
        })
    }

    fn obey_logout<'a>(&'a self, notice: &'a LogoutNotice, change: Change) -> PortResult<'a, LogoutOutcome> {
        let notice = notice.clone();
        self.write(move |connection| {
            let is_first =
                dialect::note_logout(connection, &notice.issuer, &notice.token_id, notice.expires_at.into())?;
            if !is_first {
                return Ok(LogoutOutcome::SeenBefore);
            }
            let meant = meant_by(connection, &notice)?;
            Ok(LogoutOutcome::Ended(sign_ins::revoke_these(connection, meant, &change)?))
        })
    }

    fn prune_sso(&self, before: Timestamp) -> PortResult<'_, u64> {
        let before = Moment::from(before);
        self.write(move |connection| {
            let begun = pending::sso_pending.filter(pending::expires_at.lt(before));
            let notices = logouts::sso_logouts.filter(logouts::expires_at.lt(before));
            let removed = diesel::delete(begun).execute(connection)? + diesel::delete(notices).execute(connection)?;
            Ok(u64::try_from(removed).unwrap_or(u64::MAX))
        })
    }
}

/// The sign-ins that a notice means: those of its session, or of its subject, or of both where it names both.
fn meant_by(connection: &mut AnyConnection, notice: &LogoutNotice) -> QueryResult<Vec<String>> {
    let of_provider = hanging::sso_sign_ins.filter(hanging::issuer.eq(notice.issuer.clone()));
    let mut query = of_provider.select(hanging::sign_in_id).into_boxed::<AnyBackend>();
    if notice.subject.is_none() && notice.session.is_none() {
        return Ok(Vec::new());
    }
    if let Some(subject) = &notice.subject {
        query = query.filter(hanging::subject.eq(subject.clone()));
    }
    if let Some(session) = &notice.session {
        query = query.filter(hanging::session.eq(session.clone()));
    }
    query.load(connection)
}
