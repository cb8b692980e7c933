//! Backups one after the other, by a command in the foreground.

use std::{
    fs,
    process::Child,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    backup::{does, fails, with_ann},
    harness::{wait_for, world::World},
};

const SOON: Duration = Duration::from_mins(1);

/// Asks it to end; answers whether it ended well, and in time.
async fn ended(mut child: Child) -> bool {
    kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        assert!(begun.elapsed() < SOON, "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn backups_are_made_one_after_the_other_until_somebody_asks_for_the_end() {
    for world in [World::sqlite(), World::postgres()] {
        let (_server, admin) = with_ann(&world).await;
        let folder = world.folder().join("copies");
        let to = folder.display().to_string();
        let keep = ["--keep-last", "2", "--keep-daily", "0", "--keep-weekly", "0"];
        let child = world.begin(&[&["backup", "--every", "1s", "--to", &to][..], &keep].concat());
        let count = |action: &'static str| {
            let admin = &admin;
            async move { admin.get(&format!("/api/audit?action={action}")).await.json()["total"].as_u64().unwrap() }
        };
        wait_for(SOON, "four backups, and the removal of two", || async {
            (count("CREATE_BACKUP").await >= 4 && count("PRUNE_BACKUPS").await >= 2).then_some(())
        })
        .await;
        assert!(ended(child).await, "it ends in order");
        let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().map(|it| it.path()).collect();
        let sums = files.iter().filter(|it| it.extension().is_some_and(|it| it == "sha256")).count();
        assert_eq!((sums, files.iter().filter(|it| it.to_string_lossy().contains("partial")).count()), (2, 0));
        does(&world, &["verify", &to], "is whole").await;
    }
}

#[tokio::test]
async fn a_first_backup_that_cannot_be_made_is_said_at_once() {
    let world = World::sqlite();
    with_ann(&world).await.0.kill();
    let file = world.folder().join("in-the-way");
    fs::write(&file, "no folder").unwrap();
    fails(&world, &["backup", "--every", "1h", "--to", &file.display().to_string()], "in-the-way").await;
    fails(&world, &["backup", "--every", "soon"], "must be a whole number with s, m, h or d behind it").await;
    fails(&world, &["backup", "--keep-last", "3"], "go with --every").await;
}
