//! Lists of sessions, each along an index.

use diesel::{dsl::AsSelect, prelude::*};
use sortie_core::{
    policy::Scope,
    port::{Page, PageRequest, sessions::SessionFilter},
    session::Session,
    time::Timestamp,
};

use crate::{
    connection::{AnyBackend, AnyConnection},
    cursor,
    error::Failure,
    moment::Moment,
    row::session::SessionRow,
    schema::sessions::{self, dsl},
};

type Query = sessions::BoxedQuery<'static, AnyBackend, diesel::dsl::SqlTypeOf<AsSelect<SessionRow, AnyBackend>>>;

/// One page of a scope, newest first.
pub(super) fn list(
    connection: &mut AnyConnection,
    scope: &Scope,
    filter: SessionFilter,
    page: &PageRequest,
) -> Result<Page<Session>, Failure> {
    let Some(query) = query(scope, filter, page)? else { return Ok(Page { items: Vec::new(), next: None }) };
    let rows = query.load::<SessionRow>(connection)?;
    Ok(cursor::page(rows, page, |row: &SessionRow| (Timestamp::from(row.created_at).as_micros(), row.id.clone())))
}

/// The query of a page; `None` when the scope holds no sessions.
pub(crate) fn query(scope: &Scope, filter: SessionFilter, page: &PageRequest) -> Result<Option<Query>, Failure> {
    let mut query = dsl::sessions.select(SessionRow::as_select()).into_boxed::<AnyBackend>();
    query = match scope {
        Scope::Tenant(tenant) => query.filter(dsl::tenant_id.eq(tenant.as_str().to_owned())),
        Scope::OwnedBy(tenant, owner) => query
            .filter(dsl::tenant_id.eq(tenant.as_str().to_owned()))
            .filter(dsl::user_id.eq(owner.as_str().to_owned())),
        // Sessions have no visibility of their own: who may see an app may not see who uses it.
        Scope::Visible(..) | Scope::Apps(_) => return Ok(None),
    };
    if let Some(owner) = filter.owner {
        query = query.filter(dsl::user_id.eq(owner.as_str().to_owned()));
    }
    if !filter.statuses.is_empty() {
        let names: Vec<_> = filter.statuses.iter().map(|it| it.name().to_owned()).collect();
        query = query.filter(dsl::status.eq_any(names));
    }
    if let Some(cursor) = &page.cursor {
        let (micros, id): (i64, String) = cursor::decode(cursor)?;
        let at = Moment::from(Timestamp::from_micros(micros));
        // One range for the index, and within it the rows that were not shown yet.
        query = query.filter(dsl::created_at.le(at)).filter(dsl::created_at.lt(at).or(dsl::id.lt(id)));
    }
    Ok(Some(query.order((dsl::created_at.desc(), dsl::id.desc())).limit(cursor::wanted(page))))
}

/// Everything of a place that is not released, oldest first.
pub(crate) fn unreleased(place: String) -> Query {
    dsl::sessions
        .select(SessionRow::as_select())
        .filter(dsl::place_id.eq(place))
        .filter(dsl::released_at.is_null())
        .order((dsl::created_at.asc(), dsl::id.asc()))
        .into_boxed()
}
