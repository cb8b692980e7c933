//! Reading the lines that were written into a schema whose tables the migrations made.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Lines},
    path::Path,
};

use diesel::{
    PgConnection, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    super::{BackupError, Listener, Progress},
    dump::Head,
    quoted,
};
use crate::migrate::Dialect;

/// How many rows, and how many bytes of them, go in one statement.
const ROWS: usize = 2_000;
const BYTES: usize = 4 << 20;

/// One line of the file.
enum Line {
    Table(Head),
    Row(String),
}

struct Reader<'a> {
    path: &'a Path,
    lines: Lines<BufReader<File>>,
    done: u64,
}

impl<'a> Reader<'a> {
    fn open(path: &'a Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::file(format!("cannot read {}", path.display())))?;
        Ok(Self { path, lines: BufReader::with_capacity(1 << 20, file).lines(), done: 0 })
    }

    fn next(&mut self) -> Result<Option<Line>, BackupError> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        let line = line.map_err(BackupError::file(format!("cannot read {}", self.path.display())))?;
        self.done += u64::try_from(line.len()).unwrap_or(0) + 1;
        if !line.starts_with('[') {
            return Ok(Some(Line::Row(line)));
        }
        let head = serde_json::from_str(&line)
            .map_err(|_| BackupError::Damaged(format!("{} has a line that begins no table", self.path.display())))?;
        Ok(Some(Line::Table(head)))
    }
}

/// How many rows each table has in the file.
pub(super) fn rows(path: &Path) -> Result<BTreeMap<String, u64>, BackupError> {
    let mut reader = Reader::open(path)?;
    let (mut counts, mut table) = (BTreeMap::new(), String::new());
    while let Some(line) = reader.next()? {
        match line {
            Line::Table(Head(name, ..)) => {
                counts.insert(name.clone(), 0);
                table = name;
            }
            Line::Row(_) => *counts.entry(table.clone()).or_insert(0) += 1,
        }
    }
    Ok(counts)
}

#[derive(diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Reads every table. Foreign keys are taken off meanwhile, so that the order does not matter, and checked when they are put
/// back; triggers rest, because nothing happens here that did not happen before.
pub(super) fn read(connection: &mut PgConnection, path: &Path, listener: Listener<'_>) -> Result<(), BackupError> {
    let keys: Vec<Key> = sql_query(
        "SELECT conrelid::regclass::text AS table, conname::text AS name, pg_get_constraintdef(oid) AS definition \
         FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace",
    )
    .load(connection)?;
    for key in &keys {
        connection.batch_execute(&format!("ALTER TABLE {} DROP CONSTRAINT {}", key.table, quoted(&key.name)))?;
    }
    tables(connection, path, listener)?;
    for key in &keys {
        let text = format!("ALTER TABLE {} ADD CONSTRAINT {} {}", key.table, quoted(&key.name), key.definition);
        connection
            .batch_execute(&text)
            .map_err(|error| BackupError::Damaged(format!("the foreign key {} does not hold: {error}", key.name)))?;
    }
    Ok(())
}

fn tables(connection: &mut PgConnection, path: &Path, listener: Listener<'_>) -> Result<(), BackupError> {
    let total = std::fs::metadata(path).map_or(0, |it| it.len());
    let mut existing = connection.tables()?;
    let mut reader = Reader::open(path)?;
    let mut open: Option<Head> = None;
    let mut batch = String::new();
    let mut count = 0;
    while let Some(line) = reader.next()? {
        match line {
            Line::Table(head) => {
                end(connection, open.as_ref(), &mut batch, &mut count)?;
                begin(connection, &head, &mut existing)?;
                open = Some(head);
            }
            Line::Row(row) => {
                batch.push(if count == 0 { '[' } else { ',' });
                batch.push_str(&row);
                count += 1;
                if count >= ROWS || batch.len() >= BYTES {
                    insert(connection, open.as_ref(), &mut batch, &mut count)?;
                    listener(Progress { step: "restoring", done: reader.done, total });
                }
            }
        }
    }
    end(connection, open.as_ref(), &mut batch, &mut count)?;
    listener(Progress { step: "restoring", done: total, total });
    Ok(())
}

/// Makes a table ready: what the migrations put into it is in the backup, too; what no migration makes is made as it was.
fn begin(connection: &mut PgConnection, head: &Head, existing: &mut Vec<String>) -> Result<(), BackupError> {
    let Head(name, columns, _) = head;
    let table = quoted(name);
    if existing.contains(name) {
        connection.batch_execute(&format!("ALTER TABLE {table} DISABLE TRIGGER USER; DELETE FROM {table};"))?;
    } else {
        let columns: Vec<_> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
        connection.batch_execute(&format!("CREATE TABLE {table} ({})", columns.join(", ")))?;
        existing.push(name.clone());
    }
    Ok(())
}

fn insert(
    connection: &mut PgConnection,
    open: Option<&Head>,
    batch: &mut String,
    count: &mut usize,
) -> Result<(), BackupError> {
    let Some(Head(name, ..)) = open else {
        return Err(BackupError::Damaged("a row stands before every table".to_owned()));
    };
    batch.push(']');
    let table = quoted(name);
    sql_query(format!("INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)"))
        .bind::<Text, _>(&*batch)
        .execute(connection)?;
    batch.clear();
    *count = 0;
    Ok(())
}

/// Writes what is left of a table, and sets its counters to where they were.
fn end(
    connection: &mut PgConnection,
    open: Option<&Head>,
    batch: &mut String,
    count: &mut usize,
) -> Result<(), BackupError> {
    if *count > 0 {
        insert(connection, open, batch, count)?;
    }
    let Some(Head(name, _, counters)) = open else { return Ok(()) };
    let table = quoted(name);
    for (column, number) in counters {
        sql_query("SELECT setval(pg_get_serial_sequence($1, $2), $3)")
            .bind::<Text, _>(&table)
            .bind::<Text, _>(column)
            .bind::<BigInt, _>(number)
            .execute(connection)?;
    }
    connection.batch_execute(&format!("ALTER TABLE {table} ENABLE TRIGGER USER"))?;
    Ok(())
}
