//! Flows through the real binary.
//!
//! **Owns** the tests below `tests/it`: each starts the built `sortie` on a folder, a database and a port of its own, and
//! judges it by what a browser, a program, an operator and `/proc` see.
//!
//! **May not know** anything inside the server: there is nothing here that another implementation would not pass, too.
//! The one exception is the folder of a workload, which tells which processes and which home belong to a session.
