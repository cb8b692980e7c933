//! The store against its real partners: SQLite files and a PostgreSQL server.

mod adopt;
mod backend;
mod backup;
mod contract;
mod depth;
mod durability;
mod example;
mod hints;
mod pooler;
mod postgres;
mod schema;
mod seals;
mod sqlite;
mod tls;
mod transitions;
