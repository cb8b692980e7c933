//! A whole installation from one database to another, of whatever kind each is.
//!
//! **Always holds:** nobody else of ours uses either database meanwhile; everything is written in one transaction of a target
//! that was empty; each table is read again from the target, and compared row by row with what was sent, before any of it is
//! kept. The source is only read.

mod end;
mod plan;
mod row;

use std::path::Path;

use diesel::{PgConnection, SqliteConnection, connection::SimpleConnection};
use serde_json::Value;
use sortie_core::audit::Change;

use crate::{
    adopt::{LEGACY, NOTES},
    bulk::Layout,
    error::OpenError,
    migrate, postgres,
    settings::{Database, Settings},
    sqlite::{self, file::OwnedFile},
};
use end::End;
use plan::Table;
use row::Checksum;

/// How far a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table.
    pub table: String,
    /// How many of its rows are written.
    pub rows: usize,
    /// How many it has.
    pub of: usize,
    /// Whether what was written was read again and is the same.
    pub is_verified: bool,
}

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many tables.
    pub tables: usize,
    /// How many rows they have.
    pub rows: usize,
    /// Tables of somebody else, which stay in the source only.
    pub left: Vec<String>,
}

/// Copies the installation; `change` makes the entry of the target's audit. Blocks.
pub fn run(
    from: &Settings,
    to: &Settings,
    change: &dyn Fn(&Copied) -> Change,
    told: &mut dyn FnMut(&Progress),
) -> Result<Copied, OpenError> {
    if let Database::Sqlite { path } = &from.database
        && !path.exists()
    {
        return Err(OpenError::File(format!("{} does not exist", path.display())));
    }
    let is_new = matches!(&to.database, Database::Sqlite { path } if !path.exists());
    let copied = connect(from, to, change, told);
    if let (Err(_), true, Database::Sqlite { path }) = (&copied, is_new, &to.database) {
        // It is empty, and was made here.
        drop(std::fs::remove_file(path));
    }
    copied
}

fn connect(
    from: &Settings,
    to: &Settings,
    change: &dyn Fn(&Copied) -> Change,
    told: &mut dyn FnMut(&Progress),
) -> Result<Copied, OpenError> {
    let (mut source, mut target) = (Opened::open(&from.database)?, Opened::open(&to.database)?);
    match (&mut source, &mut target) {
        (Opened::File { connection: source, .. }, Opened::File { connection: target, .. }) => {
            between(source, target, change, told)
        }
        (Opened::File { connection: source, .. }, Opened::Server(target)) => between(source, target, change, told),
        (Opened::Server(source), Opened::File { connection: target, .. }) => between(source, target, change, told),
        (Opened::Server(source), Opened::Server(target)) => between(source, target, change, told),
    }
}

/// One end of a copy. The connection to a file closes before the file's lock is given back.
enum Opened {
    File { connection: SqliteConnection, _lock: OwnedFile },
    Server(PgConnection),
}

impl Opened {
    fn open(database: &Database) -> Result<Self, OpenError> {
        match database {
            Database::Sqlite { path } => Self::file(path),
            Database::Postgres { dsn, direct_dsn, .. } => {
                Ok(Self::Server(postgres::connect(direct_dsn.as_deref().unwrap_or(dsn))?))
            }
        }
    }

    fn file(path: &Path) -> Result<Self, OpenError> {
        let file = sqlite::file::take(path)?;
        sqlite::stale::put_aside(&file)?;
        let mut connection = sqlite::connect(&file.path)?;
        sqlite::pragmas::check_version(&mut connection)?;
        // Foreign keys are looked at when everything is there; inside a transaction the setting is ignored.
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF;")?;
        Ok(Self::File { connection, _lock: file })
    }
}

fn between<S: End, T: End>(
    source: &mut S,
    target: &mut T,
    change: &dyn Fn(&Copied) -> Change,
    told: &mut dyn FnMut(&Progress),
) -> Result<Copied, OpenError> {
    source.alone(|source| {
        migrate::refuse_other(source)?;
        target.alone(|target| copy(source, target, change, told))
    })
}

fn copy<S: End, T: End>(
    source: &mut S,
    target: &mut T,
    change: &dyn Fn(&Copied) -> Change,
    told: &mut dyn FnMut(&Progress),
) -> Result<Copied, OpenError> {
    let layout = source.layout()?;
    let plan = plan::tables(&layout)?;
    refuse_filled::<T>(&target.layout()?, &plan)?;
    target.migrate()?;
    // What the migrations put into it is in the source, too.
    for table in plan.iter().rev().filter(|it| it.make.is_none()) {
        target.batch_execute(&format!("DELETE FROM \"{}\";", table.name))?;
    }
    let mut copied = Copied { tables: plan.len(), rows: 0, left: plan::left(&layout, &plan) };
    for table in &plan {
        copied.rows += copy_table(source, target, table, told)?;
    }
    if let Some(table) = target.broken()? {
        return Err(OpenError::Copy(format!("rows of {table} refer to rows that are not there")));
    }
    target.note(&change(&copied))?;
    Ok(copied)
}

/// A target holds nothing; beside us on a server, others may have tables of other names.
fn refuse_filled<T: End>(there: &Layout, plan: &[Table]) -> Result<(), OpenError> {
    let is_ours = |name: &str| {
        let is_planned = plan.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        is_planned || name == migrate::MARK || name == NOTES || name.starts_with(LEGACY)
    };
    match there.keys().find(|it| T::ALONE || is_ours(it)) {
        None => Ok(()),
        Some(table) => Err(OpenError::Copy(format!("the target is not empty: it holds the table {table}"))),
    }
}

/// Copies one table, reads it again and compares; answers how many rows it has.
fn copy_table<S: End, T: End>(
    source: &mut S,
    target: &mut T,
    table: &Table,
    told: &mut dyn FnMut(&Progress),
) -> Result<usize, OpenError> {
    let name = &table.name;
    if let Some(text) = &table.make {
        target.batch_execute(text)?;
    }
    let mut progress = Progress { table: name.clone(), rows: 0, of: source.count(name)?, is_verified: false };
    told(&progress);
    let mut sent = Checksum::default();
    source.each(name, &table.read_as(), &mut |_, batch| {
        let rows = table.rows(&batch)?;
        sent.add(&rows);
        progress.rows += rows.len();
        target
            .insert(name, &table.write_as(), &Value::Array(rows))
            .map_err(|error| OpenError::Copy(format!("rows of {name} cannot be written: {error}")))?;
        told(&progress);
        Ok(())
    })?;
    if table.is_numbered()
        && let Some(last) = source.counter(name)?
    {
        target.set_counter(name, last)?;
    }
    let mut arrived = Checksum::default();
    target.each(name, &table.read_as(), &mut |_, batch| {
        arrived.add(&table.rows(&batch)?);
        Ok(())
    })?;
    if sent != arrived || progress.rows != progress.of {
        return Err(OpenError::Copy(format!("what arrived in {name} is not what was sent")));
    }
    progress.is_verified = true;
    told(&progress);
    Ok(progress.rows)
}
