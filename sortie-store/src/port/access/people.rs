//! People of a tenant, as others of it may know them.

use diesel::prelude::*;
use sortie_core::port::access::{PeopleQuery, Person};

use crate::{
    connection::{AnyBackend, AnyConnection},
    error::Failure,
    row::Reading,
    schema::{
        tenant_members::{self, dsl as members},
        users::{self, dsl},
    },
};

/// Id, sign-in name, name to show.
pub(in crate::port) type PersonColumns = (String, String, Option<String>);

/// Finds people by a part of their names.
pub(super) fn find(connection: &mut AnyConnection, query: &PeopleQuery) -> Result<Vec<Person>, Failure> {
    let tenant = query.tenant.as_str().to_owned();
    let inside = tenant_members::table.filter(members::tenant_id.eq(tenant.clone())).select(members::user_id);
    let mut found = users::table
        .filter(dsl::tenant_id.eq(tenant).or(dsl::id.eq_any(inside)))
        .filter(dsl::disabled.eq(false))
        .into_boxed::<AnyBackend>();
    if !query.text.is_empty() {
        let pattern = format!("%{}%", escaped(&query.text));
        let lower = format!("%{}%", escaped(&query.text.to_lowercase()));
        let by_name = dsl::username_lower.like(lower).escape('!');
        found = found.filter(by_name.or(dsl::display_name.assume_not_null().like(pattern).escape('!')));
    }
    let rows: Vec<PersonColumns> = found
        .order(dsl::username.asc())
        .limit(i64::from(query.limit))
        .select((dsl::id, dsl::username, dsl::display_name))
        .load(connection)?;
    rows.into_iter().map(person).collect()
}

/// What LIKE would read as a wildcard.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(letter);
    }
    out
}

/// A person from their columns.
pub(in crate::port) fn person((id, username, display_name): PersonColumns) -> Result<Person, Failure> {
    let reading = Reading { table: "users", id: &id };
    Ok(Person { id: reading.id("id", &id)?, username, display_name: display_name.unwrap_or_default() })
}
