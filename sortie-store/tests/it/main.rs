//! The store against its real partners: SQLite files and a PostgreSQL server.

mod adopt;
mod adopt_services;
mod backend;
mod backup;
mod backup_postgres;
mod contract;
mod copy;
#[cfg(test)]
mod damage;
mod depth;
mod durability;
mod example;
#[cfg(test)]
mod forward;
mod hints;
mod pooler;
mod postgres;
mod schema;
mod seals;
mod sqlite;
mod stale;
mod tls;
mod transitions;
#[cfg(test)]
mod writers;
