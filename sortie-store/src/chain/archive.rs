//! Exports of before, held against the chain of now: an entry that retention removed is still proved by its export.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use diesel::prelude::*;

use super::{Entry, verify::open};
use crate::{
    error::OpenError,
    schema::{audit_cuts, audit_seals},
    settings::Settings,
};

/// An export that was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// The file.
    pub path: PathBuf,
    /// The position of its first entry.
    pub first: i64,
    /// The position of its last sealed entry.
    pub last: i64,
    /// How many entries at its end had no seal: nothing proves these.
    pub unsealed: u64,
}

/// Why an export proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what was exported.
    #[error("{path}, line {line}: {what}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The file holds together, and nothing known says that it is ours.
    #[error("{path} ends at position {last}, and neither the database nor another export has that place of the chain")]
    Loose {
        /// The file.
        path: PathBuf,
        /// Its last position.
        last: i64,
    },
}

impl From<diesel::result::Error> for ArchiveError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Proves exports (JSON Lines): every entry follows from the one before, and the last one is a place of the database's chain
/// or of another export that was proved. The database's own chain is checked by [`verify`](super::verify). Blocks.
pub fn prove_archives(settings: &Settings, paths: &[PathBuf]) -> Result<Vec<Archive>, ArchiveError> {
    let mut loose: Vec<_> = paths.iter().map(|it| read(it, &HashSet::new())).collect::<Result<_, _>>()?;
    let ends: HashSet<i64> = loose.iter().map(|it| it.archive.last).collect();
    let mut known = of_database(settings, &ends)?;
    let mut proved = Vec::new();
    // Each round proves at least one more, or nothing will.
    while !loose.is_empty() {
        let is_known = |it: &Read| known.get(&it.archive.last) == Some(&it.hash);
        let (good, rest): (Vec<_>, Vec<_>) = loose.into_iter().partition(is_known);
        if good.is_empty() {
            let archive = rest.into_iter().next().map(|it| it.archive);
            return match archive {
                Some(Archive { path, last, .. }) => Err(ArchiveError::Loose { path, last }),
                None => Ok(proved),
            };
        }
        for it in good {
            known.extend(read(&it.archive.path, &ends)?.links);
            proved.push(it.archive);
        }
        loose = rest;
    }
    proved.sort_by_key(|it| it.first);
    Ok(proved)
}

/// The chain's hashes at some positions, as far as the database has them.
fn of_database(settings: &Settings, positions: &HashSet<i64>) -> Result<HashMap<i64, String>, ArchiveError> {
    let mut connection = open(settings)?;
    let mut known = HashMap::new();
    for position in positions {
        let sealed: Option<String> = audit_seals::table
            .filter(audit_seals::position.eq(*position))
            .select(audit_seals::chain_hash)
            .first(&mut connection)
            .optional()?;
        let cut: Option<String> = audit_cuts::table
            .filter(audit_cuts::position.eq(*position))
            .select(audit_cuts::chain_hash)
            .first(&mut connection)
            .optional()?;
        known.extend(sealed.or(cut).map(|hash| (*position, hash)));
    }
    Ok(known)
}

struct Read {
    archive: Archive,
    /// The chain's hash at its end.
    hash: String,
    /// The chain's hashes at the wanted positions.
    links: HashMap<i64, String>,
}

/// Checks one file by itself.
fn read(path: &Path, wanted: &HashSet<i64>) -> Result<Read, ArchiveError> {
    let file = File::open(path).map_err(|source| ArchiveError::File { path: path.to_owned(), source })?;
    let wrong = |line: usize, what| ArchiveError::Wrong { path: path.to_owned(), line, what };
    let mut end: Option<(i64, String)> = None;
    let (mut first, mut unsealed, mut links) = (0, 0, HashMap::new());
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let text = text.map_err(|source| ArchiveError::File { path: path.to_owned(), source })?;
        let entry: Entry = serde_json::from_str(&text).map_err(|_| wrong(line, "it is no entry of an export"))?;
        let (Some(position), Some(hash)) = (entry.position, entry.chain_hash.clone()) else {
            unsealed += 1;
            continue;
        };
        if !entry.is_linked() {
            return Err(wrong(line, "the entry is not what was sealed"));
        }
        match &end {
            _ if unsealed > 0 => return Err(wrong(line, "a sealed entry stands behind one without a seal")),
            None => first = position,
            Some((before, last)) if *before + 1 == position && entry.previous_hash.as_ref() == Some(last) => {}
            Some(_) => return Err(wrong(line, "an entry before this one is missing")),
        }
        if wanted.contains(&position) {
            links.insert(position, hash.clone());
        }
        end = Some((position, hash));
    }
    let (last, hash) = end.ok_or_else(|| wrong(1, "no entry in it is sealed"))?;
    Ok(Read { archive: Archive { path: path.to_owned(), first, last, unsealed }, hash, links })
}
