//! What is written down about a workload before any of its processes exists: `spec.json` in its folder.

mod stored;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sortie_core::{invalid::Invalid, workload::Labels};

pub(crate) use stored::StoredLabels;

use crate::{
    error::{LocalError, Outcome},
    place,
};

/// The version of the record's shape.
const FORMAT: u32 = 1;

/// One workload's record. It holds the RFB passwords, so its file is for the server's user alone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    format: u32,
    #[serde(flatten)]
    labels: StoredLabels,
    /// Stands in the command line of every process outside the sandboxes and of each sandbox's init.
    pub(crate) mark: String,
    /// The uid that runs it, where the server can choose; `None` means the server's own.
    pub(crate) uid: Option<u32>,
    /// Holds the folders `rfb` and `x` with the display's sockets.
    pub(crate) sockets: PathBuf,
    /// The person's files.
    pub(crate) home: PathBuf,
    /// Whether `home` stays when the workload goes.
    pub(crate) home_is_kept: bool,
    /// Cgroups made for it.
    pub(crate) cgroups: Vec<PathBuf>,
    pub(crate) password: String,
    pub(crate) view_only_password: String,
}

/// What a record says beside the labels.
pub(crate) struct Parts {
    pub(crate) mark: String,
    pub(crate) uid: Option<u32>,
    pub(crate) sockets: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) home_is_kept: bool,
    pub(crate) cgroups: Vec<PathBuf>,
    pub(crate) password: String,
    pub(crate) view_only_password: String,
}

impl Record {
    /// A record with these labels.
    pub(crate) fn new(labels: &Labels, parts: Parts) -> Self {
        let Parts { mark, uid, sockets, home, home_is_kept, cgroups, password, view_only_password } = parts;
        Self {
            format: FORMAT,
            labels: labels.into(),
            mark,
            uid,
            sockets,
            home,
            home_is_kept,
            cgroups,
            password,
            view_only_password,
        }
    }

    /// Reads the record in a workload's folder; `None` when the folder or the record is not there.
    pub(crate) fn read(folder: &Path) -> Outcome<Option<Self>> {
        let path = folder.join("spec.json");
        let damaged = |detail: String| LocalError::Record { path: path.clone(), detail };
        match fs::read(&path) {
            Ok(content) => {
                let record: Self = serde_json::from_slice(&content).map_err(|error| damaged(error.to_string()))?;
                if record.format != FORMAT {
                    return Err(damaged(format!("its format is {}, this version reads {FORMAT}", record.format)));
                }
                record.labels().map_err(|error| damaged(error.to_string()))?;
                Ok(Some(record))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(LocalError::File { action: "read", path, source }),
        }
    }

    /// Writes the record into a workload's folder.
    pub(crate) fn write(&self, folder: &Path) -> Outcome<()> {
        let path = folder.join("spec.json");
        let content = serde_json::to_vec_pretty(self)
            .map_err(|error| LocalError::Record { path: path.clone(), detail: error.to_string() })?;
        place::write_whole(&path, &content)
    }

    /// The same workload with other labels.
    pub(crate) fn relabelled(self, labels: &Labels) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// Whose the workload is.
    pub(crate) fn labels(&self) -> Result<Labels, Invalid> {
        self.labels.read()
    }

    /// The display's RFB socket.
    pub(crate) fn rfb_socket(&self) -> PathBuf {
        self.sockets.join("rfb/s")
    }
}
