//! Both dialects hold the same tables, and the ones that Diesel is told of; what older documents name exists under its name.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use anyhow::{Result, ensure};
use sortie_testkit::postgres::Cluster;

use crate::backend;

/// Table and column, and whether it may be missing.
type Columns = BTreeMap<(String, String), bool>;

/// Runs SQL with the stock `sqlite3`; columns are separated by `|`.
pub(crate) fn sqlite3(path: &std::path::Path, sql: &str) -> Result<String> {
    // A store that was just closed may hold its last lock for a moment.
    let output = Command::new("sqlite3").args(["-cmd", ".timeout 5000"]).arg(path).arg(sql).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "sqlite3 failed: {said}");
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

fn parsed(text: &str) -> Columns {
    let row = |line: &str| {
        let mut parts = line.split('|').map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        ((part(), part()), part() == "1")
    };
    text.lines().map(row).collect()
}

fn of_sqlite() -> Result<(Columns, BTreeSet<String>)> {
    let database = backend::sqlite()?;
    let columns = sqlite3(
        &database.path,
        "SELECT lower(t.name), lower(c.name), NOT (c.\"notnull\" OR c.pk) FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '%diesel%'",
    )?;
    let indexes = sqlite3(&database.path, "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx%'")?;
    Ok((parsed(&columns), indexes.lines().map(str::to_owned).collect()))
}

fn of_postgres() -> Result<(Columns, BTreeSet<String>)> {
    let database = backend::postgres()?;
    let query = |sql: &str| Cluster::shared().query(&database.dsn, sql);
    let columns = query(
        "SELECT table_name, column_name, (is_nullable = 'YES')::int FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT LIKE '%diesel%'",
    )?;
    let indexes = query("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'idx%'")?;
    Ok((parsed(&columns), indexes.lines().map(str::to_owned).collect()))
}

/// The tables of `schema.rs`, read from its text.
fn of_diesel() -> Columns {
    let mut columns = Columns::new();
    let mut table = String::new();
    let mut sql_name = None;
    for line in include_str!("../../src/schema.rs").lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"").and_then(|it| it.strip_suffix("\"]")) {
            sql_name = Some(name.to_owned());
        } else if let Some((column, kind)) = line.split_once(" -> ").filter(|_| line.ends_with(',')) {
            let name = sql_name.take().unwrap_or_else(|| column.to_owned());
            columns.insert((table.clone(), name), kind.starts_with("Nullable"));
        } else if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        }
    }
    columns
}

#[test]
fn both_dialects_and_diesel_agree_on_every_table_and_column() -> Result<()> {
    let (sqlite, sqlite_indexes) = of_sqlite()?;
    let (postgres, postgres_indexes) = of_postgres()?;
    assert!(sqlite.len() > 100, "{sqlite:?}");
    assert_eq!(sqlite, postgres);
    assert_eq!(sqlite, of_diesel());
    assert_eq!(sqlite_indexes, postgres_indexes);
    Ok(())
}

#[test]
fn the_tables_columns_and_indexes_of_the_older_documents_exist() -> Result<()> {
    let (columns, indexes) = of_sqlite()?;
    for (table, names) in [
        (
            "applications",
            "id name description url icon category visibility launch_type os_type container_image container_port \
             container_args cpu_request cpu_limit memory_request memory_limit egress_policy tenant_id",
        ),
        ("sessions", "id user_id app_id pod_name pod_ip status idle_timeout tenant_id created_at updated_at"),
        ("audit_log", "id timestamp user action details tenant_id"),
        ("analytics", "id app_id timestamp tenant_id"),
        (
            "users",
            "id username email display_name password_hash roles auth_provider auth_provider_id tenant_id tenant_roles \
             created_at updated_at",
        ),
        ("user_preferences", "user_id theme collapsed_categories favorites updated_at"),
        ("settings", "key value updated_at"),
        ("session_shares", "id session_id user_id permission share_token created_by created_at"),
        ("tenants", "id name slug settings quotas created_at updated_at"),
        ("app", "id appid appname commit releaseid services createdat updatedat"),
        ("service", "id serviceid appid servicename imagename config status containerid createdat updatedat"),
        ("image", "id imagename appid serviceid dockerimageid size pulledat createdat"),
        ("statesnapshot", "id type state createdat"),
    ] {
        for name in names.split_whitespace() {
            assert!(columns.contains_key(&(table.to_owned(), name.to_owned())), "{table}.{name} is missing");
        }
    }
    for index in [
        "idx_sessions_user_id",
        "idx_sessions_status",
        "idx_audit_timestamp",
        "idx_analytics_app_id",
        "idx_analytics_timestamp",
    ] {
        assert!(indexes.contains(index), "{index} is missing");
    }
    Ok(())
}

/// As people did by hand, naming only the columns that the documents print.
const BY_HAND: &str = "INSERT INTO applications (id, name) VALUES ('a', 'A');";
const READ_BACK: &str = "SELECT visibility, launch_type FROM applications";

#[test]
fn an_app_inserted_by_hand_gets_the_documented_defaults() -> Result<()> {
    let (file, server) = (backend::sqlite()?, backend::postgres()?);
    let cluster = Cluster::shared();
    sqlite3(&file.path, BY_HAND)?;
    cluster.query(&server.dsn, BY_HAND)?;
    assert_eq!(sqlite3(&file.path, READ_BACK)?, "public|url");
    assert_eq!(cluster.query(&server.dsn, READ_BACK)?, "public|url");
    Ok(())
}

/// The queries that the container-manager's document prints.
#[test]
fn the_documents_queries_of_services_run_on_both_databases() -> Result<()> {
    let (file, server) = (backend::sqlite()?, backend::postgres()?);
    for query in [
        "SELECT * FROM app;",
        "SELECT * FROM service;",
        "SELECT type, createdAt FROM stateSnapshot ORDER BY createdAt DESC LIMIT 10;",
        "SELECT imageName, dockerImageId, pulledAt FROM image;",
    ] {
        assert_eq!(sqlite3(&file.path, query)?, "");
        assert_eq!(Cluster::shared().query(&server.dsn, query)?, "");
    }
    Ok(())
}
