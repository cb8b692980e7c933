//! The port over what lies at a destination, for the server's own schedule.

use std::{fmt, path::PathBuf, sync::Arc};

use sortie_core::{
    port::{Backups, BoxError, PortError, PortResult, backups::MadeBackup},
    retention::Retention,
    time::Timestamp,
};

use super::{BackupError, Destination, list, make, prune};
use crate::settings::Settings;

/// What is enclosed in each backup, made when the backup is.
type Enclose = dyn Fn() -> Result<Option<Vec<u8>>, BoxError> + Send + Sync;

/// Makes backups of one database for one destination.
#[derive(Clone)]
pub struct Keeper {
    settings: Settings,
    to: Destination,
    scratch: PathBuf,
    enclose: Arc<Enclose>,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Keeper {
    /// Looks at nothing yet. What is put elsewhere than into a folder is made in `scratch` first.
    pub fn new(settings: Settings, to: Destination, scratch: PathBuf) -> Self {
        Self { settings, to, scratch, enclose: Arc::new(|| Ok(None)) }
    }

    /// Encloses what this answers, which it has encrypted.
    #[must_use]
    pub fn enclosing(self, enclose: impl Fn() -> Result<Option<Vec<u8>>, BoxError> + Send + Sync + 'static) -> Self {
        Self { enclose: Arc::new(enclose), ..self }
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
            let enclosed = (it.enclose)()
                .map_err(|error| BackupError::Unfit(format!("what is to be enclosed cannot be made: {error}")))?;
            let made = make(&it.settings, &it.to, &it.scratch, enclosed.as_deref(), at, &mut |_| {})?.manifest;
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
