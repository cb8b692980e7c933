//! A log that a killed server left, and a file that somebody put in the place of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use sortie_core::{audit::AuditAction, port::CatalogStore, time::Timestamp};
use sortie_store::{
    Store,
    backup::{self, Destination},
};
use sortie_testkit::contract::sample::{app, change};

use crate::{backend, backend::at_path, schema::sqlite3};

/// What a SIGKILL leaves: the files as they are at this moment, in a folder of their own.
fn killed(path: &Path, to: &Path) -> Result<PathBuf> {
    fs::create_dir_all(to)?;
    // By another process: this one would lose its locks by closing the files.
    let files = ["", "-wal", "-shm", ".lock"].map(|it| path.with_file_name(format!("sortie.db{it}")));
    ensure!(Command::new("cp").args(&files).arg(to).status()?.success(), "cp failed");
    Ok(to.join("sortie.db"))
}

fn rows(path: &Path) -> Result<String> {
    ensure!(sqlite3(path, "PRAGMA integrity_check")? == "ok", "{} is damaged", path.display());
    sqlite3(path, "SELECT count(*) FROM applications")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_over_the_file_of_a_killed_server_restores_truly_a_hundred_times() -> Result<()> {
    let file = backend::sqlite()?;
    let folder = file.folder.path().to_owned();
    let mut expected = 0;
    for round in 0..100_i64 {
        for number in 0..=round % 7 {
            file.insert_app(&app(&format!("app-{round}-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
            expected += 1;
        }
        // The two ways that documents print, and our own.
        let copy = folder.join(format!("copy-{round}.db"));
        match round % 3 {
            0 => sqlite3(&file.path, &format!("VACUUM INTO '{}'", copy.display())).map(drop)?,
            1 => sqlite3(&file.path, &format!(".backup '{}'", copy.display())).map(drop)?,
            _ => {
                let now = Timestamp::from_micros(1_795_263_859_000_000 + round * 1_000_000);
                let to = Destination::Folder(folder.join("backups"));
                let made = backup::make(&at_path(&file.path), &to, Path::new("/"), None, now, &mut |_| {})?;
                fs::rename(Path::new(&made.address).with_extension("db"), &copy)?;
            }
        }
        for number in 0..3 {
            file.insert_app(&app(&format!("later-{round}-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
        }
        let victim = killed(&file.path, &folder.join(format!("killed-{round}")))?;
        let preserving = if round % 2 == 0 { "-f" } else { "-fp" };
        ensure!(Command::new("cp").arg(preserving).args([&copy, &victim]).status()?.success(), "cp failed");
        Store::open(at_path(&victim))?.close();
        assert_eq!(rows(&victim)?, expected.to_string(), "round {round}");
        assert!(victim.with_file_name("sortie.db-wal.stale-1").exists(), "the log is kept, round {round}");
        expected += 3;
        fs::remove_dir_all(folder.join(format!("killed-{round}")))?;
        fs::remove_file(&copy)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_killed_server_is_used_wherever_its_files_were_moved_to() -> Result<()> {
    let file = backend::sqlite()?;
    for number in 0..20 {
        file.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
        let victim = killed(&file.path, &file.folder.path().join(format!("killed-{number}")))?;
        // Killed again and again, also between the noting of a version and its use.
        for again in 0..3 {
            let store = Store::open(at_path(&victim))?;
            store.insert_app(&app(&format!("again-{again}"))?, change(AuditAction::CreateApp, 0)).await?;
            let next = killed(&victim, &file.folder.path().join("next"))?;
            store.close();
            fs::remove_dir_all(victim.parent().unwrap())?;
            fs::rename(next.parent().unwrap(), victim.parent().unwrap())?;
        }
        Store::open(at_path(&victim))?.close();
        assert_eq!(rows(&victim)?, (number + 1 + 3).to_string());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_beside_a_replaced_file_does_not_play_the_old_log_onto_it() -> Result<()> {
    let file = backend::sqlite()?;
    let copy = file.folder.path().join("copy.db");
    sqlite3(&file.path, &format!("VACUUM INTO '{}'", copy.display()))?;
    for number in 0..50 {
        file.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
    }
    let victim = killed(&file.path, &file.folder.path().join("killed"))?;
    fs::copy(&copy, &victim)?;
    Store::pending(&at_path(&victim))?;
    assert_eq!(rows(&victim)?, "0");
    Ok(())
}
