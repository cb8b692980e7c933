//! SQL by hand on a SQLite file, printed as the program `sqlite3` prints it: for the commands of operators, with our own SQLite,
//! where a system's older one must not touch a log that a server is writing.

mod split;

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use diesel::{
    RunQueryDsl, SqliteConnection,
    connection::{DefaultLoadingMode, LoadConnection, SimpleConnection},
    row::{Field, Row},
    sql_query,
    sql_types::Text,
    sqlite::SqliteType,
};

use crate::{
    error::OpenError,
    sqlite::{connect, pragmas},
};
use split::Piece;

/// Why a line was not run.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The file, its folder or its state does not allow it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// SQLite refuses the statement.
    #[error("{0}")]
    Sql(#[from] diesel::result::Error),
    /// A command with a dot that is not one of ours.
    #[error("no such command: {0}; there are .backup FILE, .tables, .schema and .quit, and SQL")]
    Command(String),
    /// The copy or the output cannot be written.
    #[error("{what}: {error}")]
    File {
        /// What was tried.
        what: String,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

/// How rows are printed, and what may be done.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShellOptions {
    /// A line with the columns' names first.
    pub header: bool,
    /// Nothing is written to the file.
    pub read_only: bool,
}

/// An open file.
pub struct Shell {
    connection: SqliteConnection,
    header: bool,
}

impl Shell {
    /// Opens a file that is there; nothing is written by opening it.
    ///
    /// # Errors
    ///
    /// There is no such file, or it cannot be opened.
    pub fn open(file: &Path, options: ShellOptions) -> Result<Self, ShellError> {
        if !file.is_file() {
            return Err(OpenError::File(format!("there is no database at {}", file.display())).into());
        }
        let mut connection = connect(&file.to_string_lossy())?;
        pragmas::check_version(&mut connection)?;
        connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
        if options.read_only {
            connection.batch_execute("PRAGMA query_only = ON;")?;
        }
        Ok(Self { connection, header: options.header })
    }

    /// Runs everything in a text, one after another, until something fails. Answers whether more is wanted: `.quit` was not said.
    ///
    /// # Errors
    ///
    /// What failed; what stood before it is done.
    pub fn run(&mut self, text: &str, out: &mut dyn Write) -> Result<bool, ShellError> {
        for piece in split::pieces(text) {
            match piece {
                Piece::Sql(sql) => self.query(sql, out)?,
                Piece::Command(words) => match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                    [".backup" | ".save", file] | [".backup" | ".save", "main", file] => self.back_up(Path::new(file))?,
                    [".tables"] => self.query(
                        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1",
                        out,
                    )?,
                    [".schema"] => self.query("SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL", out)?,
                    [".quit" | ".exit"] => return Ok(false),
                    _ => return Err(ShellError::Command(words.join(" "))),
                },
            }
        }
        Ok(true)
    }

    fn query(&mut self, sql: &str, out: &mut dyn Write) -> Result<(), ShellError> {
        let cannot_print = |error| ShellError::File { what: "the output cannot be written".to_owned(), error };
        let rows = LoadConnection::<DefaultLoadingMode>::load(&mut self.connection, sql_query(sql))?;
        let mut line = Vec::new();
        for (number, row) in rows.enumerate() {
            let row = row?;
            let fields = || (0..row.field_count()).filter_map(|at| row.get(at));
            if self.header && number == 0 {
                let names: Vec<_> = fields().map(|it| it.field_name().unwrap_or_default().to_owned()).collect();
                writeln!(out, "{}", names.join("|")).map_err(cannot_print)?;
            }
            line.clear();
            for (at, field) in fields().enumerate() {
                if at > 0 {
                    line.push(b'|');
                }
                let Some(mut value) = field.value() else { continue };
                match value.value_type() {
                    Some(SqliteType::Binary) => line.extend_from_slice(value.read_blob()),
                    Some(_) => line.extend_from_slice(value.read_text().as_bytes()),
                    None => {}
                }
            }
            line.push(b'\n');
            out.write_all(&line).map_err(cannot_print)?;
        }
        Ok(())
    }

    /// One consistent copy of everything committed, whoever writes meanwhile; it takes its name only when it is whole.
    fn back_up(&mut self, target: &Path) -> Result<(), ShellError> {
        let cannot = |error| ShellError::File { what: format!("cannot write {}", target.display()), error };
        let partial = beside(target, ".partial");
        // What an earlier copy left when it was killed.
        let _ = fs::remove_file(&partial);
        // For its owner alone from the first byte on; SQLite takes an empty file for a new one.
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).map_err(cannot)?;
        let copied = sql_query("VACUUM INTO $1")
            .bind::<Text, _>(partial.to_string_lossy().into_owned())
            .execute(&mut self.connection)
            .map_err(ShellError::from)
            .and_then(|_| fs::File::open(&partial).and_then(|it| it.sync_all()).map_err(cannot));
        if let Err(error) = copied {
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
        // A log of the file that had this name would be replayed onto the copy.
        for suffix in ["-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(target, suffix));
        }
        fs::rename(&partial, target).map_err(cannot)
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}

#[cfg(test)]
mod tests;
