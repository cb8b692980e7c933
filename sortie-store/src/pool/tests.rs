use diesel::{
    RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use sortie_testkit::postgres::Cluster;

use super::*;

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

fn pool(folder: &tempfile::TempDir) -> Pool {
    let path = folder.path().join("a.db").to_str().unwrap().to_owned();
    sqlite::pragmas::prepare_writer(&mut sqlite::connect(&path).unwrap()).unwrap();
    Pool::open(Target::Sqlite(path), sqlite::READERS, sqlite::READERS, None).unwrap()
}

#[test]
fn every_reader_has_the_state_that_the_rules_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    pool(&folder).each(|connection| {
        let mut number = |pragma: &str| {
            let text = format!("SELECT {pragma} AS value FROM pragma_{pragma}");
            sql_query(text).get_result::<Number>(connection).unwrap().value
        };
        // `FULL` is 2; the timeout is in milliseconds and its column has a name of its own.
        assert_eq!((number("foreign_keys"), number("synchronous"), number("query_only")), (1, 2, 1));
        let timeout = sql_query("SELECT timeout AS value FROM pragma_busy_timeout").get_result::<Number>(connection);
        assert_eq!(timeout.unwrap().value, 5_000);
        let mode = sql_query("SELECT journal_mode AS value FROM pragma_journal_mode").get_result::<Word>(connection);
        assert_eq!(mode.unwrap().value, "wal");
        assert!(connection.batch_execute("CREATE TABLE t (n)").is_err(), "a reader can write");
        seen += 1;
    });
    assert_eq!(seen, sqlite::READERS);
}

#[test]
fn every_connection_to_a_server_has_the_limits_that_the_rules_ask_for() {
    const SIZE: u32 = 3;
    let dsn = Cluster::shared().empty_database().unwrap();
    let pool = Pool::open(Target::Postgres { dsn: postgres::complete(&dsn), is_pooled: false }, SIZE, 1, None).unwrap();
    let mut seen = 0;
    pool.each(|connection| {
        let mut setting = |name: &str| {
            let text = format!("SELECT current_setting('{name}') AS value");
            sql_query(text).get_result::<Word>(connection).unwrap().value
        };
        assert_eq!((setting("statement_timeout"), setting("lock_timeout")), ("5s".to_owned(), "2s".to_owned()));
        assert_eq!(setting("idle_in_transaction_session_timeout"), "10s");
        assert_eq!((setting("TimeZone"), setting("application_name")), ("UTC".to_owned(), "sortie".to_owned()));
        seen += 1;
    });
    assert_eq!(seen, SIZE);
}

#[tokio::test]
async fn whoever_comes_while_every_connection_is_busy_is_told_so_within_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let pool = Arc::new(pool(&folder));
    let (started, mut starts) = tokio::sync::mpsc::unbounded_channel();
    let mut holders = Vec::new();
    let mut ends = Vec::new();
    for _ in 0..sqlite::READERS {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        ends.push(end);
        let (pool, started) = (Arc::clone(&pool), started.clone());
        holders.push(tokio::spawn(async move {
            pool.run(move |_| {
                started.send(()).unwrap();
                // Ends when the test drops the other side.
                let _ = ended.recv();
                Ok(())
            })
            .await
        }));
    }
    for _ in 0..sqlite::READERS {
        starts.recv().await.unwrap();
    }
    let asked = std::time::Instant::now();
    let late = pool.run(|_| Ok(())).await;
    assert!(matches!(late, Err(Failure::Unavailable(_))), "{late:?}");
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    drop(ends);
    for holder in holders {
        holder.await.unwrap().unwrap();
    }
    pool.run(|_| Ok(())).await.unwrap();
}

#[tokio::test]
async fn a_job_that_panics_costs_its_own_answer_only() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool(&folder);
    for _ in 0..2 * sqlite::READERS {
        let result: Result<(), _> = pool.run(|_| panic!("on purpose")).await;
        assert!(matches!(result, Err(Failure::Panicked)), "{result:?}");
    }
    pool.run(|_| Ok(())).await.unwrap();
}
