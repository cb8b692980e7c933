//! Who belongs to a tenant.

use diesel::prelude::*;
use sortie_core::{audit::Change, port::tenants::Member};

use crate::{
    connection::AnyConnection,
    error::Failure,
    port::{
        access::{PersonColumns, parse_roles, person},
        change::{Kind, record},
    },
    row::Reading,
    schema::{
        categories::dsl as categories, category_admins::dsl as admins, category_approved_users::dsl as approved,
        tenant_members::dsl, users,
    },
};

/// Everybody, by sign-in name: people at home with their accounts' roles, too.
pub(super) fn list(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<Member>, Failure> {
    let columns = (users::id, users::username, users::display_name);
    let joined: Vec<(PersonColumns, String, String)> = dsl::tenant_members
        .inner_join(users::table)
        .filter(dsl::tenant_id.eq(tenant.to_owned()))
        .select((columns, dsl::roles, users::tenant_id))
        .load(connection)?;
    let at_home: Vec<(PersonColumns, String)> =
        users::table.filter(users::tenant_id.eq(tenant.to_owned())).select((columns, users::roles)).load(connection)?;
    let reading = Reading { table: "tenant_members", id: tenant };
    let mut members = Vec::with_capacity(joined.len() + at_home.len());
    for (columns, roles) in at_home {
        let account_roles = parse_roles(reading, &roles)?;
        members.push(Member { person: person(columns)?, roles: Vec::new(), account_roles, at_home: true });
    }
    for (columns, roles, home) in joined {
        let roles = parse_roles(reading, &roles)?;
        let known = members.iter_mut().find(|it| home == tenant && it.person.id.as_str() == columns.0);
        if let Some(member) = known {
            member.roles = roles;
        } else {
            members.push(Member { person: person(columns)?, roles, account_roles: Vec::new(), at_home: false });
        }
    }
    members.sort_by(|one, other| one.person.username.cmp(&other.person.username));
    Ok(members)
}

/// Ends a membership, and the rights in the tenant's categories with it.
pub(super) fn remove(
    connection: &mut AnyConnection,
    tenant: &str,
    user: &str,
    change: &Change,
) -> Result<bool, Failure> {
    let row = dsl::tenant_members.find((tenant.to_owned(), user.to_owned()));
    if diesel::delete(row).execute(connection)? == 0 {
        return Ok(false);
    }
    let home: Option<String> =
        users::table.find(user.to_owned()).select(users::tenant_id).first(connection).optional()?;
    if home.as_deref() != Some(tenant) {
        let of_tenant: Vec<String> = categories::categories
            .filter(categories::tenant_id.eq(tenant.to_owned()))
            .select(categories::id)
            .load(connection)?;
        let managed = admins::category_admins
            .filter(admins::user_id.eq(user.to_owned()))
            .filter(admins::category_id.eq_any(of_tenant.clone()));
        diesel::delete(managed).execute(connection)?;
        let approvals = approved::category_approved_users
            .filter(approved::user_id.eq(user.to_owned()))
            .filter(approved::category_id.eq_any(of_tenant));
        diesel::delete(approvals).execute(connection)?;
    }
    record(connection, Kind::Access, change)?;
    Ok(true)
}
