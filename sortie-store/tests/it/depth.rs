//! A page far behind the first costs what the first costs.

use anyhow::Result;
use sortie_core::{
    policy::Scope,
    port::{PageRequest, RecordStore, SessionStore, sessions::SessionFilter},
};
use sortie_testkit::{
    contract::sample::{tenant, whole_audit},
    postgres::Cluster,
};

use crate::{backend, schema::sqlite3};

/// How many rows there are at first, and how many newer ones come then.
const OLD: usize = 10_000;
const NEW: usize = 90_000;

/// Rows `$1` to `$2`, three of them at a time.
const SQLITE: &str = "
    WITH RECURSIVE n (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM n WHERE n < $2)
    INSERT INTO sessions (id, user_id, app_id, status, created_at, updated_at, phase_since, place_id, ended_at, reason)
    SELECT printf('s-%06d', n), 'u', 'a', 'failed', strftime('%Y-%m-%d %H:%M:%S', 1700000000 + n / 3, 'unixepoch') || '.000000',
           '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', 'p', '2026-01-01 00:00:00.000000', 'app_exited' FROM n;
    WITH RECURSIVE n (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM n WHERE n < $2)
    INSERT INTO audit_log (timestamp, user, action)
    SELECT strftime('%Y-%m-%d %H:%M:%S', 1700000000 + n / 3, 'unixepoch') || '.000000', 'u', 'LOGIN' FROM n;";

const POSTGRES: &str = "
    INSERT INTO sessions (id, user_id, app_id, status, created_at, updated_at, phase_since, place_id, ended_at, reason)
    SELECT 's-' || lpad(n::text, 6, '0'), 'u', 'a', 'failed', timestamp '2023-11-14 22:13:20' + n / 3 * interval '1 second',
           '2026-01-01', '2026-01-01', 'p', '2026-01-01', 'app_exited' FROM generate_series($1, $2) AS n;
    INSERT INTO audit_log (timestamp, \"user\", action)
    SELECT timestamp '2023-11-14 22:13:20' + n / 3 * interval '1 second', 'u', 'LOGIN' FROM generate_series($1, $2) AS n;
    ANALYZE;";

fn rows(text: &str, first: usize, last: usize) -> String {
    text.replace("$1", &first.to_string()).replace("$2", &last.to_string())
}

/// Takes the cursor behind the first ten rows, and puts 90,000 newer ones before them: then it still leads to the same rows.
/// That the plan at this depth is the first page's is asked of SQLite in the unit tests, and of PostgreSQL below.
async fn check<S: SessionStore + RecordStore>(
    store: &S,
    insert: impl Fn(usize, usize) -> Result<String>,
) -> Result<()> {
    let (scope, filter) = (Scope::Tenant(tenant()), SessionFilter::default());
    let ten = |cursor| PageRequest { limit: Some(10), cursor };
    insert(1, OLD)?;
    let sessions = store.list_sessions(&scope, &filter, &ten(None)).await?.next;
    let audit = store.list_audit(&whole_audit(), &ten(None), 0).await?.next;
    insert(OLD + 1, OLD + NEW)?;
    let page = store.list_sessions(&scope, &filter, &ten(sessions)).await?;
    let ids: Vec<_> = page.items.iter().map(|it| it.id.as_str().to_owned()).collect();
    let expected: Vec<_> = (0..10).map(|it| format!("s-{:06}", OLD - 10 - it)).collect();
    assert_eq!(ids, expected);
    let page = store.list_audit(&whole_audit(), &ten(audit), 0).await?;
    let by_offset = store.list_audit(&whole_audit(), &ten(None), NEW as u64 + 10).await?;
    assert_eq!(page.items, by_offset.items);
    assert_eq!(page.items.len(), 10);
    Ok(())
}

#[tokio::test]
async fn a_deep_page_holds_what_belongs_there_on_sqlite() -> Result<()> {
    let database = backend::sqlite()?;
    check(&**database, |first, last| sqlite3(&database.path, &rows(SQLITE, first, last))).await
}

#[tokio::test]
async fn a_deep_page_holds_what_belongs_there_on_postgres() -> Result<()> {
    let database = backend::postgres()?;
    check(&**database, |first, last| Cluster::shared().query(&database.dsn, &rows(POSTGRES, first, last))).await?;
    // The same plan as SQLite's, which the unit tests check.
    let explain = |condition: &str| {
        let text = format!(
            "EXPLAIN (COSTS OFF) SELECT * FROM sessions WHERE tenant_id = 'default' {condition} \
             ORDER BY created_at DESC, id DESC LIMIT 10"
        );
        Cluster::shared().query(&database.dsn, &text)
    };
    for plan in [
        explain("")?,
        explain("AND created_at <= '2023-11-14 23:00:00' AND (created_at < '2023-11-14 23:00:00' OR id < 's')")?,
    ] {
        assert!(plan.contains("idx_sessions_page") && !plan.contains("Sort"), "{plan}");
    }
    Ok(())
}
