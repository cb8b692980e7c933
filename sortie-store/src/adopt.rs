//! Databases of the predecessors: recognised, and brought to today's schema without losing a row.
//!
//! All of it is one transaction: old tables are set aside, today's schema is made, every row is turned and inserted, and what
//! was inserted is counted. What fails leaves the database as it was. What has no place today stays in its old table, whose
//! name then begins with `legacy_`; every value that could not be taken over as it was stands in `adoption_notes`.

mod convert;
mod form;
pub(crate) mod instant;
mod report;
mod row;
mod sqlite;
mod work;

pub use form::Form;
pub(crate) use form::LEGACY;
pub use report::{AdoptedTable, Adoption, AdoptionNote};
pub(crate) use sqlite::adopt as adopt_file;
pub(crate) use work::{NOTES, NOTES_TABLE};

use diesel::{PgConnection, SqliteConnection};
use tracing::{info, warn};

use crate::{bulk::Engine, error::OpenError, migrate};

/// Tells whether a database without our mark is a predecessor's.
pub(crate) fn form<E: Known>(connection: &mut E) -> Result<Option<Form>, OpenError> {
    let layout = connection.layout()?;
    if layout.contains_key(migrate::MARK) || !form::is_theirs(&layout) {
        return Ok(None);
    }
    let ours = migrate::our_tables()?;
    let ours: Vec<_> = ours.into_iter().filter(|it| !form::KNOWN.iter().any(|(name, _)| name == it)).collect();
    form::recognise(&layout, &ours).map(Some).map_err(|why| OpenError::Odd { database: "the database".to_owned(), why })
}

/// What adopting it would do; `None` for a database that is none of theirs. Changes nothing.
pub(crate) fn survey<E: Known>(connection: &mut E) -> Result<Option<Adoption>, OpenError> {
    connection.transaction(|connection| {
        let form = form(connection)?;
        form.map(|it| work::survey(connection, it)).transpose()
    })
}

/// Adopts the server's database if it is a predecessor's. To be called in the transaction that holds the lock.
pub(crate) fn adopt_server(connection: &mut PgConnection) -> Result<(), OpenError> {
    if let Some(form) = form(connection)? {
        let adoption = work::perform(connection, form)?;
        tell(&adoption);
    }
    Ok(())
}

/// The databases that can be adopted.
pub(crate) trait Known: Engine {}
impl Known for SqliteConnection {}
impl Known for PgConnection {}

fn tell(adoption: &Adoption) {
    let copy = adoption.copy.as_ref().map(|it| it.display().to_string());
    info!(written_by = %adoption.form, copy, "Database of an older system taken over");
    for table in &adoption.tables {
        let stays_as = table.stays_as.as_deref();
        info!(table = %table.name, rows = table.rows, taken_over = table.kept, over = table.over, stays_as, "Table taken over");
    }
    if !adoption.notes.is_empty() {
        warn!(
            notes = adoption.notes.len(),
            "Some values are not as they were, or break a rule of today; the table adoption_notes lists them"
        );
    }
}
