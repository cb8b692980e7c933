//! People and their preferences; their sign-ins are next door.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    id::{SignInId, TenantId, UserId},
    port::{AccountStore, PortResult, accounts::SignIns},
    preferences::Preferences,
    secret::TokenHash,
    sign_in::SignIn,
    time::Timestamp,
    user::User,
};

use super::{
    change::{Kind, record},
    sign_ins::{self, Token},
    tenants::quota,
};
use crate::{
    Store,
    connection::AnyConnection,
    dialect::{self, Lock},
    error::Failure,
    moment::Moment,
    row::{
        readable,
        sign_in::SignInRow,
        user::{PreferencesRow, UserRow},
    },
    schema::{
        user_preferences::dsl as preferences,
        users::{self, dsl},
    },
};

impl AccountStore for Store {
    fn find_user<'a>(&'a self, id: &'a UserId) -> PortResult<'a, Option<User>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::users.find(id).select(UserRow::as_select()).first(connection).optional()?;
            Ok(row.map(User::try_from).transpose()?)
        })
    }

    fn find_user_by_name<'a>(&'a self, username: &'a str) -> PortResult<'a, Option<User>> {
        let username = username.to_owned();
        self.read(move |connection| find_by_name(connection, &username))
    }

    fn list_users<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<User>> {
        let tenant = tenant.as_str().to_owned();
        self.read(move |connection| {
            let of_tenant = dsl::users.filter(dsl::tenant_id.eq(tenant)).order(dsl::username.asc());
            Ok(readable(of_tenant.select(UserRow::as_select()).load(connection)?))
        })
    }

    fn insert_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, ()> {
        let row = UserRow::from(user);
        self.write(move |connection| {
            quota::admit_account(connection, &row.tenant_id)?;
            insert(connection, row, &change)
        })
    }

    fn insert_first_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, bool> {
        let row = UserRow::from(user);
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("users"))?;
            if dsl::users.select(dsl::id).first::<String>(connection).optional()?.is_some() {
                return Ok(false);
            }
            insert(connection, row, &change)?;
            Ok(true)
        })
    }

    fn update_user<'a>(&'a self, before: i64, user: &'a User, change: Change) -> PortResult<'a, ()> {
        let row = UserRow::from(user);
        self.write(move |connection| {
            let current = dsl::users.filter(dsl::id.eq(row.id.clone())).filter(dsl::version.eq(before));
            match diesel::update(current).set(row).execute(connection).map_err(Failure::taken)? {
                0 => Err(Failure::Conflict),
                _ => Ok(record(connection, Kind::Access, &change)?),
            }
        })
    }

    fn delete_user<'a>(&'a self, user: &'a User, change: Change) -> PortResult<'a, ()> {
        let (id, version) = (user.id.as_str().to_owned(), user.version);
        self.write(move |connection| {
            // The sign-ins go with the row they refer to.
            let current = dsl::users.filter(dsl::id.eq(id.clone())).filter(dsl::version.eq(version));
            if diesel::delete(current).execute(connection)? == 0 {
                return Err(Failure::Conflict);
            }
            diesel::delete(preferences::user_preferences.find(id)).execute(connection)?;
            Ok(record(connection, Kind::Access, &change)?)
        })
    }

    fn find_sign_in<'a>(&'a self, token: &'a TokenHash) -> PortResult<'a, Option<(SignIn, User)>> {
        let token = token.as_str().to_owned();
        self.read(move |connection| sign_ins::find(connection, Token::Access(token)))
    }

    fn find_refresh<'a>(&'a self, refresh: &'a TokenHash) -> PortResult<'a, Option<(SignIn, User)>> {
        let refresh = refresh.as_str().to_owned();
        self.read(move |connection| sign_ins::find(connection, Token::Refresh(refresh)))
    }

    fn insert_sign_in<'a>(&'a self, sign_in: &'a SignIn, change: Change) -> PortResult<'a, ()> {
        let row = SignInRow::new(sign_in);
        self.write(move |connection| sign_ins::insert(connection, row, &change))
    }

    fn rotate_sign_in<'a>(&'a self, before: &'a TokenHash, after: &'a SignIn, change: Change) -> PortResult<'a, ()> {
        let before = before.as_str().to_owned();
        let row = SignInRow::new(after);
        self.write(move |connection| sign_ins::rotate(connection, before, row, &change))
    }

    fn touch_sign_ins<'a>(&'a self, uses: &'a [(SignInId, Timestamp, Timestamp)]) -> PortResult<'a, ()> {
        let moments = |(id, used, expires): &(SignInId, Timestamp, Timestamp)| {
            (id.as_str().to_owned(), Moment::from(*used), Moment::from(*expires))
        };
        let uses = uses.iter().map(moments).collect();
        self.write_quietly(move |connection| Ok(sign_ins::touch(connection, uses)?))
    }

    fn revoke_sign_ins<'a>(&'a self, which: &'a SignIns, change: Change) -> PortResult<'a, Vec<SignInId>> {
        let which = which.clone();
        self.write(move |connection| sign_ins::revoke(connection, &which, &change))
    }

    fn prune_sign_ins(&self, ended_before: Timestamp) -> PortResult<'_, u64> {
        self.write_quietly(move |connection| Ok(sign_ins::prune(connection, ended_before.into())?))
    }

    fn preferences<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Preferences> {
        let user = user.as_str().to_owned();
        self.read(move |connection| {
            let query = preferences::user_preferences.find(user).select(PreferencesRow::as_select());
            let row = query.first(connection).optional()?;
            Ok(row.map(Preferences::try_from).transpose()?.unwrap_or_default())
        })
    }

    fn save_preferences<'a>(&'a self, user: &'a UserId, saved: &'a Preferences, change: Change) -> PortResult<'a, ()> {
        let user = user.as_str().to_owned();
        let tenant = change.audit.actor.tenant.as_str().to_owned();
        let row = PreferencesRow::new(&user, &tenant, saved);
        self.write(move |connection| {
            dialect::make_preferences(connection, &user, &tenant)?;
            diesel::update(preferences::user_preferences.find(user)).set(row).execute(connection)?;
            Ok(record(connection, Kind::Uncached, &change)?)
        })
    }
}

fn insert(connection: &mut AnyConnection, row: UserRow, change: &Change) -> Result<(), Failure> {
    diesel::insert_into(users::table).values(row).execute(connection).map_err(Failure::taken)?;
    Ok(record(connection, Kind::Access, change)?)
}

/// The exact name, else the only one that differs in case. With several of those nobody is meant.
fn find_by_name(connection: &mut AnyConnection, username: &str) -> Result<Option<User>, Failure> {
    let alike = dsl::users.filter(dsl::username_lower.eq(username.to_lowercase()));
    let rows: Vec<UserRow> = alike.select(UserRow::as_select()).load(connection)?;
    let is_only = rows.len() == 1;
    let meant = rows.into_iter().find(|it| is_only || it.is_called(username));
    Ok(meant.map(User::try_from).transpose()?)
}
