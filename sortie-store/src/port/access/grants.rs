//! Everything that was given to one person.

use diesel::prelude::*;
use sortie_core::{
    access::{Grants, Membership, request::RequestStatus},
    user::Role,
};

use super::category_id;
use crate::{
    connection::AnyConnection,
    error::Failure,
    moment::Moment,
    row::Reading,
    schema::{
        access_requests::dsl as requests, category_admins::dsl as admins, category_approved_users::dsl as approved,
        tenant_members::dsl as members, tenants, users::dsl as users,
    },
};

type RequestColumns = (String, String, String, Moment);

/// Reads all of it.
pub(super) fn of(connection: &mut AnyConnection, user: &str) -> Result<Grants, Failure> {
    let managed: Vec<String> = admins::category_admins
        .filter(admins::user_id.eq(user.to_owned()))
        .select(admins::category_id)
        .load(connection)?;
    let approvals: Vec<String> = approved::category_approved_users
        .filter(approved::user_id.eq(user.to_owned()))
        .select(approved::category_id)
        .load(connection)?;
    let asked: Vec<RequestColumns> = requests::access_requests
        .filter(requests::user_id.eq(user.to_owned()))
        .order((requests::created_at.asc(), requests::id.asc()))
        .select((requests::app_id, requests::id, requests::status, requests::created_at))
        .load(connection)?;
    let mut grants = Grants {
        memberships: memberships(connection, user)?,
        administers: managed.iter().map(|it| category_id(it)).collect::<Result<_, _>>()?,
        approved: approvals.iter().map(|it| category_id(it)).collect::<Result<_, _>>()?,
        ..Grants::default()
    };
    for (app, id, status, _) in asked {
        let reading = Reading { table: "access_requests", id: &id };
        // A later one of the same app replaces the earlier.
        let standing = (reading.id("id", &id)?, reading.choice("status", &status, RequestStatus::parse)?);
        grants.requests.insert(reading.id("app_id", &app)?, standing);
    }
    Ok(grants)
}

/// The tenants of a person, the home first.
fn memberships(connection: &mut AnyConnection, user: &str) -> Result<Vec<Membership>, Failure> {
    let home: Option<String> =
        users::users.find(user.to_owned()).select(users::tenant_id).first(connection).optional()?;
    let mut rows: Vec<(String, String, String, String)> = members::tenant_members
        .inner_join(tenants::table)
        .filter(members::user_id.eq(user.to_owned()))
        .select((tenants::id, tenants::slug, tenants::name, members::roles))
        .order(tenants::name.asc())
        .load(connection)?;
    if let Some(home) = home.filter(|home| rows.iter().all(|it| it.0 != *home)) {
        let known: Option<(String, String, String)> = tenants::table
            .find(home)
            .select((tenants::id, tenants::slug, tenants::name))
            .first(connection)
            .optional()?;
        rows.extend(known.map(|(id, slug, name)| (id, slug, name, "[]".to_owned())));
    }
    rows.into_iter().map(|(id, slug, name, roles)| membership(&id, slug, name, &roles)).collect()
}

fn membership(id: &str, slug: String, name: String, roles: &str) -> Result<Membership, Failure> {
    let reading = Reading { table: "tenant_members", id };
    Ok(Membership { tenant: reading.id("tenant_id", id)?, slug, name, roles: parse_roles(reading, roles)? })
}

/// Stored roles; one that nobody knows grants nothing.
pub(in crate::port) fn parse_roles(reading: Reading<'_>, roles: &str) -> Result<Vec<Role>, Failure> {
    let names: Vec<String> = reading.list("roles", Some(roles))?;
    Ok(names.iter().filter_map(|it| Role::parse(it)).collect())
}
