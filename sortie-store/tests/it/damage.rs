//! A thousand ways in which a bad disk changes a backup, each of which must be told.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use sortie_store::backup::BackupError;

const DAMAGES: usize = 1_000;
/// What stands for the sealed keys in a backup that is damaged: nobody opens them here.
pub(crate) const KEYS: &[u8] = &[7; 300];

/// Numbers that look random and are the same in every run (xorshift64*).
fn random(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_F491_4F6C_DD1D)
}

/// Damages one file of the backup in this folder after the other, by a bit or by its end, tries what must fail, and mends it.
pub(crate) fn a_thousand(folder: &Path, attempt: impl Fn() -> Result<(), BackupError>) -> Result<()> {
    let mut pieces = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|it| it != ".sortie-backup.lock") {
            pieces.push((path.clone(), fs::read(path)?));
        }
    }
    pieces.sort();
    let mut state = 42;
    for round in 0..DAMAGES {
        let (path, good) = pieces.get(round % pieces.len()).context("a file")?;
        let place = usize::try_from(random(&mut state))? % good.len();
        let mut bad = good.clone();
        if round % 10 < 8 {
            bad[place] ^= 1 << (random(&mut state) % 8);
        } else {
            bad.truncate(place);
        }
        fs::write(path, &bad)?;
        let outcome = attempt();
        assert!(
            matches!(outcome, Err(BackupError::Damaged(_))),
            "round {round}, {} at {place}: {outcome:?}",
            path.display()
        );
        fs::write(path, good)?;
    }
    println!("{DAMAGES} damages in {} files, {DAMAGES} told", pieces.len());
    Ok(())
}
