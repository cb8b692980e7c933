//! The plans of the hot queries on SQLite: along an index, without sorting, and the same at any depth.

use diesel::{
    QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Integer, Text},
};
use sortie_core::{
    id::{TenantId, UserId},
    policy::Scope,
    port::{PageRequest, records::AuditFilter, sessions::SessionFilter},
    session::Status,
};

use crate::{
    connection::{AnyBackend, AnyConnection},
    migrate,
    port::{records_page, session_page, unreleased_sessions},
    sqlite,
};

struct Explain<Q>(Q);

impl<Q: QueryFragment<AnyBackend>> QueryFragment<AnyBackend> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        out.push_sql("EXPLAIN QUERY PLAN ");
        self.0.walk_ast(out)
    }
}

impl<Q> QueryId for Explain<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explain<Q> {
    type SqlType = (Integer, Integer, Integer, Text);
}

impl<Q> RunQueryDsl<AnyConnection> for Explain<Q> {}

fn database() -> AnyConnection {
    let mut connection = sqlite::connect(":memory:").unwrap();
    migrate::sqlite(&mut connection).unwrap();
    AnyConnection::Sqlite(connection)
}

fn plan<Q: QueryFragment<AnyBackend>>(query: Q) -> String {
    let steps: Vec<(i32, i32, i32, String)> = Explain(query).load(&mut database()).unwrap();
    steps.into_iter().map(|it| it.3).collect::<Vec<_>>().join("; ")
}

/// A cursor as the page before would have given it.
fn page_behind<K: serde::Serialize>(keys: K) -> PageRequest {
    let cursor = crate::cursor::encode(&keys);
    PageRequest { limit: Some(50), cursor: Some(cursor) }
}

fn first_page() -> PageRequest {
    PageRequest { limit: Some(50), cursor: None }
}

fn session_plan(scope: &Scope, filter: SessionFilter, page: &PageRequest) -> String {
    plan(session_page(scope, filter, page).unwrap().unwrap())
}

#[test]
fn a_page_of_sessions_goes_along_an_index_at_any_depth() {
    let tenant = TenantId::default_tenant();
    let own = Scope::OwnedBy(tenant.clone(), UserId::new("u").unwrap());
    let deep = page_behind((1_763_700_000_000_000_i64, "s-90000"));
    for (scope, index) in [(Scope::Tenant(tenant), "idx_sessions_page"), (own, "idx_sessions_owner_page")] {
        for page in [&first_page(), &deep] {
            for statuses in [Vec::new(), vec![Status::Running, Status::Failed]] {
                let found = session_plan(&scope, SessionFilter { owner: None, statuses }, page);
                assert!(found.starts_with(&format!("SEARCH sessions USING INDEX {index} (")), "{found}");
                assert!(!found.contains("TEMP B-TREE"), "{found}");
            }
        }
    }
}

#[test]
fn the_unreleased_sessions_of_a_place_come_from_their_own_index() {
    let found = plan(unreleased_sessions("p".to_owned()));
    assert_eq!(found, "SEARCH sessions USING INDEX idx_sessions_unreleased (place_id=?)");
}

#[test]
fn a_page_of_the_audit_goes_along_an_index_at_any_depth() {
    let all = || AuditFilter { tenant: TenantId::default_tenant(), user: None, action: None, from: None, to: None };
    let deep = page_behind((1_763_700_000_000_000_i64, 90_000_i64));
    for (filter, index) in [
        (all(), "idx_audit_page"),
        (AuditFilter { user: Some("u".to_owned()), ..all() }, "idx_audit_user"),
        (AuditFilter { action: Some("LOGIN".to_owned()), ..all() }, "idx_audit_action"),
    ] {
        for page in [&first_page(), &deep] {
            let found = plan(records_page(filter.clone(), page, 0).unwrap());
            assert!(found.starts_with(&format!("SEARCH audit_log USING INDEX {index} (")), "{found}");
            assert!(!found.contains("TEMP B-TREE"), "{found}");
        }
    }
}
