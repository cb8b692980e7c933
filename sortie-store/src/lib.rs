//! The Diesel repository of Sortie on SQLite and PostgreSQL.
//!
//! **Owns** the schema, its migrations, the rows and the queries; the one writer of a SQLite file; the pool and the time
//! limits of PostgreSQL. Every change is written together with its audit entry, its events and its epoch, or not at all.
//!
//! **May not know** who may do what, what goes over the wire, the environment, or the clock: times are arguments, and the
//! time of leases is the database's.

mod adopt;
pub mod backup;
mod bulk;
pub mod chain;
mod connection;
pub mod copy;
mod cursor;
mod dialect;
mod error;
mod migrate;
mod moment;
#[cfg(test)]
mod plans;
mod pool;
mod port;
mod postgres;
mod row;
mod schema;
mod settings;
mod shell;
mod sqlite;
mod store;

pub use adopt::{AdoptedTable, Adoption, AdoptionNote, Form};
pub use error::OpenError;
pub use settings::{Database, Settings};
pub use shell::{Shell, ShellError, ShellOptions};
pub use store::Store;
