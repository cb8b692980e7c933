//! One session: observe, decide, perform, until there is nothing to do now.

use std::time::Duration;

use sortie_core::{
    audit::{Actor, AuditAction},
    event::{Event, SessionEventKind},
    id::SessionId,
    port::{PortError, coordination::Installation, sessions::Guard},
    session::{
        PhaseKind, Reason, Session, SessionEvent, Status, Step, apply, next_step,
        reconcile::{Waiting, unseen},
    },
    workload::{Held, Labels, Observed, Refusal, WorkloadOrder},
};
use tracing::{debug, info, warn};

use crate::{Control, controller::Next, workloads::labels_of};

/// More steps than any session needs in a row; the rest waits for the next look.
const STEPS_AT_ONCE: usize = 8;
/// The reason's code of a refusal whose words come from the runtime's `create`.
const REFUSED_AT_CREATE: &str = "create_refused";

/// What performing one step led to.
enum Done {
    /// Look again at once.
    Onward,
    /// Nothing more for now.
    Later(Next),
}

impl Control {
    /// Works on one session.
    pub(crate) async fn reconcile(&self, id: &SessionId) -> Next {
        for _ in 0..STEPS_AT_ONCE {
            match self.reconcile_once(id).await {
                Ok(Done::Onward) => {}
                Ok(Done::Later(next)) => return next,
                Err(PortError::Conflict) => debug!("Row changed in the meantime; reading it again"),
                Err(error) => {
                    warn!(error = %error, "Step failed; trying again after a pause");
                    return Next::Again(self.attend(id, super::Attention::back_off));
                }
            }
        }
        Next::Again(Duration::from_millis(100))
    }

    fn attend<T>(&self, id: &SessionId, look: impl FnOnce(&mut super::Attention) -> T) -> T {
        look(self.reconciler.attention().entry(id.clone()).or_default())
    }

    async fn reconcile_once(&self, id: &SessionId) -> Result<Done, PortError> {
        // The workload first, the row second: a row that is read later knows at least as much.
        let observed = match self.ports.runtime.observe(id).await {
            Ok(observed) => observed,
            Err(error) => return self.look_away(id, error).await,
        };
        let Some(row) = self.ports.sessions.find_session(id).await? else {
            // Workloads without a row are judged by the full pass, which knows how many there are.
            self.reconciler.attention().remove(id);
            self.pool.poke();
            return Ok(Done::Later(Next::Rest));
        };
        if row.place != *self.ports.runtime.place() {
            return Ok(Done::Later(Next::Rest));
        }
        if !self.attend(id, |it| it.is_own) {
            if row.released_at.is_none() && self.take_over(&row).await? {
                return Ok(Done::Onward);
            }
            self.attend(id, |it| it.is_own = true);
        }
        let ready_timeout = self.settings.ready_timeout;
        let watch = self.attend(id, |it| it.look(self.monotonic(), &row, &observed, ready_timeout));
        let step = next_step(Some(&row), &observed, &watch);
        debug!(status = row.status.name(), ?observed, ?step, "Step decided");
        let done = self.perform(&row, &observed, step).await?;
        if let (Done::Later(_), Observed::Ready { .. } | Observed::Starting { .. }) = (&done, &observed) {
            self.guard(&row).await?;
        }
        Ok(done)
    }

    /// The runtime did not say what the workload looks like: whoever waits for it is told, and does not wait for ever.
    async fn look_away(&self, id: &SessionId, error: PortError) -> Result<Done, PortError> {
        let Some(row) = self.ports.sessions.find_session(id).await? else { return Err(error) };
        if row.place != *self.ports.runtime.place() {
            return Ok(Done::Later(Next::Rest));
        }
        let ready_timeout = self.settings.ready_timeout;
        let nothing = Observed::Absent;
        let watch = self.attend(id, |it| it.look(self.monotonic(), &row, &nothing, ready_timeout));
        match unseen(&row, &watch) {
            Step::Record(event) => return self.record(&row, &nothing, event).await,
            Step::Wait(waiting) => {
                self.wait(&row, waiting).await?;
            }
            Step::Create | Step::Delete | Step::RecordReleased | Step::SettleOrphan | Step::Rest => {}
        }
        Err(error)
    }

    /// Brings what a live workload may reach in line with its row, unless it surely is.
    async fn guard(&self, row: &Session) -> Result<(), PortError> {
        if row.status.is_final() || self.attend(&row.id, |it| it.is_guarded(row)) {
            return Ok(());
        }
        let Some(order) = self.order(row) else { return Ok(()) };
        self.ports.runtime.guard(&order).await?;
        self.attend(&row.id, |it| it.guarded(row));
        Ok(())
    }

    /// What the runtime is told about a row; `None` for one without a definition of its app.
    fn order(&self, row: &Session) -> Option<WorkloadOrder> {
        let (labels, spec) = (self.labels(row), row.spec.clone()?);
        Some(WorkloadOrder { labels, spec, viewport: row.viewport, workspace: row.workspace.clone(), is_warm: false })
    }

    async fn perform(&self, row: &Session, observed: &Observed, step: Step) -> Result<Done, PortError> {
        match step {
            Step::Create => self.create(row).await,
            Step::Record(event) => self.record(row, observed, event).await,
            Step::Delete => {
                self.ports.runtime.delete(&self.labels(row)).await?;
                Ok(Done::Later(Next::Again(self.attend(&row.id, |it| it.patience()))))
            }
            Step::RecordReleased => self.release(row).await,
            Step::Wait(waiting) => self.wait(row, waiting).await,
            Step::Rest | Step::SettleOrphan => {
                if row.status.is_final() {
                    self.reconciler.attention().remove(&row.id);
                }
                Ok(Done::Later(Next::Rest))
            }
        }
    }

    async fn create(&self, row: &Session) -> Result<Done, PortError> {
        if let Some(workspace) = row.persistent_workspace() {
            let ours = self.ports.sessions.claim_workspace(workspace, &row.id).await?;
            self.attend(&row.id, |it| it.workspace_taken = !ours);
            if !ours {
                return self.wait(row, Waiting::Workspace).await;
            }
        }
        let Some(order) = self.order(row) else {
            self.refuse(row, "the session was written without a definition of its app".to_owned());
            return Ok(Done::Onward);
        };
        match self.ports.runtime.create(&order).await {
            Ok(()) => {
                self.attend(&row.id, super::Attention::succeeded);
                info!("Workload ordered");
                Ok(Done::Onward)
            }
            Err(PortError::Rejected(why)) => {
                self.refuse(row, why);
                Ok(Done::Onward)
            }
            Err(PortError::Unavailable(why)) => {
                let Some(held) = why.downcast_ref::<Held>() else { return Err(PortError::Unavailable(why)) };
                warn!(reason = held.reason.code(), error = %held, "Workload could not be ordered; trying again after a pause");
                self.attend(&row.id, |it| it.held = Some(held.clone()));
                self.wait(row, Waiting::Start { detail: held.detail.clone() }).await?;
                Ok(Done::Later(Next::Again(self.attend(&row.id, super::Attention::back_off))))
            }
            Err(error) => Err(error),
        }
    }

    fn refuse(&self, row: &Session, message: String) {
        let refusal = Refusal { code: REFUSED_AT_CREATE.to_owned(), message };
        self.attend(&row.id, |it| it.refused = Some(refusal));
    }

    async fn record(&self, row: &Session, observed: &Observed, event: SessionEvent) -> Result<Done, PortError> {
        if is_loss(&event) && self.ports.runtime.observe(&row.id).await? != *observed {
            // A second look saw something else.
            return Ok(Done::Onward);
        }
        let Ok(transition) = apply(row.status, event) else { return Ok(Done::Later(Next::Rest)) };
        let at = self.now();
        let after = row.after(&transition, at);
        let action = match after.status {
            Status::Running => AuditAction::SessionReady,
            Status::Creating | Status::Stopped | Status::Expired | Status::Failed => AuditAction::FailSession,
        };
        let kind = SessionEventKind::of_status(after.status);
        let change = self.session_change(Actor::system(), action, &after, kind, Vec::new(), at);
        self.ports.sessions.replace_session(row, &after, Guard::Row, change).await?;
        let reason = after.ending.as_ref().map(|it| it.reason.code());
        info!(status = after.status.name(), reason, "Session changed");
        self.committed().await;
        Ok(Done::Onward)
    }

    async fn release(&self, row: &Session) -> Result<Done, PortError> {
        let at = self.now();
        let after = row.released(at);
        let (actor, action) = (Actor::system(), AuditAction::ReleaseSession);
        let change = self.session_change(actor, action, &after, SessionEventKind::Released, Vec::new(), at);
        self.ports.sessions.replace_session(row, &after, Guard::Row, change).await?;
        self.reconciler.attention().remove(&row.id);
        info!("Session released");
        self.wake_successors(row).await?;
        self.committed().await;
        Ok(Done::Later(Next::Rest))
    }

    /// Whoever waits for the workspace of a released session may go on.
    async fn wake_successors(&self, released: &Session) -> Result<(), PortError> {
        let Some(workspace) = released.persistent_workspace() else { return Ok(()) };
        for row in self.ports.sessions.unreleased(self.ports.runtime.place()).await? {
            if row.status == Status::Creating && row.persistent_workspace() == Some(workspace) {
                self.attend(&row.id, |it| it.workspace_taken = false);
                self.reconciler.wake(&row.id);
            }
        }
        Ok(())
    }

    async fn wait(&self, row: &Session, waiting: Waiting) -> Result<Done, PortError> {
        let phase = match &waiting {
            Waiting::Workspace => Some((PhaseKind::WaitingForWorkspace, "another session still uses these files")),
            Waiting::Start { detail } => Some((PhaseKind::Starting, detail.as_str())),
            Waiting::Removal => None,
        };
        let at = self.now();
        if let Some(after) = phase.and_then(|(kind, detail)| row.in_phase(kind, detail, at)) {
            let event = Event::of_session(self.ids().event(), &after, SessionEventKind::Phase, at);
            self.ports.sessions.record_phase(row, &after, event).await?;
            self.events.hint();
        }
        if waiting == Waiting::Workspace {
            // Asked again at each look: the holder's release wakes this session too.
            self.attend(&row.id, |it| it.workspace_taken = false);
            return Ok(Done::Later(Next::Again(Duration::from_secs(1))));
        }
        Ok(Done::Later(Next::Again(self.attend(&row.id, |it| it.patience()))))
    }

    /// What the workload of a row carries. The same for the same row, so that only that workload can be meant.
    pub(crate) fn labels(&self, row: &Session) -> Labels {
        labels_of(row, self.installation())
    }

    /// Which installation this is, for the loops.
    pub(crate) fn installation(&self) -> &Installation {
        // INVARIANT: loops start after the identity was read.
        &self.identity.get().unwrap_or_else(|| unreachable!("identity is read first")).installation
    }
}

/// Whether the event follows from not seeing something: such a thing is looked at twice.
fn is_loss(event: &SessionEvent) -> bool {
    matches!(event, SessionEvent::Fail { reason: Reason::WorkloadLost, .. })
}
