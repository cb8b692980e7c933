//! The two lists of people that a category has.

use diesel::prelude::*;
use sortie_core::{access::CategoryRight, port::access::Person};

use super::people::{PersonColumns, person};
use crate::{
    connection::AnyConnection,
    error::Failure,
    schema::{
        category_admins::{self, dsl as admins},
        category_approved_users::{self, dsl as approved},
        users,
    },
};

/// Gives a right; answers whether it is new.
pub(in crate::port) fn give(
    connection: &mut AnyConnection,
    right: CategoryRight,
    category: &str,
    user: &str,
) -> Result<bool, Failure> {
    let key = (category.to_owned(), user.to_owned());
    let is_there = match right {
        CategoryRight::Admin => {
            admins::category_admins.find(key).select(admins::user_id).first::<String>(connection).optional()?
        }
        CategoryRight::Approved => {
            let row = approved::category_approved_users.find(key);
            row.select(approved::user_id).first::<String>(connection).optional()?
        }
    };
    if is_there.is_some() {
        return Ok(false);
    }
    let (category, user) = (category.to_owned(), user.to_owned());
    let given = match right {
        CategoryRight::Admin => diesel::insert_into(category_admins::table)
            .values((admins::category_id.eq(category), admins::user_id.eq(user)))
            .execute(connection),
        CategoryRight::Approved => diesel::insert_into(category_approved_users::table)
            .values((approved::category_id.eq(category), approved::user_id.eq(user)))
            .execute(connection),
    };
    // Two at the same time: one of them writes it down.
    given.map_err(Failure::in_use_or_taken)?;
    Ok(true)
}

/// Takes a right; answers whether there was one.
pub(in crate::port) fn take(
    connection: &mut AnyConnection,
    right: CategoryRight,
    category: &str,
    user: &str,
) -> Result<bool, Failure> {
    let key = (category.to_owned(), user.to_owned());
    let taken = match right {
        CategoryRight::Admin => diesel::delete(admins::category_admins.find(key)).execute(connection)?,
        CategoryRight::Approved => diesel::delete(approved::category_approved_users.find(key)).execute(connection)?,
    };
    Ok(taken > 0)
}

/// Who has a right, by name.
pub(super) fn people(
    connection: &mut AnyConnection,
    category: String,
    right: CategoryRight,
) -> Result<Vec<Person>, Failure> {
    let columns = (users::id, users::username, users::display_name);
    let rows: Vec<PersonColumns> = match right {
        CategoryRight::Admin => admins::category_admins
            .inner_join(users::table)
            .filter(admins::category_id.eq(category))
            .order(users::username.asc())
            .select(columns)
            .load(connection)?,
        CategoryRight::Approved => approved::category_approved_users
            .inner_join(users::table)
            .filter(approved::category_id.eq(category))
            .order(users::username.asc())
            .select(columns)
            .load(connection)?,
    };
    rows.into_iter().map(person).collect()
}
