use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};

use super::*;

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn start(folder: &tempfile::TempDir) -> (String, Writer) {
    let path = folder.path().join("a.db").to_str().unwrap().to_owned();
    let mut connection = connect(&path).unwrap();
    pragmas::prepare_writer(&mut connection).unwrap();
    connection.batch_execute("CREATE TABLE t (n INTEGER PRIMARY KEY)").unwrap();
    (path.clone(), Writer::start(path, connection).unwrap())
}

fn insert(connection: &mut AnyConnection, n: i64) -> Result<(), Failure> {
    sql_query("INSERT INTO t VALUES ($1)").bind::<BigInt, _>(n).execute(connection)?;
    Ok(())
}

fn count(path: &str) -> i64 {
    let mut connection = connect(path).unwrap();
    sql_query("SELECT count(*) AS count FROM t").get_result::<Count>(&mut connection).unwrap().count
}

/// Jobs that wait while the first one holds the thread end up in one group with it.
#[tokio::test]
async fn a_failing_and_a_panicking_job_leave_the_rest_of_their_group_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = start(&folder);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = writer.run(move |connection| {
        insert(connection, 1)?;
        // The other three are queued by then.
        wait.recv_timeout(Duration::from_secs(10)).unwrap();
        Ok(())
    });
    let failing = writer.run(|connection| {
        insert(connection, 2)?;
        insert(connection, 1)
    });
    let panicking = writer.run(|connection| {
        insert(connection, 3)?;
        assert_eq!(count_here(connection), 2, "a failed job leaves nothing");
        panic!("on purpose")
    });
    let last = writer.run(|connection| insert(connection, 4));
    let release = async {
        while lock(&writer.queue).as_ref().unwrap().capacity() > QUEUE - 3 {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
    };
    let (first, failing, panicking, last, ()): (_, _, Result<(), _>, _, _) =
        tokio::join!(first, failing, panicking, last, release);
    first.unwrap();
    assert!(matches!(failing, Err(Failure::Query(_))), "{failing:?}");
    assert!(matches!(panicking, Err(Failure::Panicked)), "{panicking:?}");
    last.unwrap();
    assert_eq!(count(&path), 2);
}

fn count_here(connection: &mut AnyConnection) -> i64 {
    sql_query("SELECT count(*) AS count FROM t").get_result::<Count>(connection).unwrap().count
}

/// A job that ends the transaction itself makes the commit fail, as a full disk would.
#[tokio::test]
async fn nobody_is_told_of_success_when_the_group_is_lost_and_the_next_group_works_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = start(&folder);
    let lost = writer
        .run(|connection| {
            insert(connection, 1)?;
            connection.batch_execute("ROLLBACK")?;
            Ok(())
        })
        .await;
    assert!(matches!(lost, Err(Failure::Unavailable(_))), "{lost:?}");
    writer.run(|connection| insert(connection, 2)).await.unwrap();
    assert_eq!(count(&path), 1);
}

#[tokio::test]
async fn a_closed_writer_answers_that_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = start(&folder);
    writer.run(|connection| insert(connection, 1)).await.unwrap();
    writer.close();
    let late = writer.run(|connection| insert(connection, 2)).await;
    assert!(matches!(late, Err(Failure::Unavailable(_))), "{late:?}");
    assert_eq!(count(&path), 1);
}
