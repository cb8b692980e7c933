//! What is written down about a workload before any of its processes exists: `spec.json` in its folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sortie_core::{
    id::{InstallationId, PlaceId, SessionId, UserId},
    invalid::Invalid,
    time::Timestamp,
    workload::Labels,
};

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
    installation: String,
    incarnation: i64,
    place: String,
    session: String,
    owner: String,
    created_at_micros: i64,
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
            installation: labels.installation.to_string(),
            incarnation: labels.incarnation,
            place: labels.place.to_string(),
            session: labels.session.to_string(),
            owner: labels.owner.to_string(),
            created_at_micros: labels.created_at.as_micros(),
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
        Self {
            installation: labels.installation.to_string(),
            incarnation: labels.incarnation,
            place: labels.place.to_string(),
            session: labels.session.to_string(),
            owner: labels.owner.to_string(),
            created_at_micros: labels.created_at.as_micros(),
            ..self
        }
    }

    /// Whose the workload is.
    pub(crate) fn labels(&self) -> Result<Labels, Invalid> {
        Ok(Labels {
            installation: InstallationId::new(self.installation.clone())?,
            incarnation: self.incarnation,
            place: PlaceId::new(self.place.clone())?,
            session: SessionId::new(self.session.clone())?,
            owner: UserId::new(self.owner.clone())?,
            created_at: Timestamp::from_micros(self.created_at_micros),
        })
    }

    /// The display's RFB socket.
    pub(crate) fn rfb_socket(&self) -> PathBuf {
        self.sockets.join("rfb/s")
    }
}
