//! Input and use, remembered in memory and written down now and then: idle means no input.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use sortie_core::{
    id::{SessionId, SignInId},
    sign_in::ClientKind,
    time::Timestamp,
};
use tracing::warn;

use crate::{Control, ControlError, account::token::Authenticated};

/// What was seen since it was last written down.
#[derive(Debug, Default)]
pub struct Activity {
    seen: Mutex<Seen>,
    /// How many flushes in a row succeeded.
    flushes: AtomicU64,
}

#[derive(Debug, Default)]
struct Seen {
    inputs: HashMap<SessionId, Timestamp>,
    uses: HashMap<SignInId, (Timestamp, Timestamp)>,
}

impl Activity {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A sign-in was used, and is good until `expires_at` by that.
    pub(crate) fn used(&self, sign_in: &SignInId, at: Timestamp, expires_at: Timestamp) {
        self.seen().uses.insert(sign_in.clone(), (at, expires_at));
    }

    /// Until when a sign-in is good by uses that are not written down yet.
    pub(crate) fn extended(&self, sign_in: &SignInId) -> Option<Timestamp> {
        self.seen().uses.get(sign_in).map(|(_, expires_at)| *expires_at)
    }

    /// How many flushes have succeeded since the start or the last failure.
    pub(crate) fn flushes(&self) -> u64 {
        self.flushes.load(Ordering::Acquire)
    }
}

impl Control {
    /// A person typed, moved the mouse or pasted. Cheap. Counts as use of a browser's sign-in, too.
    pub fn input_seen(&self, session: &SessionId, viewer: &Authenticated) {
        let at = self.now();
        let mut seen = self.activity.seen();
        seen.inputs.insert(session.clone(), at);
        if viewer.client == ClientKind::Browser && viewer.principal.guest.is_none() {
            let expires_at = at.plus(self.settings.browser_idle).min(viewer.ends_at);
            seen.uses.insert(viewer.principal.sign_in.clone(), (at, expires_at));
        }
    }

    /// Writes down what was seen. What cannot be written is kept for the next time.
    pub async fn flush_activity(&self) -> Result<(), ControlError> {
        let Seen { inputs, uses } = std::mem::take(&mut *self.activity.seen());
        let inputs: Vec<_> = inputs.into_iter().collect();
        let uses: Vec<_> = uses.into_iter().map(|(id, (at, until))| (id, at, until)).collect();
        let written = async {
            if !inputs.is_empty() {
                self.ports.sessions.touch(&inputs).await?;
            }
            if !uses.is_empty() {
                self.ports.accounts.touch_sign_ins(&uses).await?;
            }
            Ok(())
        };
        let written: Result<(), sortie_core::port::PortError> = written.await;
        if let Err(error) = written {
            let mut seen = self.activity.seen();
            for (session, at) in inputs {
                seen.inputs.entry(session).or_insert(at);
            }
            for (sign_in, at, until) in uses {
                seen.uses.entry(sign_in).or_insert((at, until));
            }
            self.activity.flushes.store(0, Ordering::Release);
            return Err(error.into());
        }
        self.activity.flushes.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

/// Writes down what was seen, at an interval.
pub(crate) async fn flush_loop(control: Control) {
    loop {
        tokio::time::sleep(control.settings.activity_interval).await;
        if let Err(error) = control.flush_activity().await {
            warn!(error = %error, "Activity could not be written down; it is kept");
        }
    }
}
