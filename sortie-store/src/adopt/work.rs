//! The adoption itself, on either database: old rows are read, turned, written and counted.

use std::collections::{BTreeMap, BTreeSet};

use diesel::result::Error as QueryError;
use serde_json::{Value, json};
use sortie_core::{audit::AuditAction, time::Timestamp};

use super::{
    convert::Converter,
    form::{self, Form, KNOWN, LEGACY},
    instant,
    report::{AdoptedTable, Adoption},
    row::{NewRow, OldRow},
};
use crate::{
    bulk::{Column, Engine, Layout},
    error::OpenError,
    moment::Moment,
};

/// Where every change of a value is kept with the old one.
pub(crate) const NOTES: &str = "adoption_notes";
/// Portable to both dialects.
pub(crate) const NOTES_TABLE: &str = "CREATE TABLE adoption_notes (
    position BIGINT NOT NULL PRIMARY KEY,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    column_name TEXT NOT NULL,
    old_value TEXT,
    remark TEXT NOT NULL
);";

/// What an adoption would do; changes nothing. To be called in a transaction.
pub(crate) fn survey<E: Engine>(engine: &mut E, form: Form) -> Result<Adoption, OpenError> {
    let layout = engine.layout()?;
    Run::new(engine, form, layout, "")?.convert_all(engine, &mut |_, _| Ok(()))
}

/// Does it. To be called in a transaction that lets nobody else write; what fails leaves everything to its rollback.
pub(crate) fn perform<E: Engine>(engine: &mut E, form: Form) -> Result<Adoption, OpenError> {
    let layout = engine.layout()?;
    let run = Run::new(engine, form, layout, LEGACY)?;
    let old = run.present();
    engine.lock(&old)?;
    for table in &old {
        engine.batch_execute(&format!("CREATE TABLE \"{LEGACY}{table}\" AS SELECT * FROM \"{table}\";"))?;
        let (before, after) = (engine.count(table)?, engine.count(&format!("{LEGACY}{table}"))?);
        if before != after {
            return Err(OpenError::Adoption(format!("{after} of the {before} rows of {table} could be set aside")));
        }
    }
    engine.drop_tables(&old).map_err(|error| failed("the old tables cannot be replaced", &error))?;
    engine.migrate()?;
    engine.batch_execute("DELETE FROM tenants;")?;
    let mut written: BTreeMap<&'static str, usize> = BTreeMap::new();
    let now = run.now;
    let adoption = run.convert_all(engine, &mut |engine, rows| {
        for (table, count) in write(engine, rows)? {
            *written.entry(table).or_default() += count;
        }
        Ok(())
    })?;
    for (table, expected) in written {
        let found = engine.count(table)?;
        if found != expected {
            return Err(OpenError::Adoption(format!("{table} has {found} rows where {expected} were written")));
        }
    }
    record(engine, &adoption, now)?;
    for table in ["audit_log", "analytics"] {
        engine.renumber(table)?;
    }
    let done = adoption.tables.iter().filter(|it| it.stays_as.is_none()).map(|it| format!("{LEGACY}{}", it.name));
    let done: Vec<_> = done.collect();
    if !done.is_empty() {
        engine.drop_tables(&done)?;
    }
    match engine.broken()? {
        None => Ok(adoption),
        Some(table) => Err(OpenError::Adoption(format!("rows of {table} refer to rows that are not there"))),
    }
}

/// One adoption under way.
struct Run {
    form: Form,
    layout: Layout,
    /// What the old tables' names begin with by now.
    prefix: &'static str,
    now: Timestamp,
}

type Sink<'a, E> = &'a mut dyn FnMut(&mut E, Vec<NewRow>) -> Result<(), OpenError>;

impl Run {
    fn new<E: Engine>(engine: &mut E, form: Form, layout: Layout, prefix: &'static str) -> Result<Self, OpenError> {
        let text = engine.now()?;
        let now = instant::read(&text)
            .ok_or_else(|| OpenError::Adoption(format!("the database's time {text:?} cannot be read")))?;
        Ok(Self { form, layout, prefix, now })
    }

    /// The predecessors' tables that are there.
    fn present(&self) -> Vec<String> {
        let known = KNOWN.iter().map(|(name, _)| *name);
        known.filter(|it| self.layout.contains_key(*it)).map(str::to_owned).collect()
    }

    /// Reads every old row in order and gives what it becomes to the sink.
    fn convert_all<E: Engine>(self, engine: &mut E, sink: Sink<'_, E>) -> Result<Adoption, OpenError> {
        let mut converter = Converter::new(self.now);
        let mut tables = Vec::new();
        for table in Converter::ORDER {
            if let Some(columns) = self.layout.get(table) {
                tables.push(self.convert(engine, table, columns, &mut converter, sink)?);
            }
            if table == "tenants" && !converter.has_default_tenant() {
                sink(engine, vec![default_tenant(self.now)])?;
            }
        }
        let others = self.layout.keys().filter(|it| !KNOWN.iter().any(|(name, _)| name == it)).cloned().collect();
        let mut adoption = Adoption { form: self.form, tables, others, notes: converter.into_notes(), copy: None };
        adoption.sort();
        Ok(adoption)
    }

    fn convert<E: Engine>(
        &self,
        engine: &mut E,
        table: &'static str,
        columns: &BTreeSet<String>,
        converter: &mut Converter,
        sink: Sink<'_, E>,
    ) -> Result<AdoptedTable, OpenError> {
        let known = KNOWN.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, it)| it);
        let read = known.iter().copied().filter(|it| columns.contains(*it));
        let read: Vec<_> = read.map(Column::text).collect();
        let (mut rows, mut kept, mut over) = (0, 0, 0);
        engine.each(&format!("{}{table}", self.prefix), &read, &mut |engine, batch| {
            let mut made = Vec::new();
            for bytes in &batch {
                rows += 1;
                let row = OldRow::read(bytes)
                    .map_err(|error| OpenError::Adoption(format!("row {rows} of {table} cannot be read: {error}")))?;
                if let Ok(new) = converter.convert(table, &row) {
                    *if new.is_empty() { &mut over } else { &mut kept } += 1;
                    made.extend(new);
                }
            }
            sink(engine, made)
        })?;
        converter.over(table, over);
        let stays = kept + over < rows || !form::surplus(table, columns).is_empty();
        let stays_as = stays.then(|| format!("{LEGACY}{table}"));
        Ok(AdoptedTable { name: table.to_owned(), rows, kept, over, stays_as })
    }
}

fn default_tenant(now: Timestamp) -> NewRow {
    let now = Moment::from(now).to_text();
    let columns = json!({
        "id": "default", "name": "Default", "slug": "default", "settings": "{}", "quotas": "{}",
        "created_at": now, "updated_at": now,
    });
    NewRow { table: "tenants", columns }
}

/// Inserts rows table by table: what others refer to first. Answers how many went where.
fn write<E: Engine>(engine: &mut E, rows: Vec<NewRow>) -> Result<BTreeMap<&'static str, usize>, OpenError> {
    // Categories that were made for apps come before them, identities after their users.
    let mut groups: BTreeMap<(bool, bool, &'static str), Vec<Value>> = BTreeMap::new();
    for row in rows {
        let order = (row.table == "sso_identities", row.table != "categories", row.table);
        groups.entry(order).or_default().push(row.columns);
    }
    let mut written = BTreeMap::new();
    for ((_, _, table), rows) in groups {
        written.insert(table, rows.len());
        insert(engine, table, rows)?;
    }
    Ok(written)
}

fn insert<E: Engine>(engine: &mut E, table: &str, rows: Vec<Value>) -> Result<(), OpenError> {
    let Some(columns) = rows.first().and_then(Value::as_object).map(|it| it.keys().cloned().collect::<Vec<_>>()) else {
        return Ok(());
    };
    let columns: Vec<_> = columns.iter().map(|it| Column::text(it)).collect();
    let inserted = engine.insert(table, &columns, &Value::Array(rows));
    inserted.map(drop).map_err(|error| failed(&format!("rows of {table} cannot be written"), &error))
}

/// With what the database says about it beyond the first sentence.
fn failed(what: &str, error: &QueryError) -> OpenError {
    if let QueryError::DatabaseError(_, info) = error
        && let Some(details) = info.details()
    {
        return OpenError::Adoption(format!("{what}: {error} ({details})"));
    }
    OpenError::Adoption(format!("{what}: {error}"))
}

/// Keeps every note, and tells the audit what happened.
fn record<E: Engine>(engine: &mut E, adoption: &Adoption, now: Timestamp) -> Result<(), OpenError> {
    engine.batch_execute(NOTES_TABLE)?;
    let note = |(position, note): (usize, &super::report::AdoptionNote)| {
        json!({
            "position": position, "table_name": note.table, "row_id": note.row, "column_name": note.column,
            "old_value": note.was, "remark": note.why,
        })
    };
    for batch in adoption.notes.iter().enumerate().map(note).collect::<Vec<_>>().chunks(1_000) {
        insert(engine, NOTES, batch.to_vec())?;
    }
    let rows: serde_json::Map<_, _> =
        adoption.tables.iter().map(|it| (it.name.clone(), it.kept.to_string().into())).collect();
    let details = json!({ "written_by": adoption.form.to_string(), "rows": rows, "notes": adoption.notes.len() });
    engine.renumber("audit_log")?;
    let entry = json!({
        "timestamp": Moment::from(now).to_text(), "user": "system", "action": AuditAction::AdoptDatabase.name(),
        "details": details.to_string(), "tenant_id": "default",
    });
    insert(engine, "audit_log", vec![entry])
}
