//! Backups of a PostgreSQL database: everything of ours in one consistent view, as text that needs no tool of the server's
//! version to be read; proving it in a scratch schema that is rolled back; and putting it in the place of what is there.
//!
//! **Always holds:** what is read in happens in one transaction, so a restore is there whole or not at all.

mod aside;
mod dump;
mod load;

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use sortie_core::audit::Change;

use super::{
    BackupError, Draft, Found, Listener, Manifest, Plan, Proof, Restored, apply, check,
    manifest::Piece,
    piece::{self, Passing},
};
use crate::{
    adopt::LEGACY,
    chain,
    connection::AnyConnection,
    migrate::{self, Dialect},
    postgres::{LONG, connect},
    store::MIGRATION_LOCK,
};

/// Writes everything of ours to a file while others write to the database, and reads the file back.
pub(super) fn make(dsn: &str, plan: Plan<'_>, listener: Listener<'_>) -> Result<Draft, BackupError> {
    let Plan { folder, name, now } = plan;
    let file = format!("{name}.jsonl");
    let partial = folder.join(format!(".{file}.partial"));
    let mut passing = Passing::default();
    passing.add(partial.clone())?;
    let content = dump::write(dsn, &partial, listener)?;
    if load::rows(&partial)? != content.tables {
        return Err(BackupError::Unfit(format!("{file} does not have the rows that were written; try again")));
    }
    let (bytes, sha256) = piece::sum(&partial, "reading back", listener)?;
    let manifest = Manifest::new(name.to_owned(), now, content, vec![Piece { name: file.clone(), bytes, sha256 }]);
    Ok(Draft { manifest, pieces: vec![(partial, file)], passing })
}

/// Why a transaction is rolled back: what is wrong, or that everything was seen.
enum Back {
    Failed(BackupError),
    Proved(Proof),
}

impl From<BackupError> for Back {
    fn from(error: BackupError) -> Self {
        Self::Failed(error)
    }
}

impl From<diesel::result::Error> for Back {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Restores the backup to a schema of its own, checks everything about it, and rolls all of it back.
pub(super) fn verify(dsn: &str, found: &Found, scratch: &Path, listener: Listener<'_>) -> Result<Proof, BackupError> {
    let mut passing = Passing::default();
    let copy = copied(found, scratch, &mut passing, listener)?;
    let schema = format!("sortie_verify_{}", std::process::id());
    let mut connection = AnyConnection::Postgres(connect(dsn)?);
    let outcome = connection.transaction::<(), Back, _>(|connection| {
        connection.batch_execute(LONG)?;
        connection.batch_execute(&format!("CREATE SCHEMA {schema}; SET LOCAL search_path TO {schema};"))?;
        Err(Back::Proved(build(connection, found, &copy, listener)?))
    });
    match outcome {
        Err(Back::Proved(proof)) => Ok(proof),
        Err(Back::Failed(error)) => Err(error),
        Ok(()) => Err(BackupError::Unfit("the trial was not rolled back".to_owned())),
    }
}

/// Puts the backup in the place of what the database holds, which is kept in a schema of its own.
pub(super) fn restore(
    dsn: &str,
    found: &Found,
    change: &Change,
    scratch: &Path,
    listener: Listener<'_>,
) -> Result<Restored, BackupError> {
    let mut passing = Passing::default();
    let copy = copied(found, scratch, &mut passing, listener)?;
    let mut connection = AnyConnection::Postgres(connect(dsn)?);
    let (kept, incarnation) = connection.transaction::<_, BackupError, _>(|connection| {
        connection.batch_execute(LONG)?;
        // A server that starts meanwhile waits here until all of it is there.
        connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK});"))?;
        let kept = aside::put(server(connection)?, change.at)?;
        build(connection, found, &copy, listener)?;
        Ok((kept, apply::restored(connection, change)?))
    })?;
    Ok(Restored { manifest: found.manifest.clone(), kept, incarnation })
}

/// Reads the backup into an empty schema, brings it up to date, and proves it on the way.
fn build(
    connection: &mut AnyConnection,
    found: &Found,
    copy: &Path,
    listener: Listener<'_>,
) -> Result<Proof, BackupError> {
    let manifest = &found.manifest;
    let server = server(connection)?;
    migrate::postgres_as(server, &manifest.schema)?;
    load::read(server, copy, listener)?;
    let names = ours(server)?;
    let content = check::content(server, "postgres", names)?;
    check::compare(&content, manifest)?;
    let pending = migrate::pending_postgres(server)?.len();
    migrate::postgres(server)?;
    // Its signatures need keys that are not in a backup: `sortie audit verify` looks at them.
    if let Some(finding) = chain::walk(connection, None)?.findings.first() {
        return Err(BackupError::Damaged(format!("the audit is not what was sealed: {finding}")));
    }
    Ok(Proof { tables: content.tables.len(), rows: content.tables.values().sum(), pending })
}

/// A copy of the backup's file of which every byte is what was written.
fn copied(
    found: &Found,
    scratch: &Path,
    passing: &mut Passing,
    listener: Listener<'_>,
) -> Result<PathBuf, BackupError> {
    if found.manifest.database != "postgres" {
        let kind = &found.manifest.database;
        return Err(BackupError::Unfit(format!("{} is a backup of {kind}, not of PostgreSQL", found.manifest.name)));
    }
    let main = found.manifest.main_piece()?;
    let copy = scratch.join(format!(".{}.checked", found.manifest.name));
    passing.add(copy.clone())?;
    piece::copy(found.shelf.as_ref(), main, &copy, "checking", listener)?;
    Ok(copy)
}

fn server(connection: &mut AnyConnection) -> Result<&mut PgConnection, BackupError> {
    match connection {
        AnyConnection::Postgres(server) => Ok(server),
        AnyConnection::Sqlite(_) => Err(BackupError::Unfit("this is no PostgreSQL".to_owned())),
    }
}

/// The tables of ours in the schema: those that migrations make, and what an older system left. Others are welcome beside
/// them, and none of our business.
fn ours(connection: &mut PgConnection) -> Result<Vec<String>, BackupError> {
    let known: HashSet<_> = migrate::our_tables()?.iter().map(|it| it.to_lowercase()).collect();
    let mut names = connection.tables()?;
    names.retain(|it| known.contains(&it.to_lowercase()) || it.starts_with(LEGACY));
    Ok(names)
}

/// A name as SQL takes it literally.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
