//! Pages of the audit, along the index of what is asked for.

use diesel::{dsl::AsSelect, helper_types::SqlTypeOf, prelude::*};
use sortie_core::{
    port::{PageRequest, records::AuditFilter},
    time::Timestamp,
};

use crate::{
    connection::AnyBackend,
    cursor,
    error::Failure,
    moment::Moment,
    row::audit::AuditRow,
    schema::audit_log::{self, dsl},
};

type Matching = audit_log::BoxedQuery<'static, AnyBackend>;
type Query = audit_log::BoxedQuery<'static, AnyBackend, SqlTypeOf<AsSelect<AuditRow, AnyBackend>>>;

macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let filter = $filter;
        let mut query = $query.filter(dsl::tenant_id.eq(filter.tenant.as_str().to_owned()));
        if let Some(user) = filter.user {
            query = query.filter(dsl::user.eq(user));
        }
        if let Some(action) = filter.action {
            query = query.filter(dsl::action.eq(action));
        }
        if let Some(from) = filter.from {
            query = query.filter(dsl::timestamp.ge(Moment::from(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(dsl::timestamp.lt(Moment::from(to)));
        }
        query
    }};
}

/// Everything that a filter asks for, to be counted.
pub(super) fn matching(filter: AuditFilter) -> Matching {
    narrowed!(dsl::audit_log.into_boxed::<AnyBackend>(), filter)
}

/// One page of it, newest first.
pub(crate) fn page(filter: AuditFilter, page: &PageRequest, offset: u64) -> Result<Query, Failure> {
    let mut query = narrowed!(dsl::audit_log.select(AuditRow::as_select()).into_boxed::<AnyBackend>(), filter);
    if let Some(cursor) = &page.cursor {
        let (micros, id): (i64, i64) = cursor::decode(cursor)?;
        let at = Moment::from(Timestamp::from_micros(micros));
        // One range for the index, and within it the rows that were not shown yet.
        query = query.filter(dsl::timestamp.le(at)).filter(dsl::timestamp.lt(at).or(dsl::id.lt(id)));
    }
    // SQLite takes an offset only beside a limit, so there always is one.
    query = query.order((dsl::timestamp.desc(), dsl::id.desc())).limit(cursor::wanted(page));
    if offset > 0 {
        query = query.offset(i64::try_from(offset).unwrap_or(i64::MAX));
    }
    Ok(query)
}
