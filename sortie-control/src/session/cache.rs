//! Sessions in memory: filled on demand, dropped at the end, never wrong.
//!
//! Every change of a session raises an epoch in its own transaction. An entry is tagged with the epoch that was seen before it
//! was read, and is good only while that is still the last epoch seen: so it is at least as new as everything that its reader
//! has heard of. It serves the re-check of live streams, which each change of any session asks for; whoever decides something
//! on a person's request reads the row itself.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sortie_core::{
    id::SessionId,
    session::{Session, Status},
};

use crate::{Control, ControlError};

#[derive(Debug, Default)]
struct Entries {
    epoch: i64,
    by_id: HashMap<SessionId, Session>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct SessionCache(Mutex<Entries>);

impl SessionCache {
    fn get(&self, id: &SessionId, epoch: i64) -> Option<Session> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (entries.epoch == epoch).then(|| entries.by_id.get(id).cloned()).flatten()
    }

    fn put(&self, session: &Session, epoch: i64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.epoch < epoch {
            entries.epoch = epoch;
            entries.by_id.clear();
        }
        let live = matches!(session.status, Status::Creating | Status::Running);
        if entries.epoch == epoch && live {
            entries.by_id.insert(session.id.clone(), session.clone());
        }
    }
}

impl Control {
    /// One session, as new as the last epoch seen: from memory where that is current, else from the store.
    pub(crate) async fn read_session(&self, id: &SessionId) -> Result<Option<Session>, ControlError> {
        let epoch = self.fresh_epochs().map(|it| it.sessions);
        if let Some(hit) = epoch.and_then(|epoch| self.sessions.get(id, epoch)) {
            return Ok(Some(hit));
        }
        let found = self.ports.sessions.find_session(id).await?;
        if let (Some(session), Some(epoch)) = (&found, epoch) {
            self.sessions.put(session, epoch);
        }
        Ok(found)
    }
}
