//! Bringing a schema up to date, and refusing what cannot be served.

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, SqliteConnection, backend::Backend,
    connection::SimpleConnection, migration::MigrationSource, pg::Pg, sql_query, sql_types::Text, sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tracing::info;

use crate::{adopt, error::OpenError, sqlite};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Made by our first migration: a database with tables but without this one is not ours.
pub(crate) const MARK: &str = "schema_compatibility";
/// Diesel's own list of what was applied; it may exist before the first migration was.
pub(crate) const DIESEL: &str = "__diesel_schema_migrations";

/// Brings a file up to date in the order of the migrations.
///
/// Foreign keys are off meanwhile: a table that is rebuilt would take its children with it, and inside a transaction the
/// setting is ignored. Before each commit the keys are checked instead.
pub(crate) fn sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let pending = pending(connection, &SQLITE)?;
    if pending.is_empty() {
        return Ok(());
    }
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    let result = run(connection, &SQLITE, &pending, |connection| {
        let broken =
            sql_query("SELECT \"table\" AS name FROM pragma_foreign_key_check LIMIT 1").load::<Name>(connection)?;
        Ok(broken.into_iter().next().map(|it| it.name))
    });
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    result
}

/// Brings a server's schema up to date. The caller holds the lock.
pub(crate) fn postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    let pending = pending(connection, &POSTGRES)?;
    run(connection, &POSTGRES, &pending, |_| Ok(None))
}

/// Gives an empty schema exactly these migrations, in the caller's transaction.
pub(crate) fn postgres_as(connection: &mut PgConnection, versions: &[String]) -> Result<(), OpenError> {
    let known = known::<Pg>(&POSTGRES)?;
    if let Some(newer) = versions.iter().find(|it| !known.contains(it)) {
        return Err(OpenError::Newer { found: newer.clone(), needed: newer.clone() });
    }
    run(connection, &POSTGRES, versions, |_| Ok(None))
}

/// Applies every migration in the caller's transaction, to a file that has none.
pub(crate) fn all_sqlite(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let all = known::<Sqlite>(&SQLITE)?;
    run(connection, &SQLITE, &all, |_| Ok(None))
}

/// The same for a server's schema.
pub(crate) fn all_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    let all = known::<Pg>(&POSTGRES)?;
    run(connection, &POSTGRES, &all, |_| Ok(None))
}

/// The tables that the migrations make.
pub(crate) fn our_tables() -> Result<Vec<String>, OpenError> {
    Ok(our_schema()?.tables()?.into_iter().filter(|it| it != DIESEL).collect())
}

/// An empty database of today, for looking at.
pub(crate) fn our_schema() -> Result<SqliteConnection, OpenError> {
    let mut nothing = sqlite::connect(":memory:")?;
    nothing.run_pending_migrations(SQLITE).map_err(|error| OpenError::Migration(error.to_string()))?;
    Ok(nothing)
}

/// Fails unless exactly the migrations that this version knows were applied. Changes nothing.
pub(crate) fn refuse_other<C: Dialect>(connection: &mut C) -> Result<(), OpenError> {
    let known = known::<Sqlite>(&SQLITE)?;
    let is_ours = connection.tables()?.iter().any(|it| it == MARK);
    let applied: Vec<_> =
        if is_ours { connection.applied()?.into_iter().map(|it| it.version).collect() } else { Vec::new() };
    let side = |it: &String| known.last().is_some_and(|newest| it > newest);
    if applied == known {
        Ok(())
    } else if applied.iter().any(side) {
        Err(OpenError::Copy("a newer version wrote to the source; copy it with that version".to_owned()))
    } else {
        Err(OpenError::Copy("the source has not today's schema; run `sortie migrate` on it first".to_owned()))
    }
}

/// The names of a file's missing migrations, oldest first.
pub(crate) fn pending_sqlite(connection: &mut SqliteConnection) -> Result<Vec<String>, OpenError> {
    pending(connection, &SQLITE)
}

/// The names of a server's missing migrations, oldest first.
pub(crate) fn pending_postgres(connection: &mut PgConnection) -> Result<Vec<String>, OpenError> {
    pending(connection, &POSTGRES)
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// One migration that was applied.
#[derive(diesel::QueryableByName)]
pub(crate) struct Applied {
    #[diesel(sql_type = Text)]
    pub(crate) version: String,
    #[diesel(sql_type = Text)]
    serves_from: String,
}

/// What differs between the dialects when a schema is looked at without changing it.
pub(crate) trait Dialect: Connection {
    /// The tables of the database (or of its schema), without the database's own.
    fn tables(&mut self) -> QueryResult<Vec<String>>;
    /// What was applied, oldest first.
    fn applied(&mut self) -> QueryResult<Vec<Applied>>;
    /// Whether any table at all makes a database without our mark a foreign one, or only one of a name of ours.
    const ALONE: bool;
}

const APPLIED: &str = "SELECT version, serves_from FROM schema_compatibility ORDER BY version";

impl Dialect for SqliteConnection {
    const ALONE: bool = true;

    fn tables(&mut self) -> QueryResult<Vec<String>> {
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
                    ORDER BY name";
        Ok(sql_query(text).load::<Name>(self)?.into_iter().map(|it| it.name).collect())
    }

    fn applied(&mut self) -> QueryResult<Vec<Applied>> {
        sql_query(APPLIED).load(self)
    }
}

impl Dialect for PgConnection {
    const ALONE: bool = false;

    fn tables(&mut self) -> QueryResult<Vec<String>> {
        let text = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
        Ok(sql_query(text).load::<Name>(self)?.into_iter().map(|it| it.name).collect())
    }

    fn applied(&mut self) -> QueryResult<Vec<Applied>> {
        sql_query(APPLIED).load(self)
    }
}

/// Names that no database without our mark may hold where other tables are welcome.
const OURS: [&str; 8] =
    ["applications", "sessions", "audit_log", "analytics", "users", "settings", "tenants", "workspaces"];

/// What is missing: everything for a predecessor's database; an error for a foreign one and for one that is too new. Writes nothing.
fn pending<C, DB>(connection: &mut C, source: &EmbeddedMigrations) -> Result<Vec<String>, OpenError>
where
    C: Dialect<Backend = DB> + adopt::Known,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let tables = connection.tables()?;
    let applied = if tables.iter().any(|it| it == MARK) {
        connection.applied()?
    } else {
        let foreign = |it: &&String| *it != DIESEL && (C::ALONE || OURS.contains(&it.as_str()));
        if let Some(table) = tables.iter().find(foreign)
            && adopt::form(connection)?.is_none()
        {
            return Err(OpenError::Foreign { database: "the database".to_owned(), table: table.clone() });
        }
        Vec::new()
    };
    let known = known(source)?;
    refuse_newer(&applied, &known)?;
    Ok(known.into_iter().filter(|it| !applied.iter().any(|row| row.version == *it)).collect())
}

/// The versions of our migrations, oldest first.
fn known<DB: Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, OpenError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations =
        MigrationSource::<DB>::migrations(source).map_err(|error| OpenError::Migration(error.to_string()))?;
    let mut versions: Vec<_> = migrations.iter().map(|it| it.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// A newer schema is served as long as its migrations say that ours is new enough: so that a rollback works.
fn refuse_newer(applied: &[Applied], known: &[String]) -> Result<(), OpenError> {
    let Some(newest) = known.last() else { return Ok(()) };
    let too_new = applied.iter().filter(|it| it.version > *newest && it.serves_from > *newest);
    match too_new.max_by(|a, b| a.serves_from.cmp(&b.serves_from)) {
        None => Ok(()),
        Some(row) => Err(OpenError::Newer { found: row.version.clone(), needed: row.serves_from.clone() }),
    }
}

/// Applies the pending migrations, each in a transaction of its own that `check` may still refuse with a table's name.
fn run<C, DB>(
    connection: &mut C,
    source: &EmbeddedMigrations,
    pending: &[String],
    check: impl Fn(&mut C) -> QueryResult<Option<String>>,
) -> Result<(), OpenError>
where
    C: MigrationHarness<DB> + Connection<Backend = DB>,
    DB: Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migration(error.to_string());
    let mut migrations = MigrationSource::<DB>::migrations(source).map_err(failed)?;
    migrations.sort_by_key(|it| it.name().version().to_string());
    // Diesel makes its own table on the way to this answer; its list is the same as ours.
    connection.applied_migrations().map_err(failed)?;
    for migration in migrations {
        let version = migration.name().version().to_string();
        if !pending.contains(&version) {
            continue;
        }
        connection.transaction::<_, OpenError, _>(|connection| {
            connection.run_migration(&migration).map_err(failed)?;
            match check(connection)? {
                None => Ok(()),
                Some(table) => Err(OpenError::Migration(format!("{version} breaks foreign keys of {table}"))),
            }
        })?;
        info!(migration = %migration.name(), "Migration applied");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(version: &str, serves_from: &str) -> Applied {
        Applied { version: version.to_owned(), serves_from: serves_from.to_owned() }
    }

    #[test]
    fn a_newer_schema_is_served_down_to_its_mark_and_refused_below() {
        let known = ["1".to_owned(), "2".to_owned()];
        assert!(refuse_newer(&[applied("2", "2"), applied("3", "2")], &known).is_ok());
        assert!(matches!(refuse_newer(&[applied("3", "3")], &known), Err(OpenError::Newer { .. })));
    }

    #[test]
    fn both_dialects_have_the_same_migrations() {
        let names = |versions: Result<Vec<String>, OpenError>| versions.unwrap();
        assert_eq!(names(known::<Sqlite>(&SQLITE)), names(known::<Pg>(&POSTGRES)));
    }
}
