//! What lies on a shelf of backups: what is there, which one is meant, and what goes.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sortie_core::{
    port::{Shelf, ShelfError},
    retention::Retention,
    time::Timestamp,
};

use super::{
    BackupError,
    folder::{Folder, Turn},
    manifest::{MOST_BYTES, Manifest},
    name::{MANIFEST, SUMS, backup_of, time_of},
};

/// How much older than the newest backup something unfinished is when it counts as given up.
const GIVEN_UP: Duration = Duration::from_hours(24);

/// Where backups go and come from.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A folder, in which they are made.
    Folder(PathBuf),
    /// Elsewhere: they are made in a scratch folder and put there.
    Shelf(Arc<dyn Shelf>),
}

impl Destination {
    /// What lies there.
    pub fn shelf(&self) -> Arc<dyn Shelf> {
        match self {
            Self::Folder(path) => Arc::new(Folder::new(path.clone())),
            Self::Shelf(it) => Arc::clone(it),
        }
    }
}

/// A backup whose manifest is what was written. Its pieces are not read yet.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it lies.
    pub shelf: Arc<dyn Shelf>,
    /// What is in it.
    pub manifest: Manifest,
}

/// A backup by its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `sortie-YYYYmmdd-HHMMSS`.
    pub name: String,
    /// The time in its name.
    pub at: Timestamp,
}

/// The backups on a shelf that are complete by their names, oldest first.
pub fn list(shelf: &dyn Shelf) -> Result<Vec<Listed>, BackupError> {
    Ok(complete(&shelf.names()?))
}

fn complete(names: &[String]) -> Vec<Listed> {
    let stems = names.iter().filter_map(|it| it.strip_suffix(SUMS)?.strip_suffix('.'));
    let mut listed: Vec<_> =
        stems.filter_map(|stem| Some(Listed { at: time_of(stem)?, name: stem.to_owned() })).collect();
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    listed
}

/// Finds the backup that a path means: one of its files, their common name, or the newest in a folder.
pub fn find(path: &Path) -> Result<Found, BackupError> {
    let (folder, name) = split(path)?;
    match find_on(&Destination::Folder(folder).shelf(), name.as_deref()) {
        Err(BackupError::Missing(_)) => Err(BackupError::Missing(path.display().to_string())),
        found => found,
    }
}

/// The folder that a path means, and the backup in it, if it means one.
pub fn split(path: &Path) -> Result<(PathBuf, Option<String>), BackupError> {
    if path.is_dir() {
        return Ok((path.to_owned(), None));
    }
    let name = path.file_name().and_then(|it| backup_of(it.to_str()?));
    let name = name.ok_or_else(|| BackupError::Missing(path.display().to_string()))?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_owned(), Some(name.to_owned())))
}

/// The backup of this name, or the newest one.
pub fn find_on(shelf: &Arc<dyn Shelf>, name: Option<&str>) -> Result<Found, BackupError> {
    let missing = || BackupError::Missing(shelf.address());
    let name = match name {
        Some(name) => name.to_owned(),
        None => list(shelf.as_ref())?.pop().ok_or_else(missing)?.name,
    };
    let manifest = manifest(shelf.as_ref(), &name)?;
    Ok(Found { shelf: Arc::clone(shelf), manifest })
}

/// The manifest of this name, as its sums prove it.
pub(super) fn manifest(shelf: &dyn Shelf, name: &str) -> Result<Manifest, BackupError> {
    let small = |ending: &str| read_small(shelf, &format!("{name}.{ending}"));
    match (small(MANIFEST)?, small(SUMS)?) {
        (Some(text), Some(sums)) => Manifest::read(name, &text, &sums),
        (None, None) => Err(BackupError::Missing(format!("{}/{name}", shelf.address()))),
        (None, _) => Err(BackupError::Damaged(format!("{name}.{MANIFEST} is missing"))),
        (_, None) => Err(BackupError::Damaged(format!("{name}.{SUMS} is missing: it was never finished"))),
    }
}

/// A small file's bytes; a large one is no manifest.
pub(super) fn read_small(shelf: &dyn Shelf, name: &str) -> Result<Option<Vec<u8>>, BackupError> {
    let (length, source) = match shelf.open(name) {
        Err(ShelfError::Missing(_)) => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    source
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(BackupError::file(format!("cannot read {name} in {}", shelf.address())))?;
    if length > MOST_BYTES || u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(BackupError::Damaged(format!("{name} is too long")));
    }
    Ok(Some(bytes))
}

/// Removes the backups that no rule keeps, the sums first, so that none is ever half there; answers their names. What somebody
/// began to put elsewhere than into a folder, and has not finished for long, goes, too.
pub fn prune(destination: &Destination, rule: Retention) -> Result<Vec<String>, BackupError> {
    let _turn = match destination {
        Destination::Folder(path) if !path.exists() => return Ok(Vec::new()),
        Destination::Folder(path) => Some(Turn::take(path)?),
        Destination::Shelf(_) => None,
    };
    let shelf = destination.shelf();
    let names = shelf.names()?;
    let listed = complete(&names);
    if let Destination::Shelf(shelf) = destination {
        for name in given_up(&names, &listed) {
            remove(shelf.as_ref(), &names, name)?;
        }
    }
    let times: Vec<_> = listed.iter().map(|it| it.at).collect();
    let mut removed = Vec::new();
    for (it, keep) in listed.into_iter().zip(rule.keep(&times)) {
        if !keep {
            remove(shelf.as_ref(), &names, &it.name)?;
            removed.push(it.name);
        }
    }
    Ok(removed)
}

/// What has a manifest and no sums, and is old: the manifest is put first and goes last. What others lay there has none.
fn given_up<'a>(names: &'a [String], listed: &[Listed]) -> Vec<&'a str> {
    let stems = names.iter().filter_map(|it| it.strip_suffix(MANIFEST)?.strip_suffix('.'));
    let is_given_up = |name: &&str| {
        let newest = listed.last().map(|it| it.at);
        let is_old = time_of(name).zip(newest).is_some_and(|(at, newest)| at.plus(GIVEN_UP) < newest);
        is_old && !listed.iter().any(|it| it.name == *name)
    };
    stems.filter(is_given_up).collect()
}

fn remove(shelf: &dyn Shelf, names: &[String], name: &str) -> Result<(), BackupError> {
    let of_it = |file: &&String| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let mut files: Vec<_> = names.iter().filter(of_it).collect();
    files.sort_by_key(|file| match file.rsplit('.').next() {
        Some(SUMS) => 0,
        Some(MANIFEST) => 2,
        _ => 1,
    });
    for file in files {
        shelf.remove(file)?;
    }
    Ok(())
}
