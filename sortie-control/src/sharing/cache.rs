//! What is known of others at sessions, in memory: for the re-check of live streams, as
//! [`SessionCache`](crate::session::cache::SessionCache) is. Whoever decides on a person's request reads it afresh.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sortie_core::{id::SessionId, sharing::Sharing};

use crate::{Control, ControlError};

#[derive(Debug, Default)]
struct Entries {
    epoch: i64,
    by_session: HashMap<SessionId, Arc<Sharing>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct SharingCache(Mutex<Entries>);

impl SharingCache {
    fn get(&self, session: &SessionId, epoch: i64) -> Option<Arc<Sharing>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (entries.epoch == epoch).then(|| entries.by_session.get(session).cloned()).flatten()
    }

    fn put(&self, session: &SessionId, sharing: &Arc<Sharing>, epoch: i64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.epoch < epoch {
            entries.epoch = epoch;
            entries.by_session.clear();
        }
        if entries.epoch == epoch {
            entries.by_session.insert(session.clone(), Arc::clone(sharing));
        }
    }

    /// Nobody looks at this session here any more.
    pub(crate) fn forget(&self, session: &SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).by_session.remove(session);
    }
}

impl Control {
    /// What is known of others at a session, as new as the last epoch seen.
    pub(crate) async fn known_sharing(&self, session: &SessionId) -> Result<Arc<Sharing>, ControlError> {
        let epoch = self.fresh_epochs().map(|it| it.shares);
        if let Some(hit) = epoch.and_then(|epoch| self.sharing.get(session, epoch)) {
            return Ok(hit);
        }
        let found = Arc::new(self.sharing_of(session).await?);
        if let Some(epoch) = epoch {
            self.sharing.put(session, &found, epoch);
        }
        Ok(found)
    }
}
