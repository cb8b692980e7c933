//! Labels as they stand in a record.

use serde::{Deserialize, Serialize};
use sortie_core::{
    id::{InstallationId, PlaceId, SessionId, UserId},
    invalid::Invalid,
    time::Timestamp,
    workload::Labels,
};

/// Whose a workload is, in the words of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredLabels {
    installation: String,
    incarnation: i64,
    place: String,
    session: String,
    owner: String,
    created_at_micros: i64,
}

impl StoredLabels {
    /// Whose the workload is.
    pub(crate) fn read(&self) -> Result<Labels, Invalid> {
        Ok(Labels {
            installation: InstallationId::new(self.installation.clone())?,
            incarnation: self.incarnation,
            place: PlaceId::new(self.place.clone())?,
            session: SessionId::new(self.session.clone())?,
            owner: UserId::new(self.owner.clone())?,
            created_at: Timestamp::from_micros(self.created_at_micros),
        })
    }
}

impl From<&Labels> for StoredLabels {
    fn from(labels: &Labels) -> Self {
        Self {
            installation: labels.installation.to_string(),
            incarnation: labels.incarnation,
            place: labels.place.to_string(),
            session: labels.session.to_string(),
            owner: labels.owner.to_string(),
            created_at_micros: labels.created_at.as_micros(),
        }
    }
}
