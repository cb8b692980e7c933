//! Backups: online, provable, and restored whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use sortie_core::{
    audit::AuditAction,
    port::{AccountStore, Backups, CatalogStore, CoordinationStore, Shelf},
    retention::Retention,
    time::Timestamp,
};
use sortie_store::{
    OpenError, Store,
    backup::{self, BackupError, Destination, Folder, Found, Keeper, Made},
};
use sortie_testkit::contract::{
    sample::{app, change, sign_in, user},
    shelf,
};

use crate::{
    backend::{self, File, at_path},
    damage,
    schema::sqlite3,
    writers::Writers,
};

/// 2026-11-21, 12:24:19 UTC.
const NOW: Timestamp = Timestamp::from_micros(1_795_263_859_000_000);

const SOON: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(5);

fn make(database: &Path, folder: &Path) -> Result<Made, BackupError> {
    backup::make(&at_path(database), &Destination::Folder(folder.to_owned()), Path::new("/"), None, NOW, &mut |_| {})
}

fn attempt(database: &Path, found: &Found) -> Result<backup::Restored, BackupError> {
    // A file is proved beside its target, and needs no scratch.
    backup::restore(&at_path(database), found, &change(AuditAction::RestoreBackup, 7), Path::new("/"), &mut |_| {})
}

/// The same once nobody holds the target's lock: processes that other tests fork hold it until they are programs of their own.
fn restore(database: &Path, found: &Found) -> Result<backup::Restored, BackupError> {
    once_free(|| attempt(database, found))
}

/// Waits until nobody uses the target.
pub(crate) fn once_free<T>(attempt: impl Fn() -> Result<T, BackupError>) -> Result<T, BackupError> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Err(BackupError::Database(OpenError::InUse(_))) if begun.elapsed() < SOON => std::thread::sleep(A_MOMENT),
            outcome => return outcome,
        }
    }
}

fn files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|it| it != ".sortie-backup.lock" && it != "sortie.db.lock" && it != "target.db.lock");
    names.sort();
    Ok(names)
}

async fn with_apps(count: usize) -> Result<File> {
    let file = backend::sqlite()?;
    for number in 0..count {
        file.insert_app(&app(&format!("app-{number}"))?, change(AuditAction::CreateApp, 0)).await?;
    }
    Ok(file)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_live_database_is_an_ordinary_database_with_sums_that_stock_tools_check() -> Result<()> {
    let file = with_apps(3).await?;
    let folder = file.folder.path().join("backups");
    let made = make(&file.path, &folder)?;
    let name = "sortie-20261121-122419";
    assert_eq!(files(&folder)?, [format!("{name}.db"), format!("{name}.json"), format!("{name}.sha256")]);
    assert_eq!(
        (made.manifest.tables["applications"], made.manifest.created_at.as_str()),
        (3, "2026-11-21T12:24:19.000000Z")
    );
    assert_eq!(sqlite3(&folder.join(format!("{name}.db")), "SELECT count(*) FROM applications")?, "3");
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", &format!("{name}.sha256")])
        .current_dir(&folder)
        .output()?;
    assert!(sums.status.success(), "{sums:?}");
    let proof = backup::verify(&at_path(&file.path), &backup::find(&folder)?, file.folder.path(), &mut |_| {})?;
    assert_eq!((proof.rows, proof.pending), (made.manifest.rows(), 0));
    // A second one in the same second has a name of its own.
    assert_eq!(make(&file.path, &folder)?.manifest.name, "sortie-20261121-122420");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_backup_made_while_others_write_restores_with_every_row_acknowledged_before() -> Result<()> {
    let file = backend::sqlite()?;
    let writers = Writers::start(&file.store);
    let folder = file.folder.path().join("backups");
    let target = file.folder.path().join("restored.db");
    for _ in 0..15 {
        let before = writers.acknowledged();
        let (path, to, restored) = (file.path.clone(), folder.clone(), target.clone());
        let rows = tokio::task::spawn_blocking(move || -> Result<String> {
            let made = make(&path, &to)?;
            restore(&restored, &backup::find(Path::new(&made.address))?)?;
            let rows = sqlite3(&restored, "SELECT id FROM applications")?;
            assert_eq!(
                sqlite3(&restored, "SELECT count(*) FROM audit_log WHERE action = 'CREATE_APP'")?,
                rows.lines().count().to_string()
            );
            Ok(rows)
        })
        .await??;
        let lost = Writers::lost(&before, &rows);
        assert!(lost.is_empty(), "acknowledged before the backup began, and not in it: {lost:?}");
    }
    assert!(writers.acknowledged().len() > 30, "the writers were alive");
    writers.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_a_thousand_damages_is_detected_and_the_target_is_not_touched() -> Result<()> {
    let file = with_apps(2).await?;
    let folder = file.folder.path().join("backups");
    let to = Destination::Folder(folder.clone());
    backup::make(&at_path(&file.path), &to, Path::new("/"), Some(damage::KEYS), NOW, &mut |_| {})?;
    file.close();
    let target = file.folder.path().join("target.db");
    fs::write(&target, "whatever was here")?;
    damage::a_thousand(&folder, || restore(&target, &backup::find(&folder)?).map(drop))?;
    assert_eq!(fs::read_to_string(&target)?, "whatever was here");
    assert!(!files(file.folder.path())?.iter().any(|it| it.contains("restoring")), "nothing is left behind");
    restore(&target, &backup::find(&folder)?)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_refuses_a_live_target_and_keeps_what_was_there() -> Result<()> {
    let file = with_apps(1).await?;
    let folder = file.folder.path().join("backups");
    let found = backup::find(Path::new(&make(&file.path, &folder)?.address))?;
    let installation = file.installation().await?;
    file.insert_user(&user("ann")?, change(AuditAction::CreateUser, 0)).await?;
    let refused = attempt(&file.path, &found).map(drop).unwrap_err().to_string();
    assert!(refused.contains("another server is using"), "{refused}");
    file.close();
    let path = file.path.clone();
    let home = file.folder;
    drop(file.store);

    // As a killed server leaves it: with a log that belongs to another database.
    fs::write(home.path().join("sortie.db-wal"), [7; 4_096])?;
    let restored = restore(&path, &found)?;
    assert!(!files(home.path())?.contains(&"sortie.db-wal".to_owned()), "{:?}", files(home.path())?);
    let kept = PathBuf::from(restored.kept.context("the old file")?);
    assert_eq!(sqlite3(&kept, "SELECT count(*) FROM users WHERE username = 'ann'")?, "1");

    let store = Store::open(at_path(&path))?;
    let now = store.installation().await?;
    assert_eq!((now.id, now.incarnation), (installation.id, installation.incarnation + 1));
    assert_eq!(restored.incarnation, now.incarnation);
    store.close();
    assert_eq!(sqlite3(&path, "SELECT count(*) FROM users WHERE username = 'ann'")?, "0");
    assert_eq!(sqlite3(&path, "SELECT count(*) FROM audit_log WHERE action = 'RESTORE_BACKUP'")?, "1");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_from_before_a_restore_is_void_after_it() -> Result<()> {
    let file = backend::sqlite()?;
    let ann = user("ann")?;
    file.insert_user(&ann, change(AuditAction::CreateUser, 0)).await?;
    let one = sign_in("one", &ann)?;
    file.insert_sign_in(&one, change(AuditAction::Login, 0)).await?;
    let found = backup::find(Path::new(&make(&file.path, &file.folder.path().join("backups"))?.address))?;
    let target = file.folder.path().join("restored.db");
    restore(&target, &found)?;
    assert_eq!(sqlite3(&file.path, "SELECT count(*) FROM sign_ins WHERE revoked_at IS NULL")?, "1");
    assert_eq!(sqlite3(&target, "SELECT count(*) FROM sign_ins WHERE revoked_at IS NULL")?, "0");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pruning_keeps_what_the_rule_says_and_leaves_other_files_alone() -> Result<()> {
    let file = with_apps(1).await?;
    let folder = file.folder.path().join("backups");
    let keeper = Keeper::new(at_path(&file.path), Destination::Folder(folder.clone()), PathBuf::new());
    for day in 0..4 {
        keeper.make(Timestamp::from_micros(NOW.as_micros() - day * 86_400_000_000)).await?;
    }
    fs::write(folder.join("sortie-notes.txt"), "mine")?;
    let newest = keeper.newest().await?;
    let removed = keeper.prune(Retention { last: 2, daily: 0, weekly: 0 }).await?;
    assert_eq!(removed, ["sortie-20261118-122419", "sortie-20261119-122419"]);
    assert_eq!(backup::list(&Folder::new(folder.clone()))?.len(), 2);
    assert_eq!((newest, files(&folder)?.len()), (Some(NOW), 2 * 3 + 1));
    Ok(())
}

fn in_a_folder(check: impl Fn(&dyn Shelf) -> Result<()>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    check(&Folder::new(folder.path().join("not/there/yet")))
}

#[test]
fn a_folder_is_a_shelf_like_any_other() -> Result<()> {
    for check in [
        shelf::keeps_what_is_put,
        shelf::gives_a_name_to_one_of_many,
        shelf::keeps_what_is_long,
        shelf::shows_nothing_by_halves,
    ] {
        in_a_folder(check)?;
    }
    Ok(())
}
