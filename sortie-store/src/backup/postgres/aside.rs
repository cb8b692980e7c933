//! Making room for a restore: nobody else may be working, and what is there is kept in a schema of its own.

use diesel::{
    PgConnection, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Array, Text},
};
use sortie_core::time::Timestamp;

use super::{
    super::{BackupError, name},
    ours, quoted,
};
use crate::{
    migrate::{self, Dialect},
    postgres,
};

#[derive(diesel::QueryableByName)]
struct Function {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Moves what is there into a schema of its own; answers its name, or `None` where nothing was there.
pub(super) fn put(connection: &mut PgConnection, at: Timestamp) -> Result<Option<String>, BackupError> {
    postgres::refuse_live(connection)?;
    let there = connection.tables()?;
    if !there.iter().any(|it| it == "installation") {
        // Others' tables may stay; what looks like an older system's, or like ours and is not, may not.
        migrate::pending_postgres(connection)?;
        if let Some(table) = ours(connection)?.first() {
            return Err(BackupError::Unfit(format!(
                "the database holds tables of an older system (for example {table}); restore to an empty one"
            )));
        }
        return Ok(None);
    }
    let schema = format!("sortie_before_restore_{}", name::stamp(at).replace('-', "_"));
    let mut names = ours(connection)?;
    names.extend(there.into_iter().filter(|it| it == migrate::DIESEL));
    let functions: Vec<Function> = sql_query(
        "SELECT DISTINCT tgfoid::regprocedure::text AS name FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid \
         WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND relname = ANY($1)",
    )
    .bind::<Array<Text>, _>(&names)
    .load(connection)?;
    connection.batch_execute(&format!("CREATE SCHEMA {schema}"))?;
    for name in &names {
        connection.batch_execute(&format!("ALTER TABLE {} SET SCHEMA {schema}", quoted(name)))?;
    }
    for Function { name } in &functions {
        connection.batch_execute(&format!("ALTER FUNCTION {name} SET SCHEMA {schema}"))?;
    }
    Ok(Some(schema))
}
