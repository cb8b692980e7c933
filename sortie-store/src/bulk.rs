//! What differs between the databases where whole tables are moved: the names in them, reading rows as JSON, inserting JSON as
//! rows.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Binary, Text},
};
use serde_json::Value;

use crate::{error::OpenError, migrate};

/// Tables and their columns.
pub(crate) type Layout = BTreeMap<String, BTreeSet<String>>;

/// How many rows are read, turned and written at once.
const BATCH: usize = 2_000;

/// What a batch of rows is given to.
pub(crate) type Take<'a, E> = &'a mut dyn FnMut(&mut E, Vec<Vec<u8>>) -> Result<(), OpenError>;

/// A column that is read or written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Whether bytes in it stand in JSON as PostgreSQL writes them (`\x00ff`), and are none that happen to be text.
    pub(crate) as_bytes: bool,
}

impl<'a> Column<'a> {
    /// One of text, numbers or times.
    pub(crate) fn text(name: &'a str) -> Self {
        Self { name, as_bytes: false }
    }
}

/// A database whose tables can be moved.
pub(crate) trait Engine: Connection + SimpleConnection + Sized {
    /// All tables with their columns.
    fn layout(&mut self) -> QueryResult<Layout>;
    /// The database's time, as an older system could have written it.
    fn now(&mut self) -> QueryResult<String>;
    /// How many rows a table has.
    fn count(&mut self, table: &str) -> QueryResult<usize>;
    /// Gives a table's rows in batches, each row as a JSON object of these columns.
    fn each(&mut self, table: &str, columns: &[Column<'_>], take: Take<'_, Self>) -> Result<(), OpenError>;
    /// Inserts rows, given as a JSON list of objects with exactly these columns.
    fn insert(&mut self, table: &str, columns: &[Column<'_>], rows: &Value) -> QueryResult<usize>;
    /// Lets nobody else in until the transaction ends.
    fn lock(&mut self, tables: &[String]) -> QueryResult<()>;
    /// Drops tables that refer to each other.
    fn drop_tables(&mut self, tables: &[String]) -> QueryResult<()>;
    /// Applies every migration to what has none yet.
    fn migrate(&mut self) -> Result<(), OpenError>;
    /// Lets the numbers of new rows go on behind the ones that came with theirs.
    fn renumber(&mut self, table: &str) -> QueryResult<()>;
    /// A table with a row that refers to one that is not there.
    fn broken(&mut self) -> QueryResult<Option<String>>;
}

#[derive(diesel::QueryableByName)]
struct Owned {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(diesel::QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Binary)]
    object: Vec<u8>,
}

#[derive(diesel::QueryableByName)]
struct Plain {
    #[diesel(sql_type = Text)]
    object: String,
}

fn in_layout(columns: Vec<Owned>) -> Layout {
    let mut layout = Layout::new();
    for column in columns {
        layout.entry(column.owner).or_default().insert(column.name);
    }
    layout
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ")
}

fn counted(count: &Count) -> usize {
    usize::try_from(count.count).unwrap_or_default()
}

impl Engine for SqliteConnection {
    fn layout(&mut self) -> QueryResult<Layout> {
        let text = "SELECT t.name AS owner, c.name AS name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
                    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        Ok(in_layout(sql_query(text).load(self)?))
    }

    fn now(&mut self) -> QueryResult<String> {
        Ok(sql_query("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS name").get_result::<Name>(self)?.name)
    }

    fn count(&mut self, table: &str) -> QueryResult<usize> {
        sql_query(format!("SELECT count(*) AS count FROM \"{table}\"")).get_result(self).map(|it| counted(&it))
    }

    fn each(&mut self, table: &str, columns: &[Column<'_>], take: Take<'_, Self>) -> Result<(), OpenError> {
        let pair = |Column { name, as_bytes }: &Column<'_>| {
            let text = format!("CAST(\"{name}\" AS TEXT)");
            if *as_bytes {
                format!("'{name}', iif(typeof(\"{name}\") = 'blob', '\\x' || lower(hex(\"{name}\")), {text})")
            } else {
                format!("'{name}', {text}")
            }
        };
        let pairs: Vec<_> = columns.iter().map(pair).collect();
        // As bytes: SQLite does not promise that its texts are UTF-8.
        let text = format!(
            "SELECT rowid AS number, CAST(json_object({}) AS BLOB) AS object FROM \"{table}\" WHERE rowid > ? \
             ORDER BY rowid LIMIT {BATCH}",
            pairs.join(", ")
        );
        let mut last = i64::MIN;
        loop {
            let rows: Vec<Numbered> = sql_query(&text).bind::<BigInt, _>(last).load(self)?;
            let Some(end) = rows.last() else { return Ok(()) };
            last = end.number;
            take(self, rows.into_iter().map(|it| it.object).collect())?;
        }
    }

    fn insert(&mut self, table: &str, columns: &[Column<'_>], rows: &Value) -> QueryResult<usize> {
        let value = |Column { name, as_bytes }: &Column<'_>| {
            if *as_bytes {
                format!("unhex(substr(value ->> '$.\"{name}\"', 3))")
            } else {
                format!("value ->> '$.\"{name}\"'")
            }
        };
        let values: Vec<_> = columns.iter().map(value).collect();
        let names = quoted(columns.iter().map(|it| it.name));
        let text = format!("INSERT INTO \"{table}\" ({names}) SELECT {} FROM json_each(?)", values.join(", "));
        sql_query(text).bind::<Text, _>(rows.to_string()).execute(self)
    }

    fn lock(&mut self, _: &[String]) -> QueryResult<()> {
        // The transaction is exclusive from its beginning.
        Ok(())
    }

    fn drop_tables(&mut self, tables: &[String]) -> QueryResult<()> {
        tables.iter().try_for_each(|it| self.batch_execute(&format!("DROP TABLE \"{it}\";")))
    }

    fn migrate(&mut self) -> Result<(), OpenError> {
        migrate::all_sqlite(self)
    }

    fn renumber(&mut self, _: &str) -> QueryResult<()> {
        // AUTOINCREMENT looks at the highest number by itself.
        Ok(())
    }

    fn broken(&mut self) -> QueryResult<Option<String>> {
        let text = "SELECT \"table\" AS name FROM pragma_foreign_key_check LIMIT 1";
        Ok(sql_query(text).load::<Name>(self)?.into_iter().next().map(|it| it.name))
    }
}

impl Engine for PgConnection {
    fn layout(&mut self) -> QueryResult<Layout> {
        let text = "SELECT c.table_name::text AS owner, c.column_name::text AS name FROM information_schema.columns AS c \
                    JOIN information_schema.tables AS t USING (table_schema, table_name) \
                    WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE'";
        Ok(in_layout(sql_query(text).load(self)?))
    }

    fn now(&mut self) -> QueryResult<String> {
        Ok(sql_query("SELECT (now() AT TIME ZONE 'UTC')::text AS name").get_result::<Name>(self)?.name)
    }

    fn count(&mut self, table: &str) -> QueryResult<usize> {
        sql_query(format!("SELECT count(*) AS count FROM \"{table}\"")).get_result(self).map(|it| counted(&it))
    }

    fn each(&mut self, table: &str, columns: &[Column<'_>], take: Take<'_, Self>) -> Result<(), OpenError> {
        let names = quoted(columns.iter().map(|it| it.name));
        let cursor = format!("\"rows of {table}\"");
        self.batch_execute(&format!(
            "DECLARE {cursor} NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS object \
             FROM (SELECT {names} FROM \"{table}\") AS t"
        ))?;
        loop {
            let rows: Vec<Plain> = sql_query(format!("FETCH {BATCH} FROM {cursor}")).load(self)?;
            if rows.is_empty() {
                self.batch_execute(&format!("CLOSE {cursor}"))?;
                return Ok(());
            }
            take(self, rows.into_iter().map(|it| it.object.into_bytes()).collect())?;
        }
    }

    fn insert(&mut self, table: &str, columns: &[Column<'_>], rows: &Value) -> QueryResult<usize> {
        let names = quoted(columns.iter().map(|it| it.name));
        let text = format!(
            "INSERT INTO \"{table}\" ({names}) SELECT {names} FROM json_populate_recordset(NULL::\"{table}\", $1::json)"
        );
        sql_query(text).bind::<Text, _>(rows.to_string()).execute(self)
    }

    fn lock(&mut self, tables: &[String]) -> QueryResult<()> {
        self.batch_execute(&format!(
            "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE;",
            quoted(tables.iter().map(String::as_str))
        ))
    }

    fn drop_tables(&mut self, tables: &[String]) -> QueryResult<()> {
        self.batch_execute(&format!("DROP TABLE {};", quoted(tables.iter().map(String::as_str))))
    }

    fn migrate(&mut self) -> Result<(), OpenError> {
        migrate::all_postgres(self)
    }

    fn renumber(&mut self, table: &str) -> QueryResult<()> {
        self.batch_execute(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\" HAVING max(id) IS NOT NULL;"
        ))
    }

    fn broken(&mut self) -> QueryResult<Option<String>> {
        // The server looks at each statement itself.
        Ok(None)
    }
}
