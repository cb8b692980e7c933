//! The server's own schedule with objects: made, counted, kept by the rule, and what was given up goes.

use std::{fs, path::Path};

use anyhow::Result;
use sortie_core::{port::Backups, retention::Retention, time::Timestamp};
use sortie_store::{
    Database, Settings, Store,
    backup::{Destination, Keeper, list},
};
use sortie_testkit::objects::{ObjectServer, SECRET};

const NOW: i64 = 1_795_263_859_000_000;
const DAY: i64 = 86_400_000_000;

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_keeps_backups_as_objects_and_leaves_no_scratch_and_nothing_that_was_given_up() -> Result<()> {
    let Some(server) = ObjectServer::start()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let settings = Settings { database: Database::Sqlite { path: folder.path().join("a.db") } };
    Store::open(settings.clone())?.close();
    let shelf = super::shelf_of(&server, "s3://backups/sortie", SECRET)?;
    let keeper = Keeper::new(settings, Destination::Shelf(shelf.clone()), folder.path().to_owned());
    assert_eq!(keeper.newest().await?, None);
    // What others lay there; what a killed server began two days ago, and what one begins now.
    let bucket = server.bucket().join("sortie");
    fs::create_dir_all(&bucket)?;
    for name in [
        "sortie-20261101-000000.db",
        "notes.txt",
        "sortie-20261119-000000.json",
        "sortie-20261119-000000.db",
        "sortie-20261121-120000.json",
    ] {
        fs::write(bucket.join(name), "x")?;
    }
    for day in [2, 1, 0, 0] {
        keeper.make(Timestamp::from_micros(NOW - day * DAY)).await?;
    }
    let removed = keeper.prune(Retention { last: 2, daily: 0, weekly: 0 }).await?;
    assert_eq!(removed, ["sortie-20261119-122419", "sortie-20261120-122419"]);
    let kept: Vec<_> = ["122419", "122420"]
        .iter()
        .flat_map(|at| ["db", "json", "sha256"].map(|ending| format!("sortie-20261121-{at}.{ending}")))
        .collect();
    let others = ["notes.txt", "sortie-20261101-000000.db", "sortie-20261121-120000.json"].map(str::to_owned);
    let mut expected: Vec<_> = kept.into_iter().chain(others).collect();
    expected.sort();
    assert_eq!(names(&bucket)?, expected);
    assert_eq!(keeper.newest().await?, Some(Timestamp::from_micros(NOW + 1_000_000)), "the second one of one second");
    assert_eq!(tokio::task::spawn_blocking(move || list(shelf.as_ref())).await??.len(), 2);
    assert_eq!(names(&folder.path().join(".sortie-backup"))?, [".sortie-backup.lock"], "no scratch is left");
    Ok(())
}
