//! Writing a database as lines of JSON: an array begins a table, and each object after it is one of its rows.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use diesel::{
    Connection, PgConnection, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use serde::{Deserialize, Serialize};

use super::{
    super::{BackupError, Listener, Progress, check, manifest::Content, piece},
    ours, quoted,
};
use crate::{
    migrate,
    postgres::{LONG, connect},
};

/// How many rows are asked for at once.
const ROWS: usize = 1_000;

/// How a table begins: its name, its columns with their types, and where the counters of its numbers stand.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head(pub(super) String, pub(super) Vec<(String, String)>, pub(super) BTreeMap<String, i64>);

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Writes one consistent view; answers what is in it.
pub(super) fn write(dsn: &str, path: &Path, listener: Listener<'_>) -> Result<Content, BackupError> {
    let mut out = Out { file: BufWriter::new(piece::create(path)?), path, done: 0 };
    let mut connection = connect(dsn)?;
    let content = connection.build_transaction().repeatable_read().read_only().run(|connection| {
        connection.batch_execute(LONG)?;
        // Refused are a schema that is too new to be understood, and what is not ours.
        connection.transaction(migrate::pending_postgres)?;
        let names = ours(connection)?;
        let content = check::content(connection, "postgres", names)?;
        let total = size(connection, content.tables.keys())?;
        for name in content.tables.keys() {
            table(connection, name, &mut out, &mut |done| {
                listener(Progress { step: "copying", done, total: total.max(done) });
            })?;
        }
        Ok::<_, BackupError>(content)
    })?;
    let file = out.file.into_inner().map_err(|error| BackupError::File {
        what: format!("cannot write {}", path.display()),
        source: error.into_error(),
    })?;
    file.sync_all().map_err(BackupError::file(format!("cannot write {}", path.display())))?;
    Ok(content)
}

/// Where the lines go.
struct Out<'a> {
    file: BufWriter<File>,
    path: &'a Path,
    done: u64,
}

impl Out<'_> {
    fn line(&mut self, text: &str) -> Result<(), BackupError> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(BackupError::file(format!("cannot write {}", self.path.display())))?;
        self.done += u64::try_from(text.len()).unwrap_or(0) + 1;
        Ok(())
    }
}

fn table(
    connection: &mut PgConnection,
    name: &str,
    out: &mut Out<'_>,
    written: &mut dyn FnMut(u64),
) -> Result<(), BackupError> {
    let head = head(connection, name)?;
    let head = serde_json::to_string(&head)
        .map_err(|error| BackupError::Unfit(format!("{name} cannot be written: {error}")))?;
    out.line(&head)?;
    connection.batch_execute(&format!(
        "DECLARE backup_rows NO SCROLL CURSOR FOR SELECT row_to_json(it)::text AS line FROM {} AS it",
        quoted(name)
    ))?;
    loop {
        let rows: Vec<Line> = sql_query(format!("FETCH {ROWS} FROM backup_rows")).load(connection)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            out.line(&row.line)?;
        }
        written(out.done);
    }
    connection.batch_execute("CLOSE backup_rows")?;
    Ok(())
}

fn head(connection: &mut PgConnection, name: &str) -> Result<Head, BackupError> {
    let table = quoted(name);
    let columns: Vec<Column> = sql_query(
        "SELECT attname::text AS name, format_type(atttypid, atttypmod) AS kind FROM pg_attribute \
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
    )
    .bind::<Text, _>(&table)
    .load(connection)?;
    let mut counters = BTreeMap::new();
    for column in &columns {
        let sequence: Vec<Line> = sql_query("SELECT coalesce(pg_get_serial_sequence($1, $2), '') AS line")
            .bind::<Text, _>(&table)
            .bind::<Text, _>(&column.name)
            .load(connection)?;
        let Some(sequence) = sequence.into_iter().map(|it| it.line).find(|it| !it.is_empty()) else { continue };
        let text = format!("SELECT last_value AS number FROM {sequence} WHERE is_called");
        let number: Vec<Number> = sql_query(text).load(connection)?;
        counters.extend(number.first().map(|it| (column.name.clone(), it.number)));
    }
    Ok(Head(name.to_owned(), columns.into_iter().map(|it| (it.name, it.kind)).collect(), counters))
}

/// About how many bytes there are to write.
fn size<'a>(connection: &mut PgConnection, names: impl Iterator<Item = &'a String>) -> Result<u64, BackupError> {
    let mut total = 0;
    for name in names {
        let text = "SELECT pg_table_size($1::regclass) AS number";
        let size: Number = sql_query(text).bind::<Text, _>(quoted(name)).get_result(connection)?;
        total += u64::try_from(size.number).unwrap_or(0);
    }
    Ok(total)
}
