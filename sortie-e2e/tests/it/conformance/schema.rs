//! Tables, columns, defaults, indexes and legal changes of a status, on both databases.

use std::{path::PathBuf, process::Command, time::Duration};

use serde_json::Value;
use sortie_testkit::postgres::Cluster;

use super::{Judgement, facts, list, text, unequal};
use crate::harness::world::World;

const SOON: Duration = Duration::from_secs(30);

/// Stands between the columns of what a query prints, and in no value.
const APART: &str = "\u{1f}";

/// A migrated database, read as an operator would.
enum Database {
    /// Through the `sqlite3` of the system.
    Sqlite(PathBuf),
    /// Through a connection.
    Postgres(String),
}

/// One column as the database describes it.
struct Column {
    name: String,
    kind: String,
    required: bool,
    default: String,
    is_key: bool,
}

impl Database {
    fn run(&self, sql: &str) -> Result<String, String> {
        match self {
            Self::Sqlite(file) => {
                let output = Command::new("sqlite3").args(["-separator", APART]).arg(file).arg(sql).output().unwrap();
                let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                if output.status.success() && told.is_empty() { Ok(printed) } else { Err(told) }
            }
            Self::Postgres(dsn) => Cluster::shared().query(dsn, sql).map_err(|error| format!("{error:#}")),
        }
    }

    /// Every column, in order.
    fn columns(&self, table: &str) -> Vec<Column> {
        let sql = match self {
            Self::Sqlite(_) => format!(
                "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk FROM pragma_table_info('{table}') ORDER BY cid"
            ),
            Self::Postgres(_) => format!(
                "SELECT c.column_name || chr(31) || c.data_type || chr(31) || CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END || chr(31) \
                 || coalesce(c.column_default, '') || chr(31) || CASE WHEN k.column_name IS NULL THEN 0 ELSE 1 END \
                 FROM information_schema.columns c LEFT JOIN (SELECT u.table_name, u.column_name \
                 FROM information_schema.key_column_usage u JOIN information_schema.table_constraints t \
                 USING (constraint_name, table_name) WHERE t.constraint_type = 'PRIMARY KEY') k \
                 ON k.table_name = c.table_name AND k.column_name = c.column_name \
                 WHERE c.table_name = lower('{table}') ORDER BY c.ordinal_position"
            ),
        };
        let rows = self.run(&sql).unwrap();
        rows.lines()
            .map(|row| {
                let cells: Vec<_> = row.split(APART).collect();
                let [name, kind, required, default, key] = cells[..] else { panic!("{row}") };
                let (required, is_key) = (required == "1", key != "0");
                let default = default.trim_end_matches("::text").to_owned();
                Column { name: name.to_owned(), kind: kind.to_owned(), required, default, is_key }
            })
            .collect()
    }

    fn kind_of(&self, documented: &str) -> &'static str {
        match (self, documented) {
            (Self::Sqlite(_), "TEXT") => "TEXT",
            (Self::Sqlite(_), "TIMESTAMP") => "TIMESTAMP",
            (Self::Sqlite(_), "INTEGER") => "INTEGER",
            (Self::Postgres(_), "TEXT") => "text",
            (Self::Postgres(_), "TIMESTAMP") => "timestamp without time zone",
            (Self::Postgres(_), "INTEGER") => "bigint",
            (_, other) => panic!("what is {other}?"),
        }
    }

    /// The index's table and columns: `table(column,column)`; empty when there is none.
    fn index(&self, name: &str) -> String {
        let sql = match self {
            Self::Sqlite(_) => format!(
                "SELECT m.tbl_name || '(' || group_concat(i.name) || ')' FROM sqlite_master m, pragma_index_info(m.name) i \
                 WHERE m.type = 'index' AND m.name = '{name}' GROUP BY m.name"
            ),
            Self::Postgres(_) => format!(
                "SELECT tablename || regexp_replace(indexdef, '^.* USING btree (\\(.*\\))$', '\\1') \
                 FROM pg_indexes WHERE indexname = '{name}'"
            ),
        };
        self.run(&sql).unwrap().replace('"', "").replace(", ", ",").trim().to_owned()
    }
}

#[tokio::test]
async fn the_documents_tables_stand_in_sqlite_as_its_own_shell_reads_them() {
    let world = World::sqlite();
    migrate(&world).await;
    compare(&Database::Sqlite(world.data_dir().join("sortie.db")));
}

#[tokio::test]
async fn the_documents_tables_stand_in_postgresql() {
    let world = World::postgres();
    migrate(&world).await;
    compare(&Database::Postgres(world.variable("SORTIE_DB_DSN").to_owned()));
}

async fn migrate(world: &World) {
    let done = world.run(&["migrate"], SOON).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn compare(database: &Database) {
    let mut judgement = Judgement::of("schema");
    for table in facts("schema.toml", "table") {
        let name = text(&table, "name");
        let ours = database.columns(name);
        for column in table["column"].as_array().unwrap() {
            let column_name = text(column, "name");
            let found = ours.iter().find(|it| it.name == column_name.to_lowercase() || it.name == column_name);
            let mut fact = column.clone();
            fact["pending"] = table["pending"].clone();
            judgement.judge(&fact, &format!("{name}.{column_name}"), differs(database, column, found));
        }
        let documented: Vec<_> =
            table["column"].as_array().unwrap().iter().map(|it| text(it, "name").to_lowercase()).collect();
        let kept: Vec<_> = ours.iter().map(|it| it.name.to_lowercase()).filter(|it| documented.contains(it)).collect();
        judgement.judge(&table, &format!("order of {name}'s columns"), unequal(&kept.join(" "), &documented.join(" ")));
    }
    for index in facts("schema.toml", "index") {
        let theirs = format!("{}({})", text(&index, "table"), list(&index, "columns").join(","));
        let ours = database.index(text(&index, "name"));
        judgement.judge(&index, text(&index, "name"), unequal(&ours, &theirs));
    }
    for fact in facts("http.toml", "transition") {
        let from = text(&fact, "from");
        let legal: Vec<_> = STATUSES.into_iter().filter(|to| *to != from && moves(database, from, to)).collect();
        judgement.judge(&fact, &format!("from {from} to"), unequal(&legal.join(" "), &list(&fact, "to").join(" ")));
    }
    judgement.conclude();
}

fn differs(database: &Database, theirs: &Value, ours: Option<&Column>) -> Option<String> {
    let Some(ours) = ours else { return Some("is missing".to_owned()) };
    let is_key = theirs["key"] == true;
    let required = theirs["required"] == true || is_key;
    // A counting key is a key that SQLite fills by itself, and PostgreSQL from a sequence.
    let default = if theirs["counted"] == true { ours.default.as_str() } else { text(theirs, "default") };
    let must_be = ours.required || (ours.is_key && theirs["counted"] == true);
    unequal(&ours.kind, database.kind_of(text(theirs, "type")))
        .or_else(|| unequal(&format!("key: {}", ours.is_key), &format!("key: {is_key}")))
        .or_else(|| unequal(&format!("required: {must_be}"), &format!("required: {required}")))
        .or_else(|| unequal(&ours.default, default))
}

const STATUSES: [&str; 5] = ["creating", "running", "stopped", "expired", "failed"];

/// Whether the database itself lets a session go from one status to another. Leaves nothing behind.
fn moves(database: &Database, from: &str, to: &str) -> bool {
    let ends = |status: &str| {
        if ["stopped", "expired", "failed"].contains(&status) {
            "ended_at = '2026-01-01 00:00:00', reason = 'test', started_at = '2026-01-01 00:00:00'"
        } else {
            "ended_at = NULL, reason = NULL, started_at = '2026-01-01 00:00:00'"
        }
    };
    let (ended, reason) =
        if from == "creating" || from == "running" { ("NULL", "NULL") } else { ("'2026-01-01 00:00:00'", "'test'") };
    let now = "'2026-01-01 00:00:00'";
    let insert = format!(
        "INSERT INTO sessions (id, user_id, app_id, status, created_at, updated_at, phase_since, place_id, started_at, \
         ended_at, reason) VALUES ('moving', 'u', 'a', '{from}', {now}, {now}, {now}, 'p', {now}, {ended}, {reason})"
    );
    database.run(&insert).unwrap_or_else(|error| panic!("{from}: {error}"));
    let moved = database.run(&format!("UPDATE sessions SET status = '{to}', {} WHERE id = 'moving'", ends(to)));
    database.run("DELETE FROM sessions WHERE id = 'moving'").unwrap();
    moved.is_ok()
}
