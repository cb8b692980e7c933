//! The port over a folder of backups, for the server's own schedule.

use std::path::PathBuf;

use sortie_core::{
    port::{Backups, PortError, PortResult, backups::MadeBackup},
    retention::Retention,
    time::Timestamp,
};

use super::{BackupError, list, make, prune};
use crate::settings::Settings;

/// Makes backups of one database in one folder.
#[derive(Clone, Debug)]
pub struct Keeper {
    settings: Settings,
    folder: PathBuf,
}

impl Keeper {
    /// Looks at nothing yet.
    pub fn new(settings: Settings, folder: PathBuf) -> Self {
        Self { settings, folder }
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
            let made = make(&it.settings, &it.folder, at, &mut |_| {})?.manifest;
            Ok(MadeBackup { bytes: made.bytes(), rows: made.rows(), name: made.name })
        })
    }

    fn newest(&self) -> PortResult<'_, Option<Timestamp>> {
        self.blocking(|it| Ok(list(&it.folder)?.last().map(|it| it.at)))
    }

    fn prune(&self, rule: Retention) -> PortResult<'_, Vec<String>> {
        self.blocking(move |it| prune(&it.folder, rule))
    }
}
