//! How current caches are: the numbers that every write raises, read each second and after every write of our own.

use std::time::Duration;

use sortie_core::port::coordination::Epochs;
use tokio::sync::watch;
use tracing::{debug, warn};

use crate::{Control, ControlError};

/// How often the numbers are read.
const POLL: Duration = Duration::from_secs(1);
/// How old a reading may be before caches are not used any more.
const FRESH: Duration = Duration::from_secs(5);

/// One reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochView {
    /// The numbers.
    pub epochs: Epochs,
    /// When the reading was begun, by the monotonic clock; `None` when it is not to be trusted.
    pub read_at: Option<Duration>,
}

/// The last reading, and who waits for the next.
#[derive(Debug)]
pub struct EpochWatch(watch::Sender<EpochView>);

impl Default for EpochWatch {
    fn default() -> Self {
        Self(watch::Sender::new(EpochView::default()))
    }
}

impl EpochWatch {
    /// The next reading must come before caches are used again.
    pub(crate) fn distrust(&self) {
        self.0.send_modify(|view| view.read_at = None);
    }
}

impl Control {
    /// The readings as they come. Changes within a second of any change anywhere, and at once for changes made here.
    pub fn epochs(&self) -> watch::Receiver<EpochView> {
        self.epochs.0.subscribe()
    }

    /// The numbers, if they were read lately enough for caches to be used.
    pub fn fresh_epochs(&self) -> Option<Epochs> {
        let view = *self.epochs.0.borrow();
        let age = self.monotonic().saturating_sub(view.read_at?);
        (age <= FRESH).then_some(view.epochs)
    }

    /// Reads the numbers now.
    pub(crate) async fn refresh_epochs(&self) -> Result<(), ControlError> {
        let begun = self.monotonic();
        let read = self.ports.coordination.epochs().await?;
        self.epochs.0.send_if_modified(|view| {
            // Readings may overtake one another; the numbers only grow.
            let newest = Epochs {
                apps: view.epochs.apps.max(read.apps),
                access: view.epochs.access.max(read.access),
                sessions: view.epochs.sessions.max(read.sessions),
                shares: view.epochs.shares.max(read.shares),
            };
            let moved = newest != view.epochs;
            *view = EpochView { epochs: newest, read_at: view.read_at.max(Some(begun)) };
            moved
        });
        Ok(())
    }
}

/// Reads the numbers each second.
pub(crate) async fn poll(control: Control) {
    let mut away = false;
    loop {
        match control.refresh_epochs().await {
            Ok(()) => away = false,
            Err(error) if !away => {
                away = true;
                warn!(error = %error, "Database does not answer");
            }
            Err(_) => {}
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Looks at once when another server says that it changed something.
pub(crate) async fn hear(control: Control) {
    let mut seen = 0;
    loop {
        match control.ports.coordination.hinted(seen).await {
            Ok(count) => {
                seen = count;
                control.events.hint();
                if let Err(error) = control.refresh_epochs().await {
                    debug!(error = %error, "Epochs could not be read after a hint");
                }
            }
            Err(error) => {
                debug!(error = %error, "Hints are not heard");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}
