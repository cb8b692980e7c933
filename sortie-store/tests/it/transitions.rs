//! The session machine once more, in the database itself: what no code of ours asks for is refused there too.

use anyhow::Result;
use sortie_core::session::Reason;
use sortie_core::session::{SessionEvent, Status, apply};
use sortie_testkit::postgres::Cluster;

use crate::{backend, schema::sqlite3};

/// A database to which SQL can be said.
trait Sql {
    fn run(&self, sql: &str) -> Result<String>;
}

impl Sql for backend::File {
    fn run(&self, sql: &str) -> Result<String> {
        sqlite3(&self.path, sql)
    }
}

impl Sql for backend::Server {
    fn run(&self, sql: &str) -> Result<String> {
        Cluster::shared().query(&self.dsn, sql)
    }
}

const AT: &str = "'2026-01-02 03:04:05.000006'";

/// The columns that belong to a status.
fn assignments(status: Status) -> String {
    let name = status.name();
    if status.is_final() {
        format!("status = '{name}', started_at = {AT}, ended_at = {AT}, reason = 'app_exited'")
    } else {
        format!("status = '{name}', started_at = {AT}, ended_at = NULL, reason = NULL")
    }
}

fn insert(sql: &impl Sql, id: &str, status: Status) -> Result<()> {
    let (ended, reason) = if status.is_final() { (AT, "'app_exited'") } else { ("NULL", "NULL") };
    sql.run(&format!(
        "INSERT INTO sessions (id, user_id, app_id, status, created_at, updated_at, phase_since, place_id, started_at, \
         ended_at, reason) VALUES ('{id}', 'u', 'a', '{}', {AT}, {AT}, {AT}, 'p', {AT}, {ended}, {reason})",
        status.name()
    ))?;
    Ok(())
}

/// Whether the domain knows a move between two statuses.
fn is_legal(from: Status, to: Status) -> bool {
    let events = [
        SessionEvent::BecameReady { name: String::new(), address: None },
        SessionEvent::Stop(Reason::StoppedByUser),
        SessionEvent::Expire(Reason::IdleTimeout),
        SessionEvent::Fail { reason: Reason::AppExited, detail: String::new(), output: Vec::new() },
    ];
    from == to || events.into_iter().any(|event| apply(from, event).is_ok_and(|it| it.to() == to))
}

fn check_moves(sql: &impl Sql) -> Result<()> {
    for from in Status::ALL {
        for to in Status::ALL {
            let id = format!("{from}-{to}");
            insert(sql, &id, from)?;
            let moved = sql.run(&format!("UPDATE sessions SET {} WHERE id = '{id}'", assignments(to)));
            assert_eq!(moved.is_ok(), is_legal(from, to), "{from} to {to}: {moved:?}");
        }
    }
    Ok(())
}

fn check_columns(sql: &impl Sql) -> Result<()> {
    insert(sql, "s", Status::Running)?;
    for broken in [
        "status = 'pending'",
        "status = 'stopped'",
        &format!("status = 'stopped', ended_at = {AT}"),
        "status = 'stopped', reason = 'stopped_by_user'",
        &format!("ended_at = {AT}, reason = 'app_exited'"),
        "started_at = NULL",
        &format!("released_at = {AT}"),
    ] {
        let updated = sql.run(&format!("UPDATE sessions SET {broken} WHERE id = 's'"));
        assert!(updated.is_err(), "{broken} was accepted");
    }
    sql.run(&format!("UPDATE sessions SET {}, released_at = {AT} WHERE id = 's'", assignments(Status::Failed)))?;
    assert!(sql.run("UPDATE sessions SET released_at = NULL WHERE id = 's'").is_err(), "a release was taken back");
    Ok(())
}

#[test]
fn sqlite_allows_exactly_the_moves_of_the_domain() -> Result<()> {
    check_moves(&backend::sqlite()?)
}

#[test]
fn postgres_allows_exactly_the_moves_of_the_domain() -> Result<()> {
    check_moves(&backend::postgres()?)
}

#[test]
fn sqlite_refuses_columns_that_do_not_fit_the_status() -> Result<()> {
    check_columns(&backend::sqlite()?)
}

#[test]
fn postgres_refuses_columns_that_do_not_fit_the_status() -> Result<()> {
    check_columns(&backend::postgres()?)
}
