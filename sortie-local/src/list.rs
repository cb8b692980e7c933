//! Reading all workloads of a place from the disk.

use std::{fs, path::Path};

use sortie_core::workload::Labels;
use tracing::error;

use crate::{
    error::{FileContext, LocalError, Outcome},
    folder::{Folder, Phase},
    record::Record,
    removal,
};

/// One workload's folder that was found.
pub(crate) struct Found {
    pub(crate) labels: Labels,
    pub(crate) folder: Folder,
    pub(crate) phase: Phase,
}

/// Every workload of a place. Clears away what a killed maker left, and puts aside what cannot be read and is dead.
pub(crate) fn read(workloads: &Path) -> Outcome<Vec<Found>> {
    let mut all = Vec::new();
    for folder in folders(workloads)? {
        let labels = match Record::read(folder.path()) {
            Ok(Some(record)) => labels(&folder, &record)?,
            Ok(None) => {
                removal::clear_remains(&folder)?;
                continue;
            }
            Err(damage) => {
                // Something unreadable that lives could be anybody's: then the list is not complete.
                if !removal::set_aside(&folder)? {
                    return Err(damage);
                }
                error!(error = %damage, "Workload record cannot be read, its folder was put aside");
                continue;
            }
        };
        let phase = folder.phase()?;
        if phase == Phase::Absent {
            removal::clear_remains(&folder)?;
            continue;
        }
        all.push(Found { labels, folder, phase });
    }
    Ok(all)
}

/// The folders of a place, without drafts and what is going away.
pub(crate) fn folders(workloads: &Path) -> Outcome<Vec<Folder>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(workloads).on("read", workloads)? {
        let entry = entry.on("read", workloads)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            folders.push(Folder::new(entry.path()));
        }
    }
    Ok(folders)
}

fn labels(folder: &Folder, record: &Record) -> Outcome<Labels> {
    record
        .labels()
        .map_err(|invalid| LocalError::Record { path: folder.file("spec.json"), detail: invalid.to_string() })
}
