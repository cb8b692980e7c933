//! The port over what lies at a destination, for the server's own schedule.

use std::path::PathBuf;

use sortie_core::{
    port::{Backups, PortError, PortResult, backups::MadeBackup},
    retention::Retention,
    time::Timestamp,
};

use super::{BackupError, Destination, list, make, prune};
use crate::settings::Settings;

/// Makes backups of one database for one destination.
#[derive(Clone, Debug)]
pub struct Keeper {
    settings: Settings,
    to: Destination,
    scratch: PathBuf,
}

impl Keeper {
    /// Looks at nothing yet. What is put elsewhere than into a folder is made in `scratch` first.
    pub fn new(settings: Settings, to: Destination, scratch: PathBuf) -> Self {
        Self { settings, to, scratch }
    }

    fn blocking<T, F>(&self, work: F) -> PortResult<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(Self) -> Result<T, BackupError> + Send + 'static,
    {
        let keeper = self.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || work(keeper)).await.map_err(PortError::broken)?;
            done.map_err(PortError::unavailable)
        })
    }
}

impl Backups for Keeper {
    fn make(&self, at: Timestamp) -> PortResult<'_, MadeBackup> {
        self.blocking(move |it| {
            let made = make(&it.settings, &it.to, &it.scratch, at, &mut |_| {})?.manifest;
            Ok(MadeBackup { bytes: made.bytes(), rows: made.rows(), name: made.name })
        })
    }

    fn newest(&self) -> PortResult<'_, Option<Timestamp>> {
        self.blocking(|it| Ok(list(it.to.shelf().as_ref())?.last().map(|it| it.at)))
    }

    fn prune(&self, rule: Retention) -> PortResult<'_, Vec<String>> {
        self.blocking(move |it| prune(&it.to, rule))
    }
}
