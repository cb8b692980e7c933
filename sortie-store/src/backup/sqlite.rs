//! Backups of a SQLite file: a copy of a live one, proving it on scratch, and putting it in the file's place.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError},
    time::Duration,
};

use diesel::{QueryResult, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use sortie_core::{audit::Change, time::Timestamp};

use super::{
    BackupError, Draft, Found, Listener, Manifest, Plan, Progress, Proof, Restored, apply, check,
    manifest::Piece,
    name,
    piece::{self, Passing, beside},
};
use crate::{
    chain,
    connection::AnyConnection,
    error::OpenError,
    migrate,
    sqlite::{connect, file, pragmas, stale},
};

/// How often the copy's growth is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Whether there is something to copy, before anything is made.
pub(super) fn look(path: &Path) -> Result<(), BackupError> {
    if !path.is_file() {
        return Err(OpenError::File(format!("there is no database at {}", path.display())).into());
    }
    Ok(stale::look(path).map(drop)?)
}

/// Copies a file, whether or not a server is writing to it, and proves the copy.
pub(super) fn make(path: &Path, plan: Plan<'_>, listener: Listener<'_>) -> Result<Draft, BackupError> {
    let Plan { folder, name, now } = plan;
    let file = format!("{name}.db");
    let copy = folder.join(format!(".{file}.partial"));
    let mut passing = Passing::default();
    passing.add(copy.clone())?;
    // For its owner alone from the first byte on; SQLite takes an empty file for a new one.
    drop(piece::create(&copy)?);
    vacuum_into(path, &copy, listener)?;

    let content = {
        let mut connection = connect(text(&copy)?)?;
        migrate::pending_sqlite(&mut connection)?;
        check::sqlite(&mut connection)?
    };
    let (bytes, sha256) = piece::sum(&copy, "reading back", listener)?;
    let manifest = Manifest::new(name.to_owned(), now, content, vec![Piece { name: file.clone(), bytes, sha256 }]);
    Ok(Draft { manifest, pieces: vec![(copy, file)], passing })
}

/// One consistent copy of everything committed when it begins; writers go on meanwhile.
fn vacuum_into(from: &Path, to: &Path, listener: Listener<'_>) -> Result<(), BackupError> {
    let (source, target) = (text(from)?.to_owned(), text(to)?.to_owned());
    let total =
        [from.to_owned(), beside(from, "-wal")].iter().filter_map(|it| fs::metadata(it).ok()).map(|it| it.len()).sum();
    let (done, end) = mpsc::channel::<()>();
    let copying = std::thread::spawn(move || -> Result<(), OpenError> {
        // Dropped when this ends, however it ends.
        let _done = done;
        let mut connection = connect(&source)?;
        connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
        sql_query("VACUUM INTO $1").bind::<Text, _>(target).execute(&mut connection)?;
        Ok(())
    });
    while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(LOOK) {
        let done = fs::metadata(to).map_or(0, |it| it.len());
        listener(Progress { step: "copying", done: done.min(total), total });
    }
    listener(Progress { step: "copying", done: total, total });
    copying.join().map_err(|_| OpenError::File("the copying thread ended by a panic".to_owned()))??;
    Ok(())
}

/// Copies the backup to scratch, checking its sum on the way, and proves the copy; the copy is brought up to date, as a
/// server would.
pub(super) fn verify(found: &Found, scratch: &Path, listener: Listener<'_>) -> Result<Proof, BackupError> {
    let mut passing = Passing::default();
    let copy = scratch.join(format!(".{}.verifying", found.manifest.name));
    passing.add(copy.clone())?;
    let (_, proof) = staged(found, &copy, listener)?;
    Ok(proof)
}

/// A proved copy with today's schema, open as the writer opens it.
fn staged(found: &Found, copy: &Path, listener: Listener<'_>) -> Result<(AnyConnection, Proof), BackupError> {
    if found.manifest.database != "sqlite" {
        let kind = &found.manifest.database;
        return Err(BackupError::Unfit(format!("{} is a backup of {kind}, not of SQLite", found.manifest.name)));
    }
    let main = found.manifest.main_piece()?;
    piece::copy(found.shelf.as_ref(), main, copy, "checking", listener)?;
    let mut connection = connect(text(copy)?)?;
    pragmas::check_version(&mut connection)?;
    let proof = check::prove(&mut connection, &found.manifest)?;
    pragmas::prepare_writer(&mut connection)?;
    migrate::sqlite(&mut connection)?;
    let mut connection = AnyConnection::Sqlite(connection);
    // Its signatures need keys that are not in a backup: `sortie audit verify` looks at them.
    if let Some(finding) = chain::check(&mut connection, None)?.findings.first() {
        return Err(BackupError::Damaged(format!("the audit is not what was sealed: {finding}")));
    }
    Ok((connection, proof))
}

/// Puts the backup in the place of the file, which a server may not be using.
pub(super) fn restore(
    path: &Path,
    found: &Found,
    change: &Change,
    listener: Listener<'_>,
) -> Result<Restored, BackupError> {
    let target = file::reserve(path)?;
    let target_path = PathBuf::from(&target.path);
    let mut passing = Passing::default();
    let copy = beside(&target_path, ".restoring");
    passing.add(copy.clone())?;
    let (mut connection, _) = staged(found, &copy, listener)?;
    let incarnation = apply::restored(&mut connection, change)?;
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    // Closing it takes its log away, too.
    drop(connection);
    piece::sync(&copy)?;
    let kept = swap(&target_path, &copy, change.at)?.map(|it| it.display().to_string());
    drop(target);
    Ok(Restored { manifest: found.manifest.clone(), kept, incarnation })
}

/// Keeps the old file with its log under a dated name, and puts the new one in its place. At every moment there is a whole
/// database under the name, or, for the blink in which the log moves, the old one as of its last checkpoint.
fn swap(target: &Path, fresh: &Path, at: Timestamp) -> Result<Option<PathBuf>, BackupError> {
    let cannot = |path: &Path| BackupError::file(format!("cannot put {} aside", path.display()));
    let mut kept = None;
    if target.exists() {
        let aside = beside(target, &format!(".before-restore-{}", name::stamp(at)));
        // What a killed server left in the log goes into the file, if the file can still take it; if not, the log is kept.
        let _ = write_log_back(target);
        fs::hard_link(target, &aside).or_else(|_| fs::copy(target, &aside).map(drop)).map_err(cannot(target))?;
        for suffix in ["-wal", "-shm", "-journal"] {
            let companion = beside(target, suffix);
            if companion.exists() {
                fs::rename(&companion, beside(&aside, suffix)).map_err(cannot(&companion))?;
            }
        }
        kept = Some(aside);
    } else {
        // A log without its file would be taken for the new file's.
        for suffix in ["-wal", "-shm", "-journal"] {
            let companion = beside(target, suffix);
            if companion.exists() {
                fs::remove_file(&companion).map_err(cannot(&companion))?;
            }
        }
    }
    fs::rename(fresh, target).map_err(BackupError::file(format!("cannot replace {}", target.display())))?;
    piece::sync(target.parent().unwrap_or(target))?;
    Ok(kept)
}

fn write_log_back(path: &Path) -> Result<(), OpenError> {
    let text = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
    let written: QueryResult<()> = connect(text)?.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);");
    Ok(written?)
}

fn text(path: &Path) -> Result<&str, OpenError> {
    path.to_str().ok_or_else(|| OpenError::File(format!("the path {} is not valid UTF-8", path.display())))
}
