//! Places that are gone: the sessions that a lost cluster, a lost machine or a moved file left behind.

use sortie_core::{
    audit::{Actor, AuditAction},
    event::SessionEventKind,
    id::PlaceId,
    port::{PortError, sessions::Guard},
    session::{Reason, Session, SessionEvent, apply},
};

use crate::{Control, ControlError, lease::LEASE_TERM};

/// Who holds the place's lease meanwhile. Not the server's own name: a lost machine's server may have had the same.
const HOLDER: &str = "sortie places retire";
/// After how many sessions the lease is kept.
const LEASE_EVERY: u64 = 50;

/// One place that has sessions, or is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceReport {
    /// Its id.
    pub id: PlaceId,
    /// Whether this server's workloads live there.
    pub is_here: bool,
    /// Sessions that are not released.
    pub sessions: u64,
}

impl Control {
    /// This place, and every other one that has sessions which are not released.
    pub async fn places(&self) -> Result<Vec<PlaceReport>, ControlError> {
        let here = self.ports.runtime.place();
        let own = u64::try_from(self.ports.sessions.unreleased(here).await?.len()).unwrap_or(u64::MAX);
        let mut places = vec![PlaceReport { id: here.clone(), is_here: true, sessions: own }];
        for (id, sessions) in self.ports.sessions.elsewhere(here).await? {
            places.push(PlaceReport { id, is_here: false, sessions });
        }
        Ok(places)
    }

    /// Records every session of a place that is gone failed (`place_lost`) and released, and answers how many there were.
    ///
    /// Refused for this place and for one that a server looks after: there a session's end is found out by looking.
    /// `progress` hears how many are done and how many there are. Stopping in between is harmless: call it again.
    pub async fn retire_place(
        &self,
        actor: &Actor,
        place: &PlaceId,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, ControlError> {
        if place == self.ports.runtime.place() {
            return Err(ControlError::Conflict("this place is not gone: it is the one we are in".to_owned()));
        }
        let rows = self.ports.sessions.unreleased(place).await?;
        if rows.is_empty() {
            return Err(ControlError::not_found("place with sessions", place));
        }
        let lease = format!("place:{place}");
        let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        for (done, row) in (0_u64..).zip(&rows) {
            if done % LEASE_EVERY == 0 {
                self.hold(&lease, place).await?;
            }
            self.retire_session(actor, row).await?;
            progress(done + 1, total);
        }
        for warm in self.ports.warm.list_warm(place).await? {
            self.ports.warm.remove_warm(&warm.id).await?;
        }
        self.ports.coordination.give_lease_back(&lease, HOLDER).await?;
        self.committed().await;
        Ok(total)
    }

    /// Nobody looks after the place, and nobody begins to while we are at it.
    async fn hold(&self, lease: &str, place: &PlaceId) -> Result<(), ControlError> {
        let held = self.ports.coordination.take_lease(lease, HOLDER, LEASE_TERM).await?;
        held.map(drop).ok_or_else(|| {
            ControlError::Conflict(format!(
                "a server looks after the place {place}: it is not gone; end that server first"
            ))
        })
    }

    /// Failed first, where it has not ended; then released. A row that changed under our hands is read again.
    async fn retire_session(&self, actor: &Actor, row: &Session) -> Result<(), ControlError> {
        let mut row = row.clone();
        while row.released_at.is_none() {
            let at = self.now();
            let event = SessionEvent::Fail {
                reason: Reason::PlaceLost,
                detail: "an administrator retired the place".to_owned(),
                output: Vec::new(),
            };
            let (after, action, kind) = match apply(row.status, event) {
                Ok(transition) => {
                    let after = row.after(&transition, at);
                    let kind = SessionEventKind::of_status(after.status);
                    (after, AuditAction::FailSession, kind)
                }
                // It has ended already.
                Err(_) => (row.released(at), AuditAction::ReleaseSession, SessionEventKind::Released),
            };
            let more = vec![("place_id", row.place.to_string())];
            let change = self.session_change(actor.clone(), action, &after, kind, more, at);
            match self.ports.sessions.replace_session(&row, &after, Guard::Row, change).await {
                Ok(()) => row = after,
                Err(PortError::Conflict) => match self.ports.sessions.find_session(&row.id).await? {
                    Some(fresh) => row = fresh,
                    None => return Ok(()),
                },
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
