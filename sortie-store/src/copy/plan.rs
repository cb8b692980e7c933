//! Which tables are copied, in which order, and what their columns hold: read from the schema itself.

use std::collections::BTreeSet;

use diesel::{QueryResult, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query, sql_types::Text};
use serde_json::Value;

use super::row::{self, Kind};
use crate::{
    adopt::{LEGACY, NOTES, NOTES_TABLE},
    bulk::{Column, Layout},
    error::OpenError,
    migrate,
};

/// Not copied: the target has it from its own migrations.
const OWN: [&str; 2] = [migrate::MARK, migrate::DIESEL];

/// One table.
pub(super) struct Table {
    /// In lower case where a migration makes it, as PostgreSQL keeps names.
    pub(super) name: String,
    /// What makes it, where no migration does.
    pub(super) make: Option<String>,
    columns: Vec<(String, Kind)>,
}

impl Table {
    /// The columns for reading.
    pub(super) fn read_as(&self) -> Vec<Column<'_>> {
        let may_be_bytes = |kind: &Kind| matches!(kind, Kind::Bytes | Kind::Any);
        self.columns.iter().map(|(name, kind)| Column { name, as_bytes: may_be_bytes(kind) }).collect()
    }

    /// The columns for writing.
    pub(super) fn write_as(&self) -> Vec<Column<'_>> {
        self.columns.iter().map(|(name, kind)| Column { name, as_bytes: *kind == Kind::Bytes }).collect()
    }

    /// Whether its rows may be numbered by the database.
    pub(super) fn is_numbered(&self) -> bool {
        self.columns.iter().any(|(name, kind)| name == "id" && *kind == Kind::Integer)
    }

    /// Rows as both databases take them.
    pub(super) fn rows(&self, batch: &[Vec<u8>]) -> Result<Vec<Value>, OpenError> {
        let rows: Result<_, String> = batch.iter().map(|it| row::read(it, &self.columns)).collect();
        rows.map_err(|why| OpenError::Copy(format!("a row of {} cannot be copied: {why}", self.name)))
    }
}

#[derive(diesel::QueryableByName)]
struct Declared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(diesel::QueryableByName)]
struct Parent {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables, each behind those to which its rows refer; what an older system left comes last.
pub(super) fn tables(layout: &Layout) -> Result<Vec<Table>, OpenError> {
    let mut schema = migrate::our_schema()?;
    let mut plan = in_order(&mut schema)?;
    if layout.contains_key(NOTES) {
        schema.batch_execute(NOTES_TABLE)?;
        let columns = columns(&mut schema, NOTES)?;
        plan.push(Table { name: NOTES.to_owned(), make: Some(NOTES_TABLE.to_owned()), columns });
    }
    for (name, columns) in layout.iter().filter(|(name, _)| name.starts_with(LEGACY)) {
        plan.push(legacy(name, columns)?);
    }
    Ok(plan)
}

/// The source's tables that are nobody's of ours.
pub(super) fn left(layout: &Layout, plan: &[Table]) -> Vec<String> {
    let is_copied = |name: &str| plan.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    layout.keys().filter(|it| !is_copied(it) && !OWN.contains(&it.as_str())).cloned().collect()
}

fn in_order(schema: &mut SqliteConnection) -> Result<Vec<Table>, OpenError> {
    let mut left: Vec<_> = migrate::our_tables()?.into_iter().filter(|it| !OWN.contains(&it.as_str())).collect();
    let (mut done, mut plan) = (BTreeSet::new(), Vec::new());
    while !left.is_empty() {
        let before = left.len();
        let mut later = Vec::new();
        for name in std::mem::take(&mut left) {
            if parents(schema, &name)?.iter().all(|it| *it == name || done.contains(it)) {
                plan.push(Table { columns: columns(schema, &name)?, make: None, name: name.to_lowercase() });
                done.insert(name);
            } else {
                later.push(name);
            }
        }
        if later.len() == before {
            return Err(OpenError::Copy("the schema's tables refer to each other in a circle".to_owned()));
        }
        left = later;
    }
    Ok(plan)
}

/// A table of an older system: whatever was in it, as text.
fn legacy(name: &str, columns: &BTreeSet<String>) -> Result<Table, OpenError> {
    if columns.iter().map(String::as_str).chain([name]).any(|it| it.contains(['"', '\''])) {
        return Err(OpenError::Copy(format!("the table {name} has a quotation mark in a name; rename or drop it")));
    }
    let declared: Vec<_> = columns.iter().map(|it| format!("\"{it}\" TEXT")).collect();
    Ok(Table {
        name: name.to_owned(),
        make: Some(format!("CREATE TABLE \"{name}\" ({});", declared.join(", "))),
        columns: columns.iter().map(|it| (it.clone(), Kind::Any)).collect(),
    })
}

fn parents(schema: &mut SqliteConnection, table: &str) -> QueryResult<Vec<String>> {
    let text = "SELECT \"table\" AS name FROM pragma_foreign_key_list(?)";
    Ok(sql_query(text).bind::<Text, _>(table).load::<Parent>(schema)?.into_iter().map(|it| it.name).collect())
}

fn columns(schema: &mut SqliteConnection, table: &str) -> Result<Vec<(String, Kind)>, OpenError> {
    let text = "SELECT name, type AS kind FROM pragma_table_info(?)";
    let columns: Vec<Declared> = sql_query(text).bind::<Text, _>(table).load(schema)?;
    let kind = |Declared { name, kind }: Declared| match Kind::parse(&kind) {
        Some(kind) => Ok((name.to_lowercase(), kind)),
        None => Err(OpenError::Copy(format!("{table}.{name} is of the unknown type {kind}"))),
    };
    columns.into_iter().map(kind).collect()
}
