//! What is asked of a database before it counts as whole.

use std::collections::BTreeMap;

use diesel::{
    PgConnection, QueryResult, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::{BackupError, Manifest, manifest::Content};
use crate::{
    error::OpenError,
    migrate::{self, Dialect},
};

/// What was found to be true of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How many tables were counted.
    pub tables: usize,
    /// How many rows they have.
    pub rows: u64,
    /// How many migrations this version would apply on top.
    pub pending: usize,
}

#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = Nullable<Text>)]
    word: Option<String>,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(diesel::QueryableByName)]
struct Installation {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    incarnation: i64,
}

/// Checks pages, indexes and foreign keys, and reads what there is.
pub(super) fn sqlite(connection: &mut SqliteConnection) -> Result<Content, BackupError> {
    let words = sql_query("SELECT integrity_check AS word FROM pragma_integrity_check").load::<Word>(connection)?;
    let first = words.into_iter().next().and_then(|it| it.word).unwrap_or_default();
    if first != "ok" {
        return Err(BackupError::Damaged(format!("the integrity check says: {first}")));
    }
    let broken =
        sql_query("SELECT \"table\" AS word FROM pragma_foreign_key_check LIMIT 1").load::<Word>(connection)?;
    if let Some(table) = broken.into_iter().next().and_then(|it| it.word) {
        return Err(BackupError::Damaged(format!("the table {table} refers to rows that are not there")));
    }
    let names = connection.tables()?;
    content(connection, "sqlite", names)
}

/// Reads what there is in these tables. Fails on a database that is not one of ours.
pub(super) fn content<C>(connection: &mut C, database: &'static str, names: Vec<String>) -> Result<Content, BackupError>
where
    C: Dialect + Reads,
{
    if !names.iter().any(|it| it == "installation") {
        return Err(OpenError::File("it is not a database of Sortie".to_owned()).into());
    }
    let schema = connection.applied()?.into_iter().map(|it| it.version).collect();
    let (installation, incarnation) = connection.identity()?;
    let mut tables = BTreeMap::new();
    for name in names {
        let rows = connection.count(&format!("SELECT count(*) AS count FROM \"{}\"", name.replace('"', "\"\"")))?;
        tables.insert(name, u64::try_from(rows).unwrap_or(0));
    }
    Ok(Content { database, installation, incarnation, schema, tables })
}

/// Two questions that both databases answer alike.
pub(super) trait Reads {
    fn identity(&mut self) -> QueryResult<(String, i64)>;
    fn count(&mut self, query: &str) -> QueryResult<i64>;
}

impl Reads for SqliteConnection {
    fn identity(&mut self) -> QueryResult<(String, i64)> {
        let it: Installation = sql_query("SELECT id, incarnation FROM installation").get_result(self)?;
        Ok((it.id, it.incarnation))
    }

    fn count(&mut self, query: &str) -> QueryResult<i64> {
        Ok(sql_query(query).get_result::<Count>(self)?.count)
    }
}

impl Reads for PgConnection {
    fn identity(&mut self) -> QueryResult<(String, i64)> {
        let it: Installation = sql_query("SELECT id, incarnation FROM installation").get_result(self)?;
        Ok((it.id, it.incarnation))
    }

    fn count(&mut self, query: &str) -> QueryResult<i64> {
        Ok(sql_query(query).get_result::<Count>(self)?.count)
    }
}

/// Compares what is there with what the manifest says.
pub(super) fn compare(content: &Content, manifest: &Manifest) -> Result<(), BackupError> {
    let differs = |what: &str| BackupError::Damaged(format!("{what} differ from the manifest's"));
    if content.schema != manifest.schema {
        return Err(differs("the migrations"));
    }
    if (&content.installation, content.incarnation) != (&manifest.installation, manifest.incarnation) {
        return Err(differs("the installation and its incarnation"));
    }
    if let Some((table, _)) = manifest.tables.iter().find(|(name, rows)| content.tables.get(*name) != Some(rows)) {
        return Err(differs(&format!("the rows of {table}")));
    }
    if content.tables.len() != manifest.tables.len() {
        return Err(differs("the tables"));
    }
    Ok(())
}

/// Everything that is asked of a SQLite copy: it is whole, it is what the manifest says, and this version can serve it.
pub(super) fn prove(connection: &mut SqliteConnection, manifest: &Manifest) -> Result<Proof, BackupError> {
    let content = sqlite(connection)?;
    compare(&content, manifest)?;
    let pending = migrate::pending_sqlite(connection)?.len();
    Ok(Proof { tables: content.tables.len(), rows: content.tables.values().sum(), pending })
}
